#include "base/os/macos/missing.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <unistd.h>

static int set_flags(int fd, int flags) {
    bool set = true;
    if (flags & O_CLOEXEC) {
        set = fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
    }
    if (set && (flags & O_NONBLOCK)) {
        set = fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
    }
    return set ? 0 : -1;
}

/* No other thread runs that could start a program between the two calls. */
int pipe2(int ends[2], int flags) {
    if (pipe(ends) != 0) {
        return -1;
    }
    if (set_flags(ends[0], flags) != 0 || set_flags(ends[1], flags) != 0) {
        int system_error = errno;
        close(ends[0]);
        close(ends[1]);
        errno = system_error;
        return -1;
    }
    return 0;
}

int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *wait, const sigset_t *mask) {
    (void)mask;
    if (!wait) {
        return poll(fds, count, -1);
    }
    /* Up, or a wait of less than a millisecond would be none. */
    long long ms = (long long)wait->tv_sec * 1000 + (wait->tv_nsec + 999999) / 1000000;
    return poll(fds, count, ms > INT_MAX ? INT_MAX : (int)ms);
}
