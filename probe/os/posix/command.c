/* Running a command to its end. */
#include "probe/os/command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "probe/os/child.h"
#include "probe/os/posix/command_parts.h"
#include "probe/os/posix/signal_source.h"

enum {
    CANNOT_EXECUTE = 127, /* seen by nobody: the error comes through a pipe */
    /* What may still be read once the command has ended and something else holds its output. */
    MOST_AFTER_END = 256 << 10,
};
static const double silence_after_end_ms = 100; /* without output: then it is not waited for */
static const double longest_after_end_ms = 1000;
/* A signal that is sent to a whole group comes twice within moments: by itself, and from us. */
static const double same_signal_ms = 100;

struct running {
    const struct bp_command_watch *watch;
    struct bp_command_end *end;
    struct bp_streams streams;
    struct bp_command_signals signals;
    pid_t pid;
    bool ended;
    bool given_up; /* told to end while its last output could not be written */
    double started_ms;
    double look_at_ms;       /* when to look next */
    double waited_ms;        /* for output, since the command has ended */
    size_t read_after_end;   /* bytes */
    double passed_ms[NSIG];  /* when a signal was passed on */
    struct termios terminal; /* how standard input was set */
    bool has_terminal;
    bool changed_terminal; /* as the command asked for */
};

/* --- start --- */

static BP_NORETURN void become_command(const struct running *running, char *const arguments[],
                                       int error_fd) {
    bp_streams_enter(&running->streams);
    bp_command_signals_restore_inside(&running->signals);
    execvp(arguments[0], arguments);
    int system_error = errno;
    (void)!write(error_fd, &system_error, sizeof system_error);
    _exit(CANNOT_EXECUTE);
}

static int fail_start(const char *name, int system_error, struct bp_err *err) {
    if (system_error == ENOENT && !strchr(name, '/')) {
        return bp_fail(err, BP_E_ABSENT, "there is no program %s on PATH", name);
    }
    bp_fail_errno(err, system_error, "%s cannot be executed", name);
    if (err && system_error != ENOENT) {
        err->code = BP_E_DENIED;
    }
    return -1;
}

/* Waits until the command has been executed, which closes the pipe, or could not be. */
static int await_start(struct running *running, const char *name, int error_fd,
                       struct bp_err *err) {
    int system_error = 0;
    ssize_t got;
    do {
        got = read(error_fd, &system_error, sizeof system_error);
    } while (got < 0 && errno == EINTR);
    if (got != sizeof system_error) {
        return 0;
    }
    while (waitpid(running->pid, NULL, 0) < 0 && errno == EINTR) {
    }
    return fail_start(name, system_error, err);
}

static int start(struct running *running, char *const arguments[], struct bp_err *err) {
    int error_pipe[2];
    if (pipe2(error_pipe, O_CLOEXEC) != 0) {
        return bp_fail_errno(err, errno, "cannot make a pipe");
    }
    fflush(NULL);
    running->started_ms = bp_now_ms();
    running->pid = fork();
    if (running->pid == 0) {
        become_command(running, arguments, error_pipe[1]);
    }
    int system_error = errno;
    close(error_pipe[1]);
    int result = running->pid < 0 ? bp_fail_errno(err, system_error, "cannot start a process")
                                  : await_start(running, arguments[0], error_pipe[0], err);
    close(error_pipe[0]);
    bp_streams_close_inside(&running->streams);
    return result;
}

/* --- signals --- */

/*
 * One from the terminal has reached the command by itself: it is in the same process group. One
 * that a process sent to us is passed on.
 */
static void pass_on(struct running *running, const struct bp_signal *signal) {
    int number = signal->number;
    double now = bp_now_ms();
    if (running->ended) {
        running->given_up |= number != SIGCONT && number != SIGTSTP;
        return;
    }
    running->end->received |= (uint64_t)1 << number;
    if (signal->from_system || signal->sender == running->pid ||
        now - running->passed_ms[number] < same_signal_ms) {
        return;
    }
    running->passed_ms[number] = now;
    kill(running->pid, number);
}

/* Takes the command's end, or that it was stopped, which a shell is to see of us. */
static void look_at_child(struct running *running) {
    for (;;) {
        siginfo_t info = {0};
        int result = waitid(P_PID, (id_t)running->pid, &info, WEXITED | WSTOPPED | WNOHANG);
        if (result != 0 && errno == EINTR) {
            continue;
        }
        if (result == 0 && info.si_pid == 0) {
            return;
        }
        if (result != 0) { /* it is no child of ours any more: how it ended is lost */
            running->ended = true;
            running->end->ms = bp_now_ms() - running->started_ms;
            return;
        }
        if (info.si_code == CLD_STOPPED) {
            if (info.si_status == SIGTSTP || info.si_status == SIGTTIN ||
                info.si_status == SIGTTOU) {
                bp_stop_here();
                bp_streams_resize(&running->streams);
            }
            continue;
        }
        running->ended = true;
        running->end->ms = bp_now_ms() - running->started_ms;
        running->end->exit_code = info.si_code == CLD_EXITED ? info.si_status : -1;
        running->end->signal = info.si_code == CLD_EXITED ? 0 : info.si_status;
        running->end->core_dumped = info.si_code == CLD_DUMPED;
        return;
    }
}

static void take_signals(struct running *running) {
    struct bp_signal signal;
    while (bp_signal_source_next(running->signals.fd, &signal)) {
        if (signal.number == SIGCHLD) {
            continue; /* looked at below, however many have become one */
        }
        if (signal.number == SIGWINCH) {
            bp_streams_resize(&running->streams);
            if (!running->ended) {
                kill(running->pid, SIGWINCH); /* the first came before the new size */
            }
        } else {
            pass_on(running, &signal);
        }
    }
    if (!running->ended) {
        look_at_child(running);
    }
}

/* --- output --- */

static void look(struct running *running) {
    const struct bp_command_watch *watch = running->watch;
    if (watch->look && !running->ended) {
        running->look_at_ms = bp_now_ms() + watch->look(watch->context);
    }
}

static void take_output(struct running *running, size_t index) {
    struct bp_stream *stream = &running->streams.items[index];
    if (!bp_stream_read(stream) || stream->pending_at == stream->pending_length) {
        return;
    }
    look(running); /* before it goes on: what has failed says so and ends soon after */
    if (running->watch->printed) {
        running->watch->printed(running->watch->context, (int)index, stream->pending,
                                stream->pending_length);
    }
    if (running->ended) {
        running->read_after_end += stream->pending_length;
    }
    bp_stream_write(stream);
}

/* --- the loop --- */

struct awaited {
    struct pollfd fds[3];
    nfds_t count;
    bool writes; /* something waits to be written */
    bool reads;
};

static struct awaited what_to_await(const struct running *running) {
    struct awaited awaited = {.fds = {{.fd = running->signals.fd, .events = POLLIN}}, .count = 1};
    for (size_t i = 0; i < running->streams.count; i++) {
        const struct bp_stream *stream = &running->streams.items[i];
        bool pending = stream->pending_at < stream->pending_length;
        awaited.writes |= pending;
        awaited.reads |= !pending && stream->from >= 0;
        awaited.fds[awaited.count++] = pending
                                           ? (struct pollfd){.fd = stream->to, .events = POLLOUT}
                                           : (struct pollfd){.fd = stream->from, .events = POLLIN};
    }
    return awaited;
}

/* Whether all has been done: the command has ended, and its output has been passed on. */
static bool is_over(const struct running *running, const struct awaited *awaited) {
    if (!running->ended || (awaited->writes && !running->given_up)) {
        return false;
    }
    return running->given_up || !awaited->reads || running->waited_ms >= longest_after_end_ms ||
           running->read_after_end >= MOST_AFTER_END;
}

static double time_to_wait(const struct running *running) {
    if (running->ended) {
        return silence_after_end_ms;
    }
    double left = running->watch->look ? running->look_at_ms - bp_now_ms() : 1000;
    return left < 0 ? 0 : left;
}

/* How many are ready, 0 where none was in time. Where it cannot be learned, all may be. */
static int wait_for_news(struct awaited *awaited, double ms) {
    struct timespec wait = {
        .tv_sec = (time_t)(ms / 1e3),
        .tv_nsec = (long)((ms - (double)(long)(ms / 1e3) * 1e3) * 1e6),
    };
    int ready = ppoll(awaited->fds, awaited->count, &wait, NULL);
    if (ready >= 0) {
        return ready;
    }
    for (nfds_t i = 0; i < awaited->count; i++) {
        awaited->fds[i].revents = errno == EINTR ? 0 : awaited->fds[i].events;
    }
    return (int)awaited->count;
}

static void relay(struct running *running) {
    for (;;) {
        struct awaited awaited = what_to_await(running);
        if (is_over(running, &awaited)) {
            return;
        }
        bool ended_before = running->ended;
        double before = bp_now_ms();
        int ready = wait_for_news(&awaited, time_to_wait(running));
        if (ended_before && !awaited.writes) {
            running->waited_ms += bp_now_ms() - before;
        }
        if (ready == 0 && ended_before && !awaited.writes) {
            return; /* silent, though something still holds the output */
        }
        take_signals(running);
        running->changed_terminal |= bp_streams_mirror_settings(&running->streams);
        for (size_t i = 0; i < running->streams.count && ready > 0; i++) {
            struct bp_stream *stream = &running->streams.items[i];
            if (awaited.fds[i + 1].revents == 0) {
                continue;
            }
            if (stream->pending_at < stream->pending_length) {
                bp_stream_write(stream);
            } else if (stream->from >= 0) {
                take_output(running, i);
            }
        }
        if (!running->ended && running->watch->look && bp_now_ms() >= running->look_at_ms) {
            look(running);
        }
    }
}

/* A command that a signal ended may have left the terminal without echo; shells mend that, too. */
static void mend_terminal(const struct running *running) {
    if (running->has_terminal && (running->end->signal || running->changed_terminal) &&
        tcgetpgrp(STDIN_FILENO) == getpgrp()) {
        tcsetattr(STDIN_FILENO, TCSADRAIN, &running->terminal);
    }
}

static void describe(struct running *running) {
    struct bp_command_end *end = running->end;
    for (size_t i = 0; i < running->streams.count; i++) {
        end->terminal |= running->streams.items[i].terminal;
        end->left_running |= running->streams.items[i].from >= 0;
    }
    end->one_stream =
        running->streams.stream_of[STDOUT_FILENO] >= 0 &&
        running->streams.stream_of[STDOUT_FILENO] == running->streams.stream_of[STDERR_FILENO];
}

int bp_command_run(char *const arguments[], const struct bp_command_watch *watch,
                   struct bp_command_end *end, struct bp_err *err) {
    struct running running = {.watch = watch, .end = end, .signals = {.fd = -1}};
    *end = (struct bp_command_end){.exit_code = -1};
    running.has_terminal = tcgetattr(STDIN_FILENO, &running.terminal) == 0;
    for (int i = 0; i < NSIG; i++) {
        running.passed_ms[i] = -same_signal_ms;
    }
    int result = bp_streams_open(&running.streams, err);
    if (result == 0) {
        result = bp_command_signals_take(&running.signals, err);
    }
    if (result == 0) {
        result = start(&running, arguments, err);
        if (result == 0) {
            if (watch->started) {
                watch->started(watch->context, running.pid);
            }
            look(&running);
            relay(&running);
            describe(&running);
            mend_terminal(&running);
        }
        bp_command_signals_give_back(&running.signals);
    }
    bp_streams_free(&running.streams);
    return result;
}
