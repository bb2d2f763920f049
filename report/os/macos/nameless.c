#include "report/os/posix/nameless.h"

#include <errno.h>

int bp_open_nameless(int folder) {
    (void)folder;
    return -1;
}

int bp_name_nameless(int file, int folder, const char *name) {
    (void)file;
    (void)folder;
    (void)name;
    return ENOTSUP;
}
