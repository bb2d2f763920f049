/*
 * Runs collectors in forked children, many at a time, and puts what they send into the
 * snapshot. Whatever one of them does costs only its own facts.
 */
#ifndef BP_PROBE_RUN_H
#define BP_PROBE_RUN_H

#include <stdbool.h>
#include <stddef.h>

#include "probe/collector.h"

struct bp_collector {
    const char *name;
    bp_collect_fn *collect;
    const char *after; /* the collector whose facts it needs, which stands before it; or NULL */
    /*
     * Runs in the same child as the row before it, whose facts it sees, to save a fork: for
     * what takes a millisecond or two, or for what has nothing to do before: then `after` names
     * one of the rows before it. Should that child die or hang, the rows behind the one to blame
     * get a child of their own.
     */
    bool with_previous;
    /*
     * Nothing waits for it, so it is started behind the others and behind while_waiting: on a
     * machine with few processors it would only hold up what others wait for.
     */
    bool patient;
    /*
     * It reads files that others made, and its child is fenced in by then (probe/os/fence.h), as it
     * stays for the rows behind it in that child.
     */
    enum bp_fencing {
        BP_FENCE_NONE,
        BP_FENCE_READER,
        BP_FENCE_PROCESS_READER, /* of /proc/PID, too */
        BP_FENCE_IN_ROOT,        /* the same, in another root alone: in this one programs start */
    } fence;
};

struct bp_run_options {
    double deadline_ms; /* all children are told to end by then, on bp_now_ms's clock */
    double grace_ms;    /* between TERM and KILL, and between KILL and giving up */
    void (*while_waiting)(
        void *context); /* called once when the first children have been started; may be NULL */
    void *context;
};

/*
 * Files that are left out since a collector did not survive them; each costs a new start, and a
 * folder full of them is not to cost the whole time.
 */
#define BP_RUN_LEFT_OUT_LIMIT 8

/*
 * Runs the `count` collectors of the table. `snapshot` receives the facts and, under
 * "collectors", how each fared; probe->snapshot should be the same document. Returns when
 * all have ended or were given up.
 */
void bp_run_collectors(const struct bp_collector *table, size_t count, const struct bp_probe *probe,
                       cJSON *snapshot, const struct bp_run_options *options);

#endif
