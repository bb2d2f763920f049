/*
 * The few functions of Linux that the sources use and macOS' C library lacks. The build includes
 * this before every file, in the place of headers that declare them elsewhere.
 */
#ifndef BP_BASE_OS_MACOS_MISSING_H
#define BP_BASE_OS_MACOS_MISSING_H

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

/* A descriptor that a file is looked at through, or a folder walked on from. A pipe does not wait.
 */
#define O_PATH (O_EVTONLY | O_NONBLOCK)

/* Deprecated there; the other copies pages only when they are written to. */
#define vfork fork

/* As on Linux: pipe2(2). */
int pipe2(int ends[2], int flags);

/* As on Linux, to the millisecond, and without a mask of signals. */
int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *wait, const sigset_t *mask);

#endif
