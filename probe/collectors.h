/* The table of the collectors. */
#ifndef BP_PROBE_COLLECTORS_H
#define BP_PROBE_COLLECTORS_H

#include "probe/run.h"

/* The row of that name, or NULL; NULL is no name. */
const struct bp_collector *bp_collector_named(const char *name);

#endif
