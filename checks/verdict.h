/* What all of it comes to: "ok", "problem" or "unknown". */
#ifndef BP_CHECKS_VERDICT_H
#define BP_CHECKS_VERDICT_H

#include <cjson/cJSON.h>

/*
 * Sets `verdict` and `verdict_says` of an answer that has `loader` and `findings`.
 * "problem": an error is confirmed or likely, or the loader cannot load the library.
 * "unknown": nothing was found, and what the loader would do cannot be told. `snapshot`
 * may be NULL.
 */
void bp_verdict_set(cJSON *answer, const cJSON *snapshot);

#endif
