#include "probe/os/machine_numbers.h"

bool bp_machine_memory_read(struct bp_machine_memory *memory) {
    *memory = (struct bp_machine_memory){0};
    return false;
}

void bp_machine_processor_flags(struct bp_strs *flags) {
    (void)flags;
}
