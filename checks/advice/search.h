/*
 * The search for what helps: sets of changes, cheapest first, each with the newest release that
 * works under it, tried on the model.
 */
#ifndef BP_CHECKS_ADVICE_SEARCH_H
#define BP_CHECKS_ADVICE_SEARCH_H

#include "checks/advice/parts.h"

/*
 * The report's `steps`: at most three changes, or sets of changes, with each of which the
 * outcome is good, the best first. An empty array: none was found. The caller deletes it.
 */
cJSON *bp_advice_search(const struct bp_advising *advising);

#endif
