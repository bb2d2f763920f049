/*
 * Which interpreter a person would get, in the order that holds on every system: what was asked
 * for, an environment that is active, the first on PATH. What paths and environments look like is
 * said by a table of each system.
 */
#ifndef BP_PROBE_PYTHON_PERSON_H
#define BP_PROBE_PYTHON_PERSON_H

#include "probe/python.h"

struct bp_python_system {
    const char *path_marks;         /* characters that make of what was asked for a path */
    const char *const *first_names; /* ended by NULL: the programs looked for on PATH */

    /* Appends the folders of PATH that count. */
    void (*path_folders)(const struct bp_probe *probe, struct bp_strs *folders);
    /* Whether two of these folders are the same; NULL never is. */
    bool (*same_folder)(const char *left, const char *right);
    /* The first program of that name on PATH, or NULL. The caller frees it. */
    char *(*on_path)(const struct bp_probe *probe, const char *name);
    /* The absolute folder that a variable names, or NULL. The caller frees it. */
    char *(*variable)(const struct bp_probe *probe, const char *name);
    /* The program in an environment's folder, or NULL. The caller frees it. */
    char *(*program_in)(const struct bp_root *root, const char *environment);
    /* Takes `path` (owned) as the interpreter, or what it leads to. */
    void (*take)(const struct bp_probe *probe, struct bp_interpreter *interpreter, char *path);
    /* The same for a path that was asked for: `error` says what is wrong with it. */
    void (*take_asked)(const struct bp_probe *probe, const char *asked,
                       struct bp_interpreter *interpreter);
    /* Where nothing is on PATH; NULL: then there is none. */
    void (*otherwise)(const struct bp_probe *probe, struct bp_interpreters *list);
};

/* As bp_python_choose, for such a system. */
void bp_python_choose_on(const struct bp_python_system *system, const struct bp_probe *probe,
                         struct bp_interpreters *list);

#endif
