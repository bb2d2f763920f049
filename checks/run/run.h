/*
 * What a command that was run shows: how it ended, what its native code said, and whether the
 * libraries that it really had mapped are those that the loader model predicted.
 */
#ifndef BP_CHECKS_RUN_H
#define BP_CHECKS_RUN_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "checks/view.h"

/*
 * The report's "run" object (see its JSON Schema), or NULL where the snapshot has no run. Of
 * the view the snapshot, the loader's verdict, the text and what is known of it are looked
 * at. The caller deletes it.
 */
cJSON *bp_run_judge(const struct bp_view *view);

/* Whether the snapshot has a run that failed. */
bool bp_run_failed(const cJSON *snapshot);

#endif
