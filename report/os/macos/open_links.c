#include "report/os/posix/output_place.h"

bool bp_place_is_magic(int folder) {
    (void)folder; /* there is no /proc */
    return false;
}
