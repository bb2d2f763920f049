/* From one pattern to one finding. */
#ifndef BP_CHECKS_FINDING_H
#define BP_CHECKS_FINDING_H

#include <cjson/cJSON.h>

#include "checks/severity.h"
#include "checks/view.h"

/*
 * The finding (see $defs/finding of the report's JSON Schema), or NULL where no way in which
 * the pattern shows is true or something rules it out. The caller deletes it.
 */
cJSON *bp_finding_make(const cJSON *pattern, const struct bp_view *view);

#endif
