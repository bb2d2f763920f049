#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"
#include "probe/collector.h"

/*
 * The variables that change which library is loaded, which devices are seen or which
 * Python is used. Only these are looked at: an environment holds secrets.
 */
const char *const bp_environment_allowed[] = {
    "BNB_CUDA_VERSION",
    "BNB_ROCM_VERSION",
    "CONDA_DEFAULT_ENV",
    "CONDA_PREFIX",
    "CUDA_DEVICE_ORDER",
    "CUDA_HOME",
    "CUDA_LAUNCH_BLOCKING",
    "CUDA_MODULE_LOADING",
    "CUDA_PATH",
    "CUDA_VERSION",
    "CUDA_VISIBLE_DEVICES",
    "DEVELOPER_DIR",
    "DYLD_FALLBACK_LIBRARY_PATH",
    "DYLD_FRAMEWORK_PATH",
    "DYLD_INSERT_LIBRARIES",
    "DYLD_LIBRARY_PATH",
    "GPU_DEVICE_ORDINAL",
    "HIP_PATH",
    "HIP_PLATFORM",
    "HIP_VISIBLE_DEVICES",
    "HSA_OVERRIDE_GFX_VERSION",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "NVIDIA_DISABLE_REQUIRE",
    "NVIDIA_DRIVER_CAPABILITIES",
    "NVIDIA_REQUIRE_CUDA",
    "NVIDIA_VISIBLE_DEVICES",
    "OMP_NUM_THREADS",
    "PYENV_VERSION",
    "PYTHONHOME",
    "PYTHONNOUSERSITE",
    "PYTHONPATH",
    "PYTHONSAFEPATH",
    "PYTHONUSERBASE",
    "PYTORCH_ALLOC_CONF",
    "PYTORCH_CUDA_ALLOC_CONF",
    "PYTORCH_ENABLE_MPS_FALLBACK",
    "PYTORCH_HIP_ALLOC_CONF",
    "PY_PYTHON",
    "PYTORCH_MPS_HIGH_WATERMARK_RATIO",
    "ROCM_HOME",
    "ROCM_PATH",
    "ROCR_VISIBLE_DEVICES",
    "TORCH_CUDA_ARCH_LIST",
    "VIRTUAL_ENV",
    "ZE_AFFINITY_MASK",
    NULL,
};

void bp_collect_environment(const struct bp_probe *probe, struct bp_facts *facts) {
    if (!probe->root->live) {
        bp_facts_unknown(facts, "/environment",
                         "the environment of another root's programs is not known");
        return;
    }
    cJSON *environment = cJSON_CreateObject();
    for (size_t i = 0; bp_environment_allowed[i]; i++) {
        const char *value = bp_probe_env(probe, bp_environment_allowed[i]);
        if (value) {
            char *clean = bp_utf8_clean(value, strlen(value));
            bp_json_set_text(environment, bp_environment_allowed[i], clean);
            free(clean);
        }
    }
    bp_facts_put(facts, "/environment", environment);
}
