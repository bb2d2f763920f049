/* A pattern's own examples: what it must find, and what it must not. */
#ifndef BP_CHECKS_PROOF_H
#define BP_CHECKS_PROOF_H

#include <cjson/cJSON.h>

#include "base/error.h"
#include "checks/regex.h"

/*
 * Judges each case of the pattern's `proof`, the loader's verdict made from the case's own
 * snapshot. 0, or -1 and "FILE: /proof/...: reason" for the first case that goes wrong.
 */
int bp_proof_run(const cJSON *pattern, const char *file, struct bp_regexes *regexes,
                 struct bp_err *err);

#endif
