/* From a view to all its findings. */
#ifndef BP_CHECKS_FINDINGS_H
#define BP_CHECKS_FINDINGS_H

#include <cjson/cJSON.h>

#include "checks/view.h"

struct bp_catalogue;

/*
 * The findings of all patterns: causes before symptoms, which stand in their cause's
 * `symptoms`; stronger before weaker, errors before warnings. The caller deletes the array.
 */
cJSON *bp_findings_of(const struct bp_catalogue *catalogue, const struct bp_view *view);

#endif
