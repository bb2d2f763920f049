/* The parts of the snapshot's "hardware" section beside the PCI devices. */
#ifndef BP_PROBE_HARDWARE_H
#define BP_PROBE_HARDWARE_H

#include "probe/collector.h"

/* Adds "model" and "flags" of /proc/cpuinfo to `cpu`. */
void bp_cpu_describe(const struct bp_root *root, cJSON *cpu);

/*
 * Adds packages, cores, threads and usable threads to `cpu`, as hwloc counts them, and
 * gives the NUMA nodes as an array (owned by the caller). NULL with *err filled where the
 * topology cannot be learned; `cpu` is then as it was. Clears HWLOC_* from this process's
 * environment: call it in a collector's child.
 */
cJSON *bp_topology_describe(const struct bp_root *root, cJSON *cpu, struct bp_err *err);

#endif
