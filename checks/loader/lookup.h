/*
 * The search for a needed library that is not mapped yet: which of the candidate files the
 * dynamic loader comes upon first, or why it gives up.
 */
#ifndef BP_CHECKS_LOADER_LOOKUP_H
#define BP_CHECKS_LOADER_LOOKUP_H

#include "checks/loader/process.h"

enum bp_lookup_end {
    BP_LOOKUP_UNKNOWN, /* nothing is known about files of that name */
    BP_LOOKUP_FOUND,
    BP_LOOKUP_REFUSED, /* `candidate` ends the search and cannot be loaded */
    BP_LOOKUP_NOTHING,
};

struct bp_lookup {
    enum bp_lookup_end end;
    const cJSON *candidate;
    char *rule;   /* by which rule it was found; owned */
    char *reason; /* a clause: what is wrong, or where it was looked for in vain; owned */
    char *error;  /* what the loader says; owned; NULL where it says nothing */
};

/* Searches for `library`, which the file at index `requester` needs. End with bp_lookup_free. */
struct bp_lookup bp_lookup(struct bp_process *process, int requester, const char *library);

void bp_lookup_free(struct bp_lookup *search);

#endif
