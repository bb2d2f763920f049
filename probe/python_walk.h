/* Walking the folders of another root in which interpreters and environments are put. */
#ifndef BP_PROBE_PYTHON_WALK_H
#define BP_PROBE_PYTHON_WALK_H

#include "probe/python.h"

struct bp_python_walk {
    const struct bp_probe *probe;
    struct bp_interpreters *list;
    /* Appends what `folder` holds. Whether it holds any, so that nothing below it is looked at. */
    bool (*look_at)(const struct bp_probe *probe, struct bp_interpreters *list, const char *folder);
    /* Whether two names are the same on this system. */
    bool (*same_name)(const char *left, const char *right);
    const char *passed_over; /* a name that is never looked at; NULL: none */
};

/* Looks at the folders in `base`, and `levels` further down where they hold none. */
void bp_python_walk_below(const struct bp_python_walk *walk, const char *base, int levels);

/*
 * Looks at the folders right in `top` but the system's own (ended by NULL), and `levels` further
 * down where they hold none.
 */
void bp_python_walk_top(const struct bp_python_walk *walk, const char *top,
                        const char *const *system_folders, int levels);

/* Looks below each of `collections` (ended by NULL) in `home`. */
void bp_python_walk_collections(const struct bp_python_walk *walk, const char *home,
                                const char *const *collections);

/* Appends the `program` (NULL: none was found) that was asked for, or says that there is none. */
void bp_python_walk_add_asked(const struct bp_probe *probe, struct bp_interpreters *list,
                              const char *asked, const char *program);

#endif
