/* How the conditions of the patterns came out, in words, for the one who asks why. */
#ifndef BP_CHECKS_CONDITIONS_H
#define BP_CHECKS_CONDITIONS_H

#include <cjson/cJSON.h>

#include "checks/view.h"

/*
 * {"pattern": ID, "status": that of the finding or null, "text_only": how many ways are about a
 * text while there is none, "ways": [{"way": "shows/0", "status": "confirmed", "came_out":
 * "true|false|unknown", "conditions": [{"depth": 0, "came_out", "says"}]}]}. "ways" has the
 * pattern's ways to show and to be ruled out. The caller deletes it.
 */
cJSON *bp_conditions_of(const cJSON *pattern, const struct bp_view *view);

#endif
