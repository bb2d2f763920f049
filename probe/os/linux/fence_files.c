/* Landlock (Linux 5.13): what a process does to files, restricted by itself. See landlock(7). */
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe/os/linux/fence_parts.h"

/* The same numbers on every architecture, and newer than the headers of some systems. */
enum { CREATE_RULESET = 444, RESTRICT_SELF = 446, ASK_VERSION = 1 };

/* Kinds of access by bit (linux/landlock.h), and the version of Landlock that brought them. */
static const uint64_t execute_and_write = 0x3;  /* 1 */
static const uint64_t remove_and_make = 0x1ff0; /* 1 */
static const uint64_t move_between = 0x2000;    /* 2 */
static const uint64_t truncate_file = 0x4000;   /* 3 */
static const uint64_t control_devices = 0x8000; /* 5 */

static uint64_t accesses_of(long version) {
    uint64_t accesses = execute_and_write | remove_and_make;
    accesses |= version >= 2 ? move_between : 0;
    accesses |= version >= 3 ? truncate_file : 0;
    accesses |= version >= 5 ? control_devices : 0;
    return accesses;
}

/* Every access that rules could allow, without a rule that allows any of it. */
bool bp_fence_files(void) {
    long version = syscall(CREATE_RULESET, NULL, (size_t)0, ASK_VERSION);
    if (version < 1) {
        return false;
    }
    const uint64_t handled = accesses_of(version);
    long rules = syscall(CREATE_RULESET, &handled, sizeof handled, 0);
    if (rules < 0) {
        return false;
    }
    bool restricted = syscall(RESTRICT_SELF, (int)rules, 0) == 0;
    close((int)rules);
    return restricted;
}
