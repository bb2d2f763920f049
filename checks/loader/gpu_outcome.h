/*
 * What the GPUs make of a library that loads: nothing to add, or no code for them, code
 * that the driver has to compile, or a driver that is too old.
 *
 * Minimum drivers: CUDA 11 needs 450, CUDA 12 needs 525, CUDA 13 needs 580.
 * https://docs.nvidia.com/deploy/cuda-compatibility/
 */
#ifndef BP_CHECKS_LOADER_GPU_OUTCOME_H
#define BP_CHECKS_LOADER_GPU_OUTCOME_H

#include "checks/loader/choose.h"
#include "checks/loader/devices.h"
#include "checks/loader/machine.h"
#include "checks/loader/torch.h"

enum bp_gpu_trouble {
    BP_GPU_NONE,
    BP_GPU_NO_CODE,
    BP_GPU_JETSON,         /* a wheel that is not built for this board */
    BP_GPU_JIT,            /* works, after the driver has compiled it */
    BP_GPU_TORCH_DRIVER,   /* the driver is too old for torch, which then sees no GPU */
    BP_GPU_RUNTIME_DRIVER, /* the driver is too old for the CUDA runtime that the library needs */
    BP_GPU_PTX_DRIVER,     /* the driver is too old for the library's PTX */
};

struct bp_gpu_verdict {
    enum bp_gpu_trouble trouble;
    char *says;     /* a sentence about the trouble, owned; NULL: none */
    char *others;   /* a sentence about devices that fare worse than the first; NULL: none */
    char *unknown;  /* a sentence on why it is not known whether there is code; NULL: it is */
    cJSON *devices; /* the schema's list, owned; NULL: which devices there are is not known */
};

/* Judges the file that is chosen, if one is. End with bp_gpu_verdict_free. */
struct bp_gpu_verdict bp_gpu_judge(const struct bp_machine *machine, const struct bp_torch *torch,
                                   const struct bp_choice *choice);

/*
 * The code for each device in `library`: the schema's words, in the order of the devices.
 * The caller deletes it.
 */
cJSON *bp_gpu_codes(const struct bp_machine *machine, const struct bp_devices *devices,
                    const cJSON *library);

/* The schema's outcome, or NULL for BP_GPU_NONE. */
const char *bp_gpu_outcome(enum bp_gpu_trouble trouble);

void bp_gpu_verdict_free(struct bp_gpu_verdict *verdict);

#endif
