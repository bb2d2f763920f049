"""Recorded /proc and /sys trees of real machines, seen through --root.

Expected values are read from the trees by the tests themselves.
"""

import re

import pytest

from support.program import program_under_test
from support.recorded import MACHINES


@pytest.fixture(scope="module", params=MACHINES)
def machine(request, recorded_machines, tmp_path_factory):
    """(root folder, snapshot); looked at once."""
    root = recorded_machines / request.param
    if not root.is_dir():
        pytest.skip(f"needs recorded machines: {root.name}")
    return root, program_under_test(tmp_path_factory.mktemp("machine")).report("--root", root)["snapshot"]


def read(path):
    return path.read_text().strip() if path.exists() else None


def test_memory(machine):
    root, snapshot = machine
    total = int(re.search(r"MemTotal:\s+(\d+) kB", read(root / "proc/meminfo")).group(1))
    assert snapshot["hardware"]["memory"]["total_bytes"] == total * 1024


def test_threads(machine):
    root, snapshot = machine
    online = [cpu for cpu in (root / "sys/devices/system/cpu").glob("cpu[0-9]*")
              if read(cpu / "online") != "0"]
    cpu = snapshot["hardware"]["cpu"]
    assert cpu["threads"] == len(online)
    assert cpu["cores"] <= cpu["threads"]


def test_numa_nodes(machine):
    root, snapshot = machine
    recorded = {
        int(node.name[4:]): int(re.search(r"MemTotal:\s+(\d+) kB", read(node / "meminfo")).group(1))
        for node in (root / "sys/devices/system/node").glob("node[0-9]*")
        if (node / "meminfo").exists()
    }
    seen = {one["node"]: one["memory_bytes"] for one in snapshot["hardware"]["numa"]}
    assert set(seen) <= set(recorded) and seen
    for node, size in seen.items():
        assert size == recorded[node] * 1024


def test_pci_devices(machine):
    root, snapshot = machine
    # Base class 0x03 is display, 0x12 processing accelerators.
    recorded = {
        device.name: read(device / "class")
        for device in (root / "sys/bus/pci/devices").glob("*")
        if (read(device / "class") or "").startswith(("0x03", "0x12"))
    }
    seen = {one["address"]: one for one in snapshot["hardware"].get("pci") or []}
    assert {address: one["class"] for address, one in seen.items()} == recorded
    for address, one in seen.items():
        device = root / "sys/bus/pci/devices" / address
        assert one["vendor"] == read(device / "vendor")
        assert one["device"] == read(device / "device")


def test_nothing_of_this_machine_shows(machine):
    _, snapshot = machine
    assert not snapshot.get("environment")
    assert not (snapshot.get("python") or {}).get("interpreters")
    assert not (snapshot.get("session") or {}).get("processes")
    driver = (snapshot.get("cuda") or {}).get("driver") or {}
    assert not driver.get("devices")


def test_kernel_of_the_recording(machine):
    root, snapshot = machine
    version = read(root / "proc/version")
    release = (snapshot["host"].get("kernel") or {}).get("release")
    assert release == (version.split()[2] if version else None)
