#include "report/os/posix/display.h"

#include <stdlib.h>

static bool is_set(const char *variable) {
    const char *value = getenv(variable);
    return value && *value;
}

bool bp_display_is_there(void) {
    return is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
}

const char *const bp_display_programs[] = {"xdg-open", "gio open", "x-www-browser", NULL};
