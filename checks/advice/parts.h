/* Between the files that make advice (checks/advice.h). */
#ifndef BP_CHECKS_ADVICE_PARTS_H
#define BP_CHECKS_ADVICE_PARTS_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "checks/install.h"

struct bp_releases;

/* What advice is made for. */
struct bp_advising {
    const cJSON *snapshot;
    const cJSON *loader;
    const cJSON *interpreter; /* NULL: not known */
    const struct bp_releases *releases;
    struct bp_shell shell;
    const char *os;
    bool fresh; /* for an environment that is still to be made */
};

/* The Python of an environment that is still to be made. */
#define BP_FRESH_PYTHON "3.12"

/* The shell's commands for that environment. */
struct bp_shell bp_shell_of_new_environment(const struct bp_shell *shell);

/* Whether torch is known not to be there: then no release works, whichever it is. */
bool bp_machine_lacks_torch(const cJSON *interpreter);

/* Whether there is a GPU, whatever driver or PyTorch make of it. */
bool bp_machine_has_gpu(const cJSON *snapshot);

/*
 * What a change is about. Two changes of one kind are alternatives; changes of several kinds
 * can be made together. In the order in which their commands are typed.
 */
enum bp_change_kind {
    BP_CHANGE_SYSTEM,
    BP_CHANGE_DRIVER,
    BP_CHANGE_PYTHON,
    BP_CHANGE_VARIABLE,
    BP_CHANGE_TORCH,
    BP_CHANGE_LIBRARY,
    BP_CHANGE_RELEASE,
};

struct bp_change {
    enum bp_change_kind kind;
    int cost;              /* how much is asked of a person: the less the better */
    char *says;            /* a sentence, owned */
    char *command;         /* owned; NULL: none that could be given */
    struct bp_strs assume; /* KEY=VALUE */
    bool new_environment;  /* what is installed after it goes into the environment it makes */
};

struct bp_changes {
    struct bp_change *items;
    size_t count;
    size_t capacity;
};

/* Appends a change; the strings are owned afterwards. `assume` is split at blanks. */
void bp_changes_add(struct bp_changes *changes, struct bp_change change, const char *assume);
void bp_change_free(struct bp_change *change);
void bp_changes_free(struct bp_changes *changes);

/* Everything but another release of bitsandbytes that could help here. */
void bp_changes_find(const struct bp_advising *advising, struct bp_changes *changes);

/* --- trying --- */

/* A machine that is not there. */
struct bp_trial {
    cJSON *snapshot; /* shares with the real one; NULL where it could not be made */
    cJSON *loader;   /* the verdict on it */
    bool good;
};

/* Tries assumptions. End with bp_trial_free. */
struct bp_trial bp_trial_make(const struct bp_advising *advising, const struct bp_strs *assume);
void bp_trial_free(struct bp_trial *trial);

/* --- releases --- */

/*
 * What keeps pip from installing a release beside what `snapshot` has: sentences appended to
 * *why_not. True where there are none.
 */
bool bp_release_can_be_installed(const struct bp_releases *releases, size_t release,
                                 const cJSON *snapshot, struct bp_strs *why_not);

/* The change to a release: an upgrade, a downgrade, an installation, a clean one again. */
struct bp_change bp_change_to_release(const struct bp_advising *advising, const char *version,
                                      bool new_environment);

/* The change to a library that is built here, for the GPUs that are here. */
struct bp_change bp_change_to_source(const struct bp_advising *advising);

#endif
