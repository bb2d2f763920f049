#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/input.h"

static int fail_system(const char *path, int system_error, struct bp_err *err) {
    return bp_input_fail(path, BP_E_SYSTEM, strerror(system_error), err);
}

/*
 * Files, and pipes, which is what a shell makes of <(command). A pipe to which nobody
 * writes is empty and not waited for. Devices are refused: some never end.
 */
int bp_input_open(const char *path, size_t limit, struct bp_err *err) {
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        return fail_system(path, errno, err);
    }
    int result = 0;
    if (fstat(fd, &status) != 0) {
        result = fail_system(path, errno, err);
    } else if (S_ISDIR(status.st_mode)) {
        result = bp_input_fail(path, BP_E_FORMAT, "is a folder, not a file", err);
    } else if (S_ISFIFO(status.st_mode)) {
        fcntl(fd, F_SETFL, O_RDONLY); /* only opening it must not wait for a writer */
    } else if (!S_ISREG(status.st_mode)) {
        result = bp_input_fail(path, BP_E_FORMAT, "is no file, but a device or a socket", err);
    } else if (status.st_size > 0 && (size_t)status.st_size > limit) {
        result = bp_input_fail_size(path, limit, err);
    }
    if (result != 0) {
        close(fd);
        return -1;
    }
    return fd;
}
