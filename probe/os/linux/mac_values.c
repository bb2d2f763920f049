#include "probe/os/mac_values.h"

struct bp_mac_values bp_mac_values_read(void) {
    return bp_mac_values_unknown();
}
