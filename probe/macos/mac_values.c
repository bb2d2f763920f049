#include "probe/os/mac_values.h"

#include <stdlib.h>

struct bp_mac_values bp_mac_values_unknown(void) {
    return (struct bp_mac_values){
        .memory_bytes = -1, .packages = -1, .cores = -1, .threads = -1, .virtual_machine = -1};
}

void bp_mac_values_free(struct bp_mac_values *values) {
    free(values->model);
    free(values->chip);
    *values = bp_mac_values_unknown();
}
