/*
 * Looks at a machine and writes the snapshot (see report/bnb-probe-1.schema.json).
 * Gathers facts and judges nothing.
 */
#ifndef BP_PROBE_PROBE_H
#define BP_PROBE_PROBE_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/str.h"

struct bp_probe_options {
    const char *root;              /* another root file system, or NULL */
    const struct bp_strs *pythons; /* interpreters asked for, or NULL: find the person's own */
    const char *pythons_because;   /* why those, in words; NULL: they were asked for */
    double timeout_ms;             /* the whole probing ends within it */
    bool with_ghosts;              /* keep the headers of the libraries (probe/ghosts.h) */
};

/*
 * Probes. `while_waiting` (may be NULL) is called once after all first children have
 * started: the place for work that needs no facts. NULL on error (the root cannot be
 * opened); a collector's trouble is no error but a fact. The caller deletes the snapshot.
 */
cJSON *bp_probe_run(const struct bp_probe_options *options, void (*while_waiting)(void *),
                    void *context, struct bp_err *err);

#endif
