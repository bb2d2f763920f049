/* How one needed library is satisfied, or why it is not. */
#ifndef BP_CHECKS_LOADER_NEED_H
#define BP_CHECKS_LOADER_NEED_H

#include <stdbool.h>

enum bp_need_outcome {
    BP_NEED_UNKNOWN,   /* facts are missing; `reason` says which */
    BP_NEED_MAPPED,    /* in the process since `import torch` */
    BP_NEED_FOUND,     /* at `path`, because of `rule` */
    BP_NEED_UNUSABLE,  /* found, and the load fails all the same; `reason` says why */
    BP_NEED_NOT_FOUND, /* `reason` says where it was looked for */
};

/* What is wrong with one that is unusable. */
enum bp_need_trouble {
    BP_TROUBLE_NONE,
    BP_TROUBLE_FILE,    /* the file itself is no library that can be mapped */
    BP_TROUBLE_NEEDS,   /* a library that it needs is not found: `lacks` */
    BP_TROUBLE_VERSION, /* a symbol version is missing: `lacks` */
    BP_TROUBLE_LIBC,    /* the system's libc lacks a symbol version: `lacks` */
};

struct bp_need {
    char *library;   /* the needed soname */
    char *needed_by; /* the soname of what needs it; NULL: the opened file itself */
    enum bp_need_outcome outcome;
    enum bp_need_trouble trouble;
    char *path;   /* where it is found; NULL: nowhere, or not known */
    char *rule;   /* by which rule */
    char *reason; /* a clause */
    char *lacks;  /* what is lacking, by name */
    char *error;  /* what the loader says of it; NULL where it says nothing */
};

void bp_need_free(struct bp_need *need);

/* Puts `value` (owned afterwards) into a text of a need in place of what was there. */
void bp_need_set(char **text, char *value);

/* The schema's word for an outcome. */
const char *bp_need_word(enum bp_need_outcome outcome);

/* Whether the load fails because of it. */
bool bp_need_is_trouble(const struct bp_need *need);

/* Whether it is a symbol version that is missing: looked at when everything is mapped. */
bool bp_need_is_version_trouble(const struct bp_need *need);

#endif
