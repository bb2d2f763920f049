/* Signals that come one after the other, in the place of interrupting what is being done. */
#ifndef BP_PROBE_OS_POSIX_SIGNAL_SOURCE_H
#define BP_PROBE_OS_POSIX_SIGNAL_SOURCE_H

#include <signal.h>
#include <stdbool.h>

struct bp_signal {
    int number;
    bool from_system; /* the terminal or the kernel has sent it, and not a process */
    int sender;       /* a process; 0 where that is not known */
};

/*
 * A descriptor that is readable when one of `signals` has come, all of which are blocked; -1 and
 * errno. One source at a time.
 */
int bp_signal_source_open(const sigset_t *signals);

/* Takes the next one; false: there is none now. */
bool bp_signal_source_next(int source, struct bp_signal *next);

void bp_signal_source_close(int source);

#endif
