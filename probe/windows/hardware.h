/* Processor and memory of a Windows machine. */
#ifndef BP_PROBE_WINDOWS_HARDWARE_H
#define BP_PROBE_WINDOWS_HARDWARE_H

#include "probe/collector.h"

/* Puts /hardware/memory, /hardware/cpu and /hardware/numa; another root's are not known. */
void bp_windows_collect_hardware(const struct bp_probe *probe, struct bp_facts *facts);

#endif
