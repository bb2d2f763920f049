/* The signals that concern a command, taken in one place. */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "probe/os/posix/command_parts.h"
#include "probe/os/posix/signal_source.h"
#include "probe/os/posix/system.h"

#include "probe/os/command.h"

/* Passed on, or ours to act on. */
static const int concerned[] = {SIGINT,  SIGTERM, SIGHUP,  SIGQUIT,  SIGUSR1,
                                SIGUSR2, SIGCONT, SIGTSTP, SIGWINCH, SIGCHLD};

static bool is_ignored(int number) {
    struct sigaction action;
    return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

/*
 * One that this program was told to ignore (nohup, a job in the background of a script) is
 * ignored by the command as well, and stays so.
 */
int bp_command_signals_take(struct bp_command_signals *signals, struct bp_err *err) {
    sigset_t mask;
    const struct sigaction usual = {.sa_handler = SIG_DFL};
    sigaction(SIGCHLD, &usual, &signals->child_before); /* else its end would be lost */
    sigemptyset(&mask);
    for (size_t i = 0; i < sizeof concerned / sizeof *concerned; i++) {
        if (!is_ignored(concerned[i])) {
            sigaddset(&mask, concerned[i]);
        }
    }
    sigprocmask(SIG_BLOCK, &mask, &signals->mask_before);
    signals->fd = bp_signal_source_open(&mask);
    if (signals->fd < 0) {
        int system_error = errno;
        bp_command_signals_give_back(signals);
        return bp_fail_errno(err, system_error, "cannot receive signals");
    }
    return 0;
}

void bp_command_signals_restore_inside(const struct bp_command_signals *signals) {
    const struct sigaction usual = {.sa_handler = SIG_DFL};
    sigaction(SIGPIPE, &usual, NULL); /* ignored by this program for itself */
    sigaction(SIGCHLD, &signals->child_before, NULL);
    sigprocmask(SIG_SETMASK, &signals->mask_before, NULL);
}

void bp_command_signals_give_back(struct bp_command_signals *signals) {
    if (signals->fd >= 0) {
        bp_signal_source_close(signals->fd);
        signals->fd = -1;
    }
    sigaction(SIGCHLD, &signals->child_before, NULL);
    sigprocmask(SIG_SETMASK, &signals->mask_before, NULL);
}

void bp_stop_here(void) {
    const struct sigaction usual = {.sa_handler = SIG_DFL};
    struct sigaction action;
    sigset_t stop;
    sigset_t before;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    sigprocmask(SIG_BLOCK, &stop, &before);
    sigaction(SIGTSTP, &usual, &action);
    raise(SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &stop, NULL); /* it stops here */
    sigaction(SIGTSTP, &action, NULL);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

void bp_end_by_signal(int number) {
    const struct sigaction usual = {.sa_handler = SIG_DFL};
    sigset_t all;
    bp_system_leave_no_core(); /* the command has left its core file; ours would replace it */
    sigaction(number, &usual, NULL);
    sigemptyset(&all);
    sigaddset(&all, number);
    sigprocmask(SIG_UNBLOCK, &all, NULL);
    raise(number);
}

const char *bp_signal_name(int number) {
    static const struct {
        int number;
        const char *name;
    } names[] = {
        {SIGHUP, "SIGHUP"},   {SIGINT, "SIGINT"},   {SIGQUIT, "SIGQUIT"}, {SIGILL, "SIGILL"},
        {SIGTRAP, "SIGTRAP"}, {SIGABRT, "SIGABRT"}, {SIGBUS, "SIGBUS"},   {SIGFPE, "SIGFPE"},
        {SIGKILL, "SIGKILL"}, {SIGUSR1, "SIGUSR1"}, {SIGSEGV, "SIGSEGV"}, {SIGUSR2, "SIGUSR2"},
        {SIGPIPE, "SIGPIPE"}, {SIGALRM, "SIGALRM"}, {SIGTERM, "SIGTERM"}, {SIGXCPU, "SIGXCPU"},
        {SIGXFSZ, "SIGXFSZ"}, {SIGSYS, "SIGSYS"},
    };
    /* The C library's own words are a sentence, or newer than many systems. */
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].number == number) {
            return names[i].name;
        }
    }
    return NULL;
}

const char *bp_received_name(int number) {
    return number == SIGCONT || number == SIGTSTP ? NULL : bp_signal_name(number);
}
