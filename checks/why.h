/* Showing how the conditions of a pattern came out, for the one who writes patterns. */
#ifndef BP_CHECKS_WHY_H
#define BP_CHECKS_WHY_H

#include <cjson/cJSON.h>

#include "checks/view.h"

/* Indented lines: each way of showing and each exception, and each condition in it. Freed by
 * the caller. */
char *bp_why_words(const cJSON *pattern, const struct bp_view *view);

#endif
