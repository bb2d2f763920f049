/*
 * A collector gathers the facts of one subject. Each runs in a forked child of its own,
 * all at the same time, except that one may name another that it has to come after:
 * then it sees that one's facts in `probe->snapshot`.
 *
 * To add one: write probe/NAME.c with a function of type bp_collect_fn, declare it here,
 * add its row to the table in probe/probe.c, and its facts to the JSON Schema.
 */
#ifndef BP_PROBE_COLLECTOR_H
#define BP_PROBE_COLLECTOR_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/str.h"
#include "probe/facts.h"
#include "probe/os/files.h"

struct bp_probe {
    const struct bp_root *root;
    const struct bp_strs *pythons; /* as asked for with --python; may be empty */
    const char *pythons_because;   /* why those; NULL: asked for */
    const cJSON *snapshot;         /* what earlier collectors found */
    double program_deadline_ms;    /* for programs that a collector runs, on bp_now_ms's clock */
    double program_grace_ms;
    struct bp_fenced *fenced; /* the fence round the collector's own process; NULL: it has none */
};

/*
 * Closes the fence (probe/os/fence.h) round a collector that has nothing to start any more, in a
 * process of its own. A row of the table in probe/probe.c can ask for it from the start.
 */
void bp_probe_fence(const struct bp_probe *probe);

/*
 * A variable of the environment that the person works in, or NULL where it is unset.
 * Always NULL when another root is looked at: its variables are not known.
 */
const char *bp_probe_env(const struct bp_probe *probe, const char *name);

/* The names of the variables that may be told of, ended by NULL. */
extern const char *const bp_environment_allowed[];

/*
 * The absolute path of program `name` as PATH finds it (first executable regular file),
 * or NULL. The caller frees it. In another root: its usual program folders.
 */
char *bp_probe_find_program(const struct bp_probe *probe, const char *name);

typedef void bp_collect_fn(const struct bp_probe *probe, struct bp_facts *facts);

bp_collect_fn bp_collect_host;
bp_collect_fn bp_collect_hardware;
bp_collect_fn bp_collect_pci;
bp_collect_fn bp_collect_cuda_driver;
bp_collect_fn bp_collect_cuda_kernel;
bp_collect_fn bp_collect_cuda_toolkits;
bp_collect_fn bp_collect_rocm;
bp_collect_fn bp_collect_python;
bp_collect_fn bp_collect_bitsandbytes; /* after python */
bp_collect_fn bp_collect_libraries;    /* after bitsandbytes */
bp_collect_fn bp_collect_ghosts;       /* after libraries */
bp_collect_fn bp_collect_build_tools;
bp_collect_fn bp_collect_session;
bp_collect_fn bp_collect_environment;

#endif
