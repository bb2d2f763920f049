/*
 * torch as bitsandbytes sees it: which build it is, whether torch.cuda.is_available() would
 * say yes, and what the process has mapped once torch is imported.
 */
#ifndef BP_CHECKS_LOADER_TORCH_H
#define BP_CHECKS_LOADER_TORCH_H

#include "checks/loader/machine.h"

struct bp_torch {
    enum bp_answer installed;
    enum bp_answer build_known; /* yes: a NULL below means "not built for it" */
    const char *version;
    const char *cuda; /* torch.version.cuda, "12.4" */
    const char *hip;
    const char *xpu;
    enum bp_answer sees_gpu; /* torch.cuda.is_available(), which is true for ROCm, too */
    bool driver_too_old;     /* it sees none because the NVIDIA driver is too old for it */
    char *because;           /* why: one sentence, owned */
    const cJSON *devices;    /* the driver's devices, an array, or NULL */
};

/* The view; points into the snapshot except for `because`, which the caller frees. */
struct bp_torch bp_torch_of(const struct bp_machine *machine);

/*
 * By rule, where nothing is known of torch's own files: whether importing torch maps `candidate` (a
 * member of /libraries/candidates) under the soname `library`. *reason, a clause that the caller
 * frees, is set where the answer is yes or unknown and may be set where it is no.
 */
enum bp_answer bp_torch_maps(const struct bp_machine *machine, const struct bp_torch *torch,
                             const char *library, const cJSON *candidate, char **reason);

#endif
