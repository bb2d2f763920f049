/* Between the files that make up one search; lookup.h is for the others. */
#ifndef BP_CHECKS_LOADER_LOOKING_H
#define BP_CHECKS_LOADER_LOOKING_H

#include "checks/loader/lookup.h"

/* One search under way. */
struct looking {
    struct bp_process *process;
    int requester;
    const char *library;
    const cJSON *candidates;
    struct bp_strs looked; /* where it was looked, in words */
    struct bp_strs passed; /* what was passed over, and why */
    bool other_class;
    struct bp_lookup *result;
};

/* Whether the search ends at this candidate, which `rule` leads to. */
bool bp_lookup_ends_at(struct looking *looking, const cJSON *candidate, const char *rule);

/* Asks the loader's cache. */
bool bp_lookup_cache(struct looking *looking);

/* Puts into words that nothing was found, as the loader does and for a person. */
void bp_lookup_say_nothing_found(struct looking *looking);

#endif
