/* The remedy of a finding: the steps that apply, and that the model does not speak against. */
#ifndef BP_CHECKS_REMEDY_H
#define BP_CHECKS_REMEDY_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "checks/view.h"

/* Whether the step's `when` is true, or it has none. */
bool bp_step_applies(const cJSON *step, const struct bp_view *view);

/*
 * Whether a step (a member of `remedy`) is one that the model disproves: the outcome stays bad
 * with it, and it is no part that is needed of all the steps together either.
 */
bool bp_step_is_disproved(const cJSON *remedy, const cJSON *step, const struct bp_view *view);

#endif
