#include "checks/compare/fact_table.h"

#define OUTCOME BP_COMPARE_OUTCOME
#define GPU BP_COMPARE_GPU
#define TORCH BP_COMPARE_TORCH
#define BNB BP_COMPARE_BITSANDBYTES
#define PYTHON BP_COMPARE_PYTHON
#define HOST BP_COMPARE_HOST

/*
 * Left out because it is noise: times, process ids, the order of things found, milliseconds,
 * free memory, bus addresses, how a fact was learned. Left out because it changes nothing for
 * bitsandbytes: processor model and counts, NUMA, the evidence for container and hypervisor.
 */
const struct bp_compared bp_compare_table[] = {
    {OUTCOME, BP_COMPARE_RESULT, "/verdict", NULL, "Verdict"},
    {OUTCOME, BP_COMPARE_RESULT, "/loader/outcome", NULL, "Loader outcome"},
    {OUTCOME, BP_COMPARE_FILE, "/loader/asks_for", NULL, "Looks for"},
    {OUTCOME, BP_COMPARE_FILE, "/loader/chosen", NULL, "Opens"},
    {OUTCOME, BP_COMPARE_SET, "/loader/missing", NULL, "Missing"},
    {OUTCOME, BP_COMPARE_ROWS, "/loader/devices", "target code", "GPU code"},
    {OUTCOME, BP_COMPARE_ROWS, "/findings", "pattern status", "Known problems"},
    {OUTCOME, BP_COMPARE_SET, "/assumed", NULL, "Assumed"},

    {GPU, BP_COMPARE_PLAIN, "/snapshot/cuda/kernel_module/loaded", NULL, "NVIDIA module loaded"},
    {GPU, BP_COMPARE_PLAIN, "/snapshot/cuda/kernel_module/version", NULL, "NVIDIA driver"},
    {GPU, BP_COMPARE_PLAIN, "/snapshot/cuda/kernel_module/open", NULL, "Open kernel module"},
    {GPU, BP_COMPARE_PLAIN, "/snapshot/cuda/driver/library/status", NULL, "Driver library"},
    {GPU, BP_COMPARE_PLAIN, "/snapshot/cuda/driver/library/stub", NULL, "Driver is a stub"},
    {GPU, BP_COMPARE_PLAIN, "/snapshot/cuda/driver/init/name", NULL, "CUDA start"},
    {GPU, BP_COMPARE_PLAIN, "/snapshot/cuda/driver/version", NULL, "CUDA of the driver"},
    {GPU, BP_COMPARE_ROWS, "/snapshot/cuda/driver/devices",
     "name compute_capability memory_bytes mig", "CUDA devices"},
    {GPU, BP_COMPARE_ROWS, "/snapshot/hardware/pci", "vendor device driver", "PCI devices"},
    {GPU, BP_COMPARE_ROWS, "/snapshot/cuda/device_nodes", "path !may_use", "Closed to the user"},
    {GPU, BP_COMPARE_PLAIN, "/snapshot/rocm/kernel_module/loaded", NULL, "AMD module loaded"},
    {GPU, BP_COMPARE_PLAIN, "/snapshot/rocm/kernel_module/version", NULL, "AMD driver"},
    {GPU, BP_COMPARE_ROWS, "/snapshot/rocm/gpus", "name gfx", "AMD GPUs"},
    {GPU, BP_COMPARE_PLAIN, "/snapshot/rocm/kfd/present", NULL, "/dev/kfd is there"},
    {GPU, BP_COMPARE_PLAIN, "/snapshot/rocm/kfd/may_use", NULL, "/dev/kfd usable"},
    {GPU, BP_COMPARE_ROWS, "/snapshot/rocm/render_nodes", "path !may_use", "Closed render nodes"},

    {TORCH, BP_COMPARE_PLAIN, "/snapshot/python/interpreters/@/torch/version", NULL, "PyTorch"},
    {TORCH, BP_COMPARE_PLAIN, "/snapshot/python/interpreters/@/torch/cuda", NULL, "PyTorch's CUDA"},
    {TORCH, BP_COMPARE_PLAIN, "/snapshot/python/interpreters/@/torch/hip", NULL, "PyTorch's HIP"},
    {TORCH, BP_COMPARE_PLAIN, "/snapshot/python/interpreters/@/torch/xpu", NULL, "PyTorch's XPU"},
    {TORCH, BP_COMPARE_COPIES, "/snapshot/python/interpreters/@/packages/torch", "version",
     "PyTorch copies"},
    {TORCH, BP_COMPARE_FAMILIES, "/snapshot/cuda/libraries", NULL, NULL},
    {TORCH, BP_COMPARE_NEEDED, "/loader/files", NULL, "needs"},
    {TORCH, BP_COMPARE_ROWS, "/snapshot/cuda/toolkits", "version path", "CUDA toolkits"},
    {TORCH, BP_COMPARE_ROWS, "/snapshot/rocm/installations", "version path", "ROCm"},

    {BNB, BP_COMPARE_PLAIN, "/snapshot/bitsandbytes/installed", NULL, "bitsandbytes installed"},
    {BNB, BP_COMPARE_PLAIN, "/snapshot/bitsandbytes/version", NULL, "bitsandbytes"},
    {BNB, BP_COMPARE_INSIDE, "/snapshot/bitsandbytes/path", NULL, "Package folder"},
    {BNB, BP_COMPARE_PLAIN, "/snapshot/bitsandbytes/distribution", NULL, "Package name"},
    {BNB, BP_COMPARE_PLAIN, "/snapshot/bitsandbytes/installer", NULL, "Package installer"},
    {BNB, BP_COMPARE_PLAIN, "/snapshot/bitsandbytes/editable", NULL, "Editable install"},
    {BNB, BP_COMPARE_INSIDE, "/snapshot/bitsandbytes/source_checkout", NULL, "Source checkout"},
    {BNB, BP_COMPARE_SET, "/snapshot/bitsandbytes/wheel_tags", NULL, "Wheel tag"},
    {BNB, BP_COMPARE_COPIES, "/snapshot/bitsandbytes/copies", "version", "Package copies"},
    {BNB, BP_COMPARE_ROWS, "/snapshot/bitsandbytes/native_libraries", "name", "Native libraries"},
    {BNB, BP_COMPARE_BUILD, "/snapshot/bitsandbytes/native_libraries", NULL, "build of"},
    {BNB, BP_COMPARE_ROWS, "/snapshot/bitsandbytes/native_libraries", "name ?error",
     "Damaged libraries"},
    {BNB, BP_COMPARE_SET, "/snapshot/bitsandbytes/broken_links", NULL, "Broken links"},

    {PYTHON, BP_COMPARE_PLAIN, "/snapshot/python/interpreters/@/version", NULL, "Python"},
    {PYTHON, BP_COMPARE_PLAIN, "/snapshot/python/interpreters/@/implementation", NULL,
     "Python implementation"},
    {PYTHON, BP_COMPARE_PLAIN, "/snapshot/python/interpreters/@/machine", NULL, "Python built for"},
    {PYTHON, BP_COMPARE_PLAIN, "/snapshot/python/interpreters/@/kind", NULL, "Environment kind"},
    {PYTHON, BP_COMPARE_PLAIN, "/snapshot/python/interpreters/@/application", NULL, "Application"},
    {PYTHON, BP_COMPARE_PLAIN, "/snapshot/python/interpreters/@/chosen_because", NULL,
     "Python chosen as"},
    {PYTHON, BP_COMPARE_PATH, "/snapshot/python/interpreters/@/prefix", NULL, "Python prefix"},
    {PYTHON, BP_COMPARE_PATH, "/snapshot/python/interpreters/@/base_prefix", NULL, "Base Python"},
    {PYTHON, BP_COMPARE_PLAIN, "/snapshot/python/interpreters/@/error", NULL,
     "Python cannot be asked"},
    {PYTHON, BP_COMPARE_PLAIN, "/snapshot/python/interpreters/@/user_site/enabled", NULL,
     "User site"},
    {PYTHON, BP_COMPARE_ROWS, "/snapshot/python/interpreters/@/shadowing", "package kind",
     "Shadowed"},
    {PYTHON, BP_COMPARE_PACKAGES, "/snapshot/python/interpreters/@/packages", "version editable",
     "package"},
    {PYTHON, BP_COMPARE_PLAIN, "/snapshot/session/notebook", NULL, "Notebook"},

    {HOST, BP_COMPARE_PLAIN, "/snapshot/host/os", NULL, "Operating system"},
    {HOST, BP_COMPARE_PLAIN, "/snapshot/host/distribution/id", NULL, "Distribution"},
    {HOST, BP_COMPARE_PLAIN, "/snapshot/host/distribution/version", NULL, "Distribution version"},
    {HOST, BP_COMPARE_PLAIN, "/snapshot/host/kernel/release", NULL, "Kernel"},
    {HOST, BP_COMPARE_PLAIN, "/snapshot/host/machine", NULL, "Architecture"},
    {HOST, BP_COMPARE_PLAIN, "/snapshot/host/libc/name", NULL, "C library"},
    {HOST, BP_COMPARE_PLAIN, "/snapshot/host/libc/version", NULL, "C library version"},
    {HOST, BP_COMPARE_PLAIN, "/snapshot/host/libstdcxx/glibcxx", NULL, "C++ library, GLIBCXX"},
    {HOST, BP_COMPARE_PLAIN, "/snapshot/host/container/kind", NULL, "Container"},
    {HOST, BP_COMPARE_PLAIN, "/snapshot/host/virtualization/kind", NULL, "Virtual machine"},
    {HOST, BP_COMPARE_PLAIN, "/snapshot/host/wsl", NULL, "WSL"},
    {HOST, BP_COMPARE_PLAIN, "/snapshot/host/tegra", NULL, "Jetson L4T"},
    {HOST, BP_COMPARE_SET, "/snapshot/hardware/cpu/flags", NULL, "Processor features"},
    {HOST, BP_COMPARE_SET, "/snapshot/hardware/cpu/levels", NULL, "Processor levels"},
    {HOST, BP_COMPARE_SIZE, "/snapshot/hardware/memory/total_bytes", NULL, "Memory"},
    {HOST, BP_COMPARE_SIZE, "/snapshot/hardware/memory/cgroup_limit_bytes", NULL, "Memory limit"},

    {BP_COMPARE_ENVIRONMENT, BP_COMPARE_VARIABLES, "/snapshot/environment", NULL, NULL},
    {BP_COMPARE_TOOLS, BP_COMPARE_VERSIONS, "/snapshot/tools", NULL, NULL},
    {BP_COMPARE_COLLECTORS, BP_COMPARE_TROUBLE, "/snapshot/collectors", NULL, "collector"},
    {BP_COMPARE_COLLECTORS, BP_COMPARE_PLAIN, "/tool/version", NULL, "Written by bnb-probe"},
};

bool bp_compare_none_counts(enum bp_compare_kind kind) {
    return kind != BP_COMPARE_NEEDED && kind != BP_COMPARE_BUILD;
}

size_t bp_compare_table_size(void) {
    _Static_assert(sizeof bp_compare_table / sizeof *bp_compare_table <= BP_COMPARE_ROW_MOST,
                   "a set of rows holds them all");
    return sizeof bp_compare_table / sizeof *bp_compare_table;
}

static const struct {
    const char *id;
    const char *title;
} groups[BP_COMPARE_GROUPS] = {
    [BP_COMPARE_OUTCOME] = {"outcome", "Outcome"},
    [BP_COMPARE_GPU] = {"gpu", "GPU and driver"},
    [BP_COMPARE_TORCH] = {"torch", "PyTorch and CUDA libraries"},
    [BP_COMPARE_BITSANDBYTES] = {"bitsandbytes", "bitsandbytes"},
    [BP_COMPARE_PYTHON] = {"python", "Python and its environment"},
    [BP_COMPARE_HOST] = {"host", "Host and C library"},
    [BP_COMPARE_ENVIRONMENT] = {"environment", "Environment variables"},
    [BP_COMPARE_TOOLS] = {"tools", "Build tools"},
    [BP_COMPARE_COLLECTORS] = {"collectors", "What could not be looked at"},
};

const char *bp_compare_group_id(enum bp_compare_group group) {
    return groups[group].id;
}

const char *bp_compare_group_title(enum bp_compare_group group) {
    return groups[group].title;
}
