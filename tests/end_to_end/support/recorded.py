"""The recorded machines that the tests look at: those of hwloc's tests that hold GPUs, control groups of
both versions, and processors of Arm and POWER. tests/tools/recorded_machines.py unpacks them."""

MACHINES = (
    "128arm-2pa2n8cluster4co",
    "16amd64-4n4c-cgroup-distance-merge",
    "256ppc-8n8s4t",
    "32amd64-4s2n4c-cgroup2",
    "32em64t-2n8c+1mic",
    "40intel64-2g2n4c+pci",
    "nvidiagpunumanodes",
)
