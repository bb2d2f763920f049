/* From one pattern to one finding. */
#ifndef BP_CHECKS_FINDING_H
#define BP_CHECKS_FINDING_H

#include <cjson/cJSON.h>

#include "checks/view.h"

/* Each from the weakest on, so that they can be compared. */
enum bp_status { BP_STATUS_NONE, BP_POSSIBLE, BP_LIKELY, BP_CONFIRMED };
enum bp_severity { BP_INFO, BP_WARNING, BP_ERROR };

/* What the word means; the weakest for none and for an unknown one. */
enum bp_status bp_status_of(const char *word);
enum bp_severity bp_severity_of(const char *word);

/*
 * The finding (see $defs/finding of the report's JSON Schema), or NULL where no way in which
 * the pattern shows is true or something rules it out. The caller deletes it.
 */
cJSON *bp_finding_make(const cJSON *pattern, const struct bp_view *view);

#endif
