/* What the systems' ways of running children share. */
#ifndef BP_PROBE_OS_CHILD_PARTS_H
#define BP_PROBE_OS_CHILD_PARTS_H

#include "probe/os/child.h"

/* Bytes of standard error that are kept. */
enum { BP_CHILD_NOISE_LIMIT = 4096 };

/* Bytes of standard output that are kept. */
size_t bp_child_output_limit(const struct bp_child *child);

/* Milliseconds between one step of ending it and the next. */
double bp_child_grace(const struct bp_child *child);

/* The stage of a child that nothing is being done to end; what follows it is each system's own. */
enum { BP_CHILD_LET_RUN = 0 };

/* --- what each system does (SYSTEM/child_wait.c); bp_children_wait is over it --- */

/* Whether the child was started, and neither has been seen to end nor was given up. */
bool bp_child_is_alive(const struct bp_child *child);

/* Takes what it has printed, without waiting; begins to end one that prints too much. */
void bp_child_read(struct bp_child *child, double now);

/* Looks whether the child has ended, without waiting; if so takes the rest of its output. */
bool bp_child_reap(struct bp_child *child, double now);

/* Moves a child on that is past its deadline. Returns whether it was given up. */
bool bp_child_press(struct bp_child *child, double now);

/* Sleeps until one of the children has something to say or ends, or a deadline comes. */
void bp_children_sleep(const struct bp_child *children, size_t count);

/* What ended a child of state BP_CHILD_SIGNALLED, in the system's words. The caller frees it. */
char *bp_child_cause(const struct bp_child *child);

#endif
