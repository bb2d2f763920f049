/*
 * Whether a native library holds code that a GPU can run.
 *
 * CUDA: a cubin runs on GPUs of its major version with an equal or higher minor version;
 * one for "sm_90a" on 9.0 alone; one for "sm_100f" on its family. PTX is compiled by the
 * driver for any GPU that is not older, if the driver is not older than the toolkit
 * that made it.
 * https://docs.nvidia.com/cuda/cuda-c-programming-guide/ (compute capabilities)
 * https://docs.nvidia.com/cuda/blackwell-compatibility-guide/
 *
 * ROCm: code objects fit one processor, or with "-generic" a group of them, and may ask for
 * a mode ("xnack+", "sramecc-").
 * https://llvm.org/docs/AMDGPUUsage.html (processors, target ID)
 */
#ifndef BP_CHECKS_LOADER_GPU_CODE_H
#define BP_CHECKS_LOADER_GPU_CODE_H

#include "checks/loader/devices.h"
#include "checks/loader/machine.h"

enum bp_code {
    BP_CODE_NATIVE,
    BP_CODE_PTX,      /* the driver compiles it at the first use */
    BP_CODE_PTX_ONLY, /* there is PTX for it, and the driver is too old for that PTX */
    BP_CODE_NONE,
    BP_CODE_UNKNOWN,
};

struct bp_code_verdict {
    enum bp_code code;
    char *says; /* a clause, owned: "native code (sm_90)" */
};

/*
 * `library` is a member of /bitsandbytes/native_libraries. End by freeing `says`. Windows
 * and Linux alike.
 */
struct bp_code_verdict bp_gpu_code(const struct bp_machine *machine, const cJSON *library,
                                   const struct bp_device *device);

/* The schema's word: native, ptx, none, unknown. */
const char *bp_code_word(enum bp_code code);

/*
 * The CUDA version that a library is built with, from its name: "libbitsandbytes_cuda124.so"
 * is for 12.4. False where the name has none.
 */
bool bp_cuda_version_of_name(const char *name, int *major, int *minor);

/* --- Between the files --- */

struct bp_code_verdict bp_cuda_code(const struct bp_machine *machine, const cJSON *library,
                                    const struct bp_device *device);
struct bp_code_verdict bp_hip_code(const cJSON *library, const struct bp_device *device);

#endif
