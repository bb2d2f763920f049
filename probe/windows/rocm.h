/* AMD's HIP SDK on a Windows machine. */
#ifndef BP_PROBE_WINDOWS_ROCM_H
#define BP_PROBE_WINDOWS_ROCM_H

#include "probe/collector.h"

/* Puts /rocm/installations and /rocm/variables. Windows has no kfd and no render nodes. */
void bp_windows_collect_rocm(const struct bp_probe *probe, struct bp_facts *facts);

#endif
