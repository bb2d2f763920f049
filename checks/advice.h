/*
 * What would work on a machine: changes that turn the loader's outcome good, each tried on the
 * model (checks/assume.h, checks/loader/loader.h) before it is advised, and the newest release
 * of bitsandbytes that works as things are.
 */
#ifndef BP_CHECKS_ADVICE_H
#define BP_CHECKS_ADVICE_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/str.h"

struct bp_releases;

/*
 * The loader's `advice` of the report (see its JSON Schema) for a snapshot and the loader's
 * verdict on it. `releases` may be NULL: then null. The caller deletes it.
 */
cJSON *bp_advice(const cJSON *snapshot, const cJSON *loader, const struct bp_releases *releases);

/*
 * Whether an outcome is as good as the machine allows: a GPU library that loads and works; where
 * the machine has no GPU that is known of, the CPU library.
 */
bool bp_outcome_is_good(const cJSON *loader, const cJSON *snapshot);

/* What the model says of a remedy. */
enum bp_proof {
    BP_PROOF_NONE,  /* it cannot tell, or has no facts */
    BP_PROOF_HELPS, /* with the remedy the outcome is good */
    BP_PROOF_FAILS, /* with the remedy the outcome is still bad */
};

/*
 * Tries `assumptions`, KEY=VALUE each, on a snapshot whose verdict is `loader`. Where the
 * outcome is of torch or of the driver before and after, it says nothing of the remedy.
 */
enum bp_proof bp_advice_prove(const cJSON *snapshot, const cJSON *loader,
                              const struct bp_strs *assumptions,
                              const struct bp_releases *releases);

#endif
