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

/* What ended a child of state BP_CHILD_SIGNALLED, in the system's words. The caller frees it. */
char *bp_child_cause(const struct bp_child *child);

#endif
