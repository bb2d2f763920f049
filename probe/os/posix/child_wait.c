/* Waiting for children, and ending those that do not end. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "probe/os/child_parts.h"

/* How often the end is looked for of a child that nothing else tells of (Linux before 5.3). */
static const double reap_interval_ms = 0.5;

/* What is being done to a child that is running, after BP_CHILD_LET_RUN. */
enum stage { STAGE_TERM = 1, STAGE_KILL };

/* Signals everything the child started, or the one program where it shares our group. */
static void send_signal(const struct bp_child *child, int number) {
    if (child->keep_group) {
        kill(child->pid, number);
    } else {
        kill(-child->pid, number);
    }
}

static void close_fd(int *fd) {
    if (*fd >= 0) {
        close(*fd);
        *fd = -1;
    }
}

/*
 * Takes what is there to read, up to `limit` bytes kept. Returns whether more came than
 * that. A bounded number of reads, so that one endless child cannot keep us from the others.
 */
static bool take_bytes(int *fd, struct bp_str *kept, size_t limit) {
    char part[65536];
    for (int turn = 0; turn < 8 && *fd >= 0; turn++) {
        ssize_t got = read(*fd, part, sizeof part);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
            close_fd(fd);
        }
        if (got <= 0) {
            return false;
        }
        if (bp_str_add_within(kept, part, (size_t)got, limit - kept->length)) {
            return true;
        }
    }
    return false;
}

static void begin_ending(struct bp_child *child, enum bp_child_state why, double now) {
    child->state = why;
    child->stage = STAGE_TERM;
    child->deadline_ms = now + bp_child_grace(child);
    send_signal(child, SIGTERM);
    send_signal(child, SIGCONT); /* a stopped process takes no TERM before it goes on */
}

bool bp_child_is_alive(const struct bp_child *child) {
    return child->pid > 0;
}

void bp_child_read(struct bp_child *child, double now) {
    bool flooded = take_bytes(&child->output_fd, &child->output, bp_child_output_limit(child));
    take_bytes(&child->noise_fd, &child->noise, BP_CHILD_NOISE_LIMIT);
    if (flooded && child->stage == BP_CHILD_LET_RUN) {
        begin_ending(child, BP_CHILD_FLOODED, now);
    }
}

static void finish(struct bp_child *child, double now) {
    close_fd(&child->output_fd);
    close_fd(&child->noise_fd);
    close_fd(&child->ended_fd);
    child->pid = 0;
    child->ended_ms = now;
}

bool bp_child_reap(struct bp_child *child, double now) {
    siginfo_t info = {0};
    if (waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
        info.si_pid == 0) {
        return false;
    }
    if (!child->keep_group) {
        kill(-child->pid, SIGKILL); /* what it left behind; its id is still ours to name */
    }
    bp_child_read(child, now);
    int status = 0;
    waitpid(child->pid, &status, 0);
    child->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    child->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (child->state == BP_CHILD_RUNNING) {
        child->state = WIFEXITED(status) ? BP_CHILD_EXITED : BP_CHILD_SIGNALLED;
    }
    finish(child, now);
    return true;
}

bool bp_child_press(struct bp_child *child, double now) {
    double grace = bp_child_grace(child);
    if (now < child->deadline_ms) {
        return false;
    }
    if (child->stage == BP_CHILD_LET_RUN) {
        begin_ending(child, BP_CHILD_TIMED_OUT, now);
    } else if (child->stage == STAGE_TERM) {
        child->stage = STAGE_KILL;
        child->deadline_ms = now + grace;
        send_signal(child, SIGKILL);
    } else {
        child->state = BP_CHILD_ABANDONED;
        finish(child, now);
        return true;
    }
    return false;
}

static double time_to_wait(const struct bp_child *children, size_t count, double now) {
    double wait = 1000;
    for (size_t i = 0; i < count; i++) {
        const struct bp_child *child = &children[i];
        if (bp_child_is_alive(child)) {
            double left = child->deadline_ms - now;
            bool silent = child->ended_fd < 0 && child->output_fd < 0;
            left = silent && left > reap_interval_ms ? reap_interval_ms : left;
            wait = left < wait ? left : wait;
        }
    }
    return wait > 0 ? wait : 0;
}

static void add_fd(struct pollfd *fds, nfds_t *used, int fd) {
    if (fd >= 0) {
        fds[(*used)++] = (struct pollfd){.fd = fd, .events = POLLIN};
    }
}

void bp_children_sleep(const struct bp_child *children, size_t count) {
    struct pollfd *fds = bp_alloc_array(count * 3, sizeof *fds);
    nfds_t used = 0;
    for (size_t i = 0; i < count; i++) {
        if (bp_child_is_alive(&children[i])) {
            add_fd(fds, &used, children[i].output_fd);
            add_fd(fds, &used, children[i].noise_fd);
            add_fd(fds, &used, children[i].ended_fd);
        }
    }
    double wait_ms = time_to_wait(children, count, bp_now_ms());
    struct timespec wait = {
        .tv_sec = (time_t)(wait_ms / 1e3),
        .tv_nsec = (long)((wait_ms - (double)(long)(wait_ms / 1e3) * 1e3) * 1e6),
    };
    ppoll(fds, used, &wait, NULL);
    free(fds);
}

bool bp_child_faulted(const struct bp_child *child) {
    static const int faults[] = {SIGSYS, SIGSEGV, SIGBUS,  SIGILL,
                                 SIGFPE, SIGABRT, SIGTRAP, SIGXFSZ};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        if (child->state == BP_CHILD_SIGNALLED && child->signal == faults[i]) {
            return true;
        }
    }
    return false;
}

char *bp_child_cause(const struct bp_child *child) {
    return bp_format("signal %d (%s)", child->signal, strsignal(child->signal));
}
