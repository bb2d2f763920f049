/* Numbers of the machine that a running Windows gives. Other systems have files for them. */
#ifndef BP_PROBE_OS_MACHINE_NUMBERS_H
#define BP_PROBE_OS_MACHINE_NUMBERS_H

#include <stdbool.h>

#include "base/str.h"

struct bp_machine_memory {
    double total_bytes;
    double available_bytes;
    double swap_bytes; /* what the page files may hold */
};

/* False where the system does not say. */
bool bp_machine_memory_read(struct bp_machine_memory *memory);

/* Appends the names of the processor's extensions that matter, as /proc/cpuinfo writes them. */
void bp_machine_processor_flags(struct bp_strs *flags);

#endif
