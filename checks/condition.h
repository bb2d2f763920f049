/* Conditions of patterns, judged in three-valued logic; the format is in patterns/README.md. */
#ifndef BP_CHECKS_CONDITION_H
#define BP_CHECKS_CONDITION_H

#include <cjson/cJSON.h>

#include "checks/evidence.h"
#include "checks/truth.h"
#include "checks/view.h"

/*
 * Judges a condition. Where it is true, what made it so is appended to the evidence (which
 * may be NULL): for an "any" all its true branches, for a "not" what made its inside false.
 */
enum bp_truth bp_condition_judge(const cJSON *condition, const struct bp_view *view,
                                 struct bp_evidence *evidence);

#endif
