/*
 * macOS has no descriptor that says who has sent a signal: a handler puts each into a pipe.
 */
#include "probe/os/posix/signal_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

/* What the handler needs, to which nothing can be passed. */
static volatile sig_atomic_t pipe_end = -1;
static sigset_t handled;

static void put(int number, siginfo_t *info, void *context) {
    (void)context;
    int error = errno;
    struct bp_signal signal = {.number = number,
                               .from_system = info && info->si_pid == 0,
                               .sender = info ? (int)info->si_pid : 0};
    if (pipe_end >= 0) {
        (void)!write(pipe_end, &signal, sizeof signal); /* a full pipe loses what comes too often */
    }
    errno = error;
}

int bp_signal_source_open(const sigset_t *signals) {
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_RESTART};
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
        return -1;
    }
    action.sa_sigaction = put;
    sigfillset(&action.sa_mask);
    pipe_end = ends[1];
    handled = *signals;
    for (int number = 1; number < NSIG; number++) {
        if (sigismember(signals, number) == 1) {
            sigaction(number, &action, NULL);
        }
    }
    sigprocmask(SIG_UNBLOCK, signals, NULL);
    return ends[0];
}

bool bp_signal_source_next(int source, struct bp_signal *next) {
    return read(source, next, sizeof *next) == (ssize_t)sizeof *next;
}

/* Those that are handled were not ignored before, and had no handler. */
void bp_signal_source_close(int source) {
    const struct sigaction usual = {.sa_handler = SIG_DFL};
    int end = (int)pipe_end;
    sigprocmask(SIG_BLOCK, &handled, NULL);
    for (int number = 1; number < NSIG; number++) {
        if (sigismember(&handled, number) == 1) {
            sigaction(number, &usual, NULL);
        }
    }
    pipe_end = -1;
    close(end);
    close(source);
}
