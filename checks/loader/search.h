/*
 * The search for a needed library that is not mapped yet: which of the candidate files the
 * dynamic loader would come upon first (ld.so(8)).
 */
#ifndef BP_CHECKS_LOADER_SEARCH_H
#define BP_CHECKS_LOADER_SEARCH_H

#include "base/str.h"
#include "checks/loader/machine.h"

/* In the order in which the loader applies them. */
enum bp_rule {
    BP_RULE_RPATH,
    BP_RULE_LD_LIBRARY_PATH,
    BP_RULE_RUNPATH,
    BP_RULE_CACHE,
    BP_RULE_DEFAULT,
    BP_RULE_COUNT
};

struct bp_search {
    const struct bp_machine *machine;
    const cJSON *requester; /* header facts of the file that needs the library */
    const char *library;    /* the needed soname */
    const cJSON *candidates;
    struct bp_strs skipped; /* clauses: what is passed over, and why. Owned */
};

/* A rule's name, for a person. */
const char *bp_rule_name(enum bp_rule rule);

/* The first usable candidate and the rule that leads to it, or NULL. */
const cJSON *bp_search_first(struct bp_search *search, enum bp_rule *rule);

/* A clause that says where the library was looked for in vain. The caller frees it. */
char *bp_search_places(const struct bp_search *search);

#endif
