#include "probe/os/display_devices.h"

int bp_display_devices_read(struct bp_display_devices *devices, struct bp_err *err) {
    *devices = (struct bp_display_devices){0};
    return bp_fail(err, BP_E_ABSENT, "only Windows lists them");
}

void bp_display_devices_free(struct bp_display_devices *devices) {
    *devices = (struct bp_display_devices){0};
}
