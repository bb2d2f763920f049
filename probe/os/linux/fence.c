#include "probe/os/fence.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe/os/linux/fence_parts.h"

/* Where close_range(2) is missing (Linux before 5.9), descriptors up to this one are closed. */
enum { HIGHEST_DESCRIPTOR = 1024 };

static void close_between(unsigned first, unsigned last) {
    if (first > last || syscall(SYS_close_range, first, last, 0) == 0) {
        return;
    }
    for (unsigned fd = first; fd <= last && fd < HIGHEST_DESCRIPTOR; fd++) {
        close((int)fd);
    }
}

/* The smallest kept descriptor from `from` on, or -1. */
static int next_kept(const struct bp_fence *fence, int from) {
    int found = -1;
    for (size_t i = 0; i < fence->keep_count; i++) {
        int fd = fence->keep[i];
        if (fd >= from && (found < 0 || fd < found)) {
            found = fd;
        }
    }
    return found;
}

static void close_others(const struct bp_fence *fence) {
    int from = STDERR_FILENO + 1;
    for (int kept = next_kept(fence, from); kept >= 0; kept = next_kept(fence, from)) {
        close_between((unsigned)from, (unsigned)kept - 1);
        from = kept + 1;
    }
    close_between((unsigned)from, ~0U);
}

/* (The first argument of setrlimit is of another type in each C library.) */
static bool limit(int resource, uint64_t most) {
    struct rlimit now;
    if (syscall(SYS_prlimit64, 0, resource, NULL, &now) != 0) {
        return false;
    }
    most = now.rlim_max < most ? now.rlim_max : most; /* no limit is the largest number */
    const struct rlimit less = {most, most};
    return syscall(SYS_prlimit64, 0, resource, &less, NULL) == 0;
}

/*
 * Counted from what the process has by now: a build with a sanitizer has reserved terabytes. The
 * numbers are pages: proc_pid_statm(5).
 */
static bool limit_memory(void) {
    unsigned long all = 0;
    unsigned long data = 0;
    char text[256];
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0) {
        close(fd);
    }
    if (got <= 0) {
        return false;
    }
    text[got] = '\0';
    if (sscanf(text, "%lu %*u %*u %*u %*u %lu", &all, &data) != 2) {
        return false;
    }
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    bool limited = limit(RLIMIT_DATA, data * page + BP_FENCE_MEMORY);
    return limit(RLIMIT_AS, all * page + BP_FENCE_ADDRESSES) && limited;
}

static bool set_limits(const struct bp_fence *fence) {
    bool limited = limit_memory();
    limited = limit(RLIMIT_FSIZE, 0) && limited; /* of files; a pipe has no size */
    limited = limit(RLIMIT_NOFILE, BP_FENCE_FILES) && limited;
    if (fence->cpu_ms > 0) {
        limited = limit(RLIMIT_CPU, (uint64_t)(fence->cpu_ms / 1000) + 1) && limited;
    }
    return limited;
}

struct bp_fence_parts bp_fence_close(const struct bp_fence *fence) {
    struct bp_fence_parts parts = {0};
    close_others(fence);
    parts.limits = set_limits(fence);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return parts;
    }
    parts.files = !fence->sees_processes && bp_fence_files();
    parts.system_calls = bp_fence_system_calls(parts.files);
    return parts;
}
