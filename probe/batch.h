/*
 * Collectors that run one behind the other in one child. Where there is fork(2) that child is a
 * copy of this process; elsewhere it is this program, started again and told what to collect.
 */
#ifndef BP_PROBE_BATCH_H
#define BP_PROBE_BATCH_H

#include "probe/os/child.h"
#include "probe/run.h"

struct bp_batch {
    const struct bp_collector *rows;
    size_t count;
    const struct bp_probe *probe;
    cJSON *snapshot;                /* what was found so far */
    double deadline_ms;             /* by when it ends; 0: not known */
    struct bp_reading *reading;     /* where it is noted which file is read, or NULL */
    const struct bp_strs *left_out; /* files that are not to be read, or NULL */
};

/* Milliseconds that may pass, at the worst, before a child comes to its first collector. */
extern const double bp_batch_start_ms;

/* Starts a child that collects them. Its output is the facts of each (probe/facts.h). */
int bp_batch_start(struct bp_child *child, const struct bp_batch *batch, struct bp_err *err);

/*
 * In that child: closes the fence where a row asks for it, collects, and writes the facts to
 * `descriptor`. The snapshot is its own by now and takes in what each has found, for those behind
 * it.
 */
void bp_batch_collect(const struct bp_batch *batch, int descriptor);

#endif
