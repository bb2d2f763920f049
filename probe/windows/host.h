/* The host collector's part for a Windows machine. */
#ifndef BP_PROBE_WINDOWS_HOST_H
#define BP_PROBE_WINDOWS_HOST_H

#include "probe/collector.h"

/* Puts the facts below /host: which Windows, on which machine. */
void bp_windows_collect_host(const struct bp_probe *probe, struct bp_facts *facts);

#endif
