#include "report/os/posix/nameless.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"

int bp_open_nameless(int folder) {
    if (access("/proc/self/fd", X_OK) != 0) {
        return -1; /* it could not be given its name later */
    }
    return openat(folder, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
}

int bp_name_nameless(int file, int folder, const char *name) {
    char *own = bp_format("/proc/self/fd/%d", file);
    int error = linkat(AT_FDCWD, own, folder, name, AT_SYMLINK_FOLLOW) == 0 ? 0 : errno;
    free(own);
    return error;
}
