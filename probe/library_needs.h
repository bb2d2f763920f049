/* Which libraries are needed, directly or through others, and the files that could be them. */
#ifndef BP_PROBE_LIBRARY_NEEDS_H
#define BP_PROBE_LIBRARY_NEEDS_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "probe/library_search.h"

/* Files whose needs are to be followed, each path once. Nothing is owned. */
struct bp_library_requesters {
    const cJSON **items;
    const char **paths;
    size_t count;
    size_t capacity;
};

struct bp_library_needs {
    struct bp_library_search *search;
    cJSON *candidates; /* the JSON Schema's object, per soname */
    struct bp_library_requesters requesters;
    bool cut; /* a limit was reached: more is needed than was followed */
};

/* Starts with no candidates. */
void bp_library_needs_init(struct bp_library_needs *needs, struct bp_library_search *search);

/* Adds a file (header facts with "path", which must outlive *needs) whose needs count. */
void bp_library_needs_add(struct bp_library_needs *needs, const cJSON *file);

/* Adds a library that is looked for whether or not a file needs it. */
void bp_library_needs_look_for(struct bp_library_needs *needs, const char *soname);

/*
 * Follows everything that was added to its end. Returns the candidates, which the caller
 * deletes, and frees what *needs holds.
 */
cJSON *bp_library_needs_follow(struct bp_library_needs *needs);

#endif
