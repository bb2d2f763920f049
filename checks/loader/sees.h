/* What a person sees of an outcome: at import, or at the first call, in the words of the era. */
#ifndef BP_CHECKS_LOADER_SEES_H
#define BP_CHECKS_LOADER_SEES_H

#include "checks/loader/choose.h"
#include "checks/loader/era.h"
#include "checks/loader/gpu_outcome.h"
#include "checks/loader/machine.h"
#include "checks/loader/symbols.h"
#include "checks/loader/torch.h"

struct bp_scene {
    const struct bp_machine *machine;
    const struct bp_torch *torch;
    const struct bp_era_found *found;
    const struct bp_choice *choice;
    enum bp_gpu_trouble trouble;    /* what the GPUs make of it */
    bool silent;                    /* not loaded, and nothing is said */
    const char *outcome;            /* the schema's word */
    const char *error;              /* what the loader or the release says; NULL: nothing */
    const struct bp_symbol *symbol; /* the function that is lacking, where one is */
};

/* A few sentences, or NULL where it cannot be told. The caller frees them. */
char *bp_sees(const struct bp_scene *scene);

/* --- Between the files --- */

/* Adds what torch says of a driver that is too old for it. */
void bp_sees_add_old_driver(const struct bp_scene *scene, struct bp_str *text);

/* Adds how a call ends where the library loads and the GPU has trouble with it. */
void bp_sees_add_gpu(const struct bp_scene *scene, struct bp_str *text);

#endif
