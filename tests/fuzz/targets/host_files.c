/* Reads the files of /proc, /sys and /etc that tell of host, GPU drivers, toolkits and ROCm. */
#include "tests/fuzz/fuzz_facts.h"

#define KFD "/sys/class/kfd/kfd/topology/nodes/1"
#define GPU "/sys/bus/pci/devices/0000:01:00.0"

void fuzz_one(const uint8_t *data, size_t size) {
    static const char *const paths[] = {"/proc/version",
                                        "/proc/sys/kernel/osrelease",
                                        "/proc/cpuinfo",
                                        "/proc/meminfo",
                                        "/proc/1/environ",
                                        "/proc/1/cgroup",
                                        "/proc/mounts",
                                        "/.dockerenv",
                                        "/run/.containerenv",
                                        "/run/systemd/container",
                                        "/sys/class/dmi/id/sys_vendor",
                                        "/sys/class/dmi/id/product_name",
                                        "/sys/hypervisor/type",
                                        "/proc/driver/nvidia/version",
                                        "/proc/driver/nvidia/gpus/0000:01:00.0/information",
                                        "/sys/module/nvidia/version",
                                        "/sys/module/amdgpu/version",
                                        "/usr/local/cuda/version.json",
                                        "/usr/local/cuda/version.txt",
                                        "/usr/local/cuda/bin/nvcc",
                                        "/opt/rocm/.info/version",
                                        "/opt/rocm/bin/hipcc",
                                        KFD "/properties",
                                        KFD "/gpu_id",
                                        KFD "/name",
                                        "/sys/class/kfd/kfd/topology/generation_id",
                                        GPU "/class",
                                        GPU "/vendor",
                                        GPU "/device",
                                        GPU "/numa_node",
                                        "/var/lib/dpkg/status",
                                        "/var/lib/dpkg/info/cmake.list",
                                        "/usr/bin/cmake",
                                        NULL};
    fuzz_write_tree(paths, data, size);
    cJSON *snapshot = cJSON_CreateObject();
    fuzz_collect(bp_collect_host, snapshot);
    fuzz_collect(bp_collect_pci, snapshot);
    fuzz_collect(bp_collect_cuda_kernel, snapshot);
    fuzz_collect(bp_collect_cuda_toolkits, snapshot);
    fuzz_collect(bp_collect_rocm, snapshot);
    fuzz_collect(bp_collect_build_tools, snapshot);
    fuzz_collect(bp_collect_session, snapshot);
    cJSON_Delete(snapshot);
}
