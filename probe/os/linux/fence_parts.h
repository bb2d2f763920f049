/* The parts of the fence, each of which holds by itself. Internal to probe/os/linux. */
#ifndef BP_PROBE_OS_LINUX_FENCE_PARTS_H
#define BP_PROBE_OS_LINUX_FENCE_PARTS_H

#include <stdbool.h>

/*
 * Filters system calls. `may_open_how` lets openat2 pass, of which a filter cannot see whether it
 * is to write: for a process whose files something else protects.
 */
bool bp_fence_system_calls(bool may_open_how);

/* No file is made, written, removed or executed any more. */
bool bp_fence_files(void);

#endif
