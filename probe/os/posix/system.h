/* What the systems of POSIX do each in their own way: os/linux/system.c, os/macos/system.c. */
#ifndef BP_PROBE_OS_POSIX_SYSTEM_H
#define BP_PROBE_OS_POSIX_SYSTEM_H

#include <stdbool.h>

/*
 * In a child: it ends when `parent`, the process that started it, does. `program`: it is about to
 * execute another program. `left_ms`: how long it may run at most.
 */
void bp_system_tie_to_parent(int parent, bool program, double left_ms);

/* A descriptor that becomes readable when the child `pid` ends; -1 where the kernel has none. */
int bp_system_watch_end(int pid);

/*
 * Opens `below` (a relative path) in the folder `root`, which no link and no ".." leads out of.
 * The descriptor, or -1 and errno: ENOSYS where the kernel cannot.
 */
int bp_system_open_in_root(int root, const char *below, int flags);

/* Whether both descriptors of a regular file share their place in it. */
bool bp_system_same_open_file(int left, int right);

/* The other end of the pseudo-terminal `master`, or -1 where only its name leads to it. */
int bp_system_open_peer(int master);

/* Ending by a signal leaves no core file from now on. */
void bp_system_leave_no_core(void);

#endif
