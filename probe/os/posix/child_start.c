/* Starting children. */
#include "probe/os/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/memory.h"
#include "probe/os/child_parts.h"
#include "probe/os/posix/system.h"

enum { EXEC_FAILED = 127 };

struct pipes {
    int output[2];
    int noise[2];
};

/* A pipe whose reader does not wait. */
static int open_pipe(int ends[2], struct bp_err *err) {
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return bp_fail_errno(err, errno, "cannot make a pipe");
    }
    if (fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) {
        int system_error = errno;
        close(ends[0]);
        close(ends[1]);
        return bp_fail_errno(err, system_error, "cannot make a pipe");
    }
    return 0;
}

static int open_pipes(struct pipes *pipes, struct bp_err *err) {
    if (open_pipe(pipes->output, err) != 0) {
        return -1;
    }
    if (open_pipe(pipes->noise, err) != 0) {
        close(pipes->output[0]);
        close(pipes->output[1]);
        return -1;
    }
    return 0;
}

/* In the child: from here on nothing of the parent's may be disturbed. */
static void become_child(const struct bp_child *child, pid_t parent, bool program) {
    if (!child->keep_group) {
        setpgid(0, 0);
    }
    bp_system_tie_to_parent(parent, program,
                            child->deadline_ms - bp_now_ms() + 3 * bp_child_grace(child));
    struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    signal(SIGPIPE, SIG_DFL); /* the one that the program may have set to be ignored */
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int nothing = open("/dev/null", O_RDONLY);
    if (nothing >= 0) {
        dup2(nothing, STDIN_FILENO);
        if (nothing != STDIN_FILENO) {
            close(nothing);
        }
    } else {
        close(STDIN_FILENO);
    }
}

static void parent_side(struct bp_child *child, const struct pipes *pipes, pid_t pid) {
    close(pipes->output[1]);
    close(pipes->noise[1]);
    if (!child->keep_group) {
        setpgid(pid, pid); /* both sides do it: neither need wait for the other */
    }
    child->pid = pid;
    child->output_fd = pipes->output[0];
    child->noise_fd = pipes->noise[0];
    child->ended_fd = bp_system_watch_end(pid);
    child->state = BP_CHILD_RUNNING;
    child->stage = BP_CHILD_LET_RUN;
}

static int prepare(struct bp_child *child, struct pipes *pipes, struct bp_err *err) {
    child->output = (struct bp_str)BP_STR_EMPTY;
    child->noise = (struct bp_str)BP_STR_EMPTY;
    child->output_fd = child->noise_fd = child->ended_fd = -1;
    child->started_ms = child->ended_ms = bp_now_ms();
    return open_pipes(pipes, err);
}

/* The parent's part once there is, or could not be, a child `pid`. */
static int after_fork(struct bp_child *child, const struct pipes *pipes, pid_t pid,
                      struct bp_err *err) {
    if (pid < 0) {
        int system_error = errno;
        close(pipes->output[0]);
        close(pipes->output[1]);
        close(pipes->noise[0]);
        close(pipes->noise[1]);
        return bp_fail_errno(err, system_error, "cannot start a child process");
    }
    parent_side(child, pipes, pid);
    return 0;
}

int bp_child_start_function(struct bp_child *child, bp_child_fn *function, void *context,
                            struct bp_err *err) {
    struct pipes pipes;
    if (prepare(child, &pipes, err) != 0) {
        return -1;
    }
    fflush(NULL); /* or the child would write out again what is buffered here */
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        bp_memory_begin_child();
        become_child(child, parent, false);
        dup2(pipes.noise[1], STDOUT_FILENO);
        dup2(pipes.noise[1], STDERR_FILENO);
        _exit(function(context, pipes.output[1]));
    }
    return after_fork(child, &pipes, pid, err);
}

struct program {
    const char *path;
    const char *const *arguments;
    const char *folder;
    char *const *environment;
};

/* In the child. Only system calls, and no return: the parent's memory is in use. */
static BP_NORETURN void become_program(const struct program *program, const struct pipes *pipes) {
    dup2(pipes->output[1], STDOUT_FILENO);
    dup2(pipes->noise[1], STDERR_FILENO);
    if (chdir(program->folder) == 0) {
        /* execve changes none of them; its prototype is older than const. */
        execve(program->path, (char *const *)(uintptr_t)program->arguments, program->environment);
    }
    const char *reason = strerror(errno);
    (void)!write(STDERR_FILENO, reason, strlen(reason));
    _exit(EXEC_FAILED);
}

/*
 * vfork, since nothing of this process need be copied for a program that replaces it at
 * once; posix_spawn cannot tie the program's life to ours or turn core files off.
 */
static pid_t fork_program(const struct bp_child *child, const struct program *program,
                          const struct pipes *pipes, pid_t parent) {
    pid_t pid = vfork();
    if (pid == 0) {
        become_child(child, parent, true);
        become_program(program, pipes);
    }
    return pid;
}

int bp_child_start_program(struct bp_child *child, const char *program,
                           const char *const arguments[], const char *folder,
                           char *const environment[], struct bp_err *err) {
    extern char **environ;
    const struct program what = {program, arguments, folder ? folder : "/",
                                 environment ? environment : environ};
    struct pipes pipes;
    if (prepare(child, &pipes, err) != 0) {
        return -1;
    }
    return after_fork(child, &pipes, fork_program(child, &what, &pipes, getpid()), err);
}
