#include "report/os/posix/display.h"

#include <stddef.h>

bool bp_display_is_there(void) {
    return true;
}

const char *const bp_display_programs[] = {"open", NULL};
