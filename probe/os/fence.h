/*
 * A fence round a process that reads foreign files, so that a file which takes it over gains
 * nothing. Once it is closed the process can read files and write to what it already has open, and
 * no more: it cannot start anything, open a socket, write a file or use memory and time without
 * end. It is a limit set to this process by itself, needs no privilege, and cannot be opened again.
 *
 * What the kernel does not offer is left out; the parts that hold are told.
 */
#ifndef BP_PROBE_OS_FENCE_H
#define BP_PROBE_OS_FENCE_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of memory that a fenced process may allocate from then on, and of files that it may map. */
#define BP_FENCE_MEMORY ((size_t)512 << 20)
#define BP_FENCE_ADDRESSES ((size_t)64 << 30)
#define BP_FENCE_FILES 64

struct bp_fence {
    const int *keep; /* descriptors that stay open beside 0, 1 and 2 */
    size_t keep_count;
    double cpu_ms;       /* processor time that is left to it; 0: no limit */
    bool sees_processes; /* it reads /proc/PID of others, which Landlock would forbid */
};

/* Which parts of the fence hold. */
struct bp_fence_parts {
    bool limits;       /* memory, files, processor time (setrlimit(2)) */
    bool system_calls; /* seccomp(2): those of reading alone; others end the process or fail */
    bool files;        /* landlock(7): no file can be made, written, removed or executed */
};

/* Closes the fence. It is not meant to be called twice in a process. */
struct bp_fence_parts bp_fence_close(const struct bp_fence *fence);

#endif
