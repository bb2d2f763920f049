/*
 * Facts put in place of others: the snapshot of a machine that is not there. What a fact
 * stands for changes with it (a GPU brings a driver that has started, another platform has
 * none of the files that were found here), and what it makes meaningless becomes unknown.
 *
 * Each assumption is a text KEY=VALUE; bp_assume_keys says which keys there are.
 */
#ifndef BP_CHECKS_ASSUME_H
#define BP_CHECKS_ASSUME_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "base/error.h"
#include "base/str.h"

struct bp_releases;

/*
 * Whether `assumptions` are understood, together, and name releases that are known (where
 * `releases` is not NULL). 0, or -1 with a message that helps.
 */
int bp_assume_check(const struct bp_strs *assumptions, const struct bp_releases *releases,
                    struct bp_err *err);

/*
 * Changes *snapshot to what it would be under all of `assumptions`, whatever order they are
 * given in: a platform before the release that is installed on it. Each key but env: and
 * library may be given once. -1 where one is not understood, is given twice, or names a release
 * that is not known; the snapshot is then not to be used. What was assumed is kept in the
 * snapshot, in collectors/assumed (see bp_assumed).
 */
int bp_assume(cJSON *snapshot, const struct bp_strs *assumptions,
              const struct bp_releases *releases, struct bp_err *err);

/*
 * A copy for bp_assume to change that shares with `snapshot` what stays as it is: cheap, and
 * to be deleted before `snapshot`.
 */
cJSON *bp_assume_copy(const cJSON *snapshot);

/*
 * bp_assume for such a copy: it then shares with `releases`, too, and is to be deleted before
 * them.
 */
int bp_assume_shared(cJSON *copy, const struct bp_strs *assumptions,
                     const struct bp_releases *releases, struct bp_err *err);

/* What was assumed of this snapshot: an array of KEY=VALUE (the caller deletes it), or NULL. */
cJSON *bp_assumed(const cJSON *snapshot);

/*
 * The name of key `index`, and in *says what it stands for; NULL past the last. "env:NAME" stands
 * for all the variables of bp_assume_variable_names.
 */
const char *bp_assume_key(size_t index, const char **says);

/* The variables that env: takes, NULL-ended. */
const char *const *bp_assume_variable_names(void);

/* One line a key, "KEY=VALUE  what it stands for", indented by `indent` blanks. */
void bp_assume_keys(struct bp_str *text, int indent);

#endif
