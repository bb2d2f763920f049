/*
 * What guards a run against the files that its collectors read: a child that does not survive one
 * is started again without it.
 */
#ifndef BP_PROBE_RUN_GUARD_H
#define BP_PROBE_RUN_GUARD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "probe/os/child.h"
#include "probe/os/reading.h"

struct bp_run_guard {
    struct bp_reading *readings; /* one a row of the table, or NULL: it is not known what is read */
    size_t count;
    struct bp_strs left_out; /* files that were the end of a child */
    char **trouble;          /* by row: what happened, or NULL */
};

void bp_run_guard_init(struct bp_run_guard *guard, size_t count);
void bp_run_guard_free(struct bp_run_guard *guard);

/* Where the child of row `index` notes what it reads, with nothing in it; or NULL. */
struct bp_reading *bp_run_guard_reading(const struct bp_run_guard *guard, size_t index);

/*
 * Whether the child of row `first`, which ended before the collector of row `index` was done, is to
 * be started again: a file was its end, which is left out from now on.
 */
bool bp_run_guard_blames(struct bp_run_guard *guard, size_t first, size_t index,
                         const struct bp_child *child);

#endif
