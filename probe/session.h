/* The parts of the snapshot's "session" section, one file each. */
#ifndef BP_PROBE_SESSION_H
#define BP_PROBE_SESSION_H

#include "probe/collector.h"

/* "/session/notebook" and "/session/notebook_evidence" */
void bp_collect_notebook(const struct bp_probe *probe, struct bp_facts *facts);

/* "/session/processes" and "/session/processes_denied" */
void bp_collect_python_processes(const struct bp_probe *probe, struct bp_facts *facts);

/*
 * The bitsandbytes libraries that process `pid` has mapped, as the snapshot's schema has
 * them, or NULL with *err filled where its maps cannot be read. The caller deletes it.
 */
cJSON *bp_mapped_libraries(const struct bp_root *root, const char *pid, struct bp_err *err);

#endif
