/*
 * Children with a deadline: a function run in a forked child, or a program. Whatever
 * a child does (hang, ignore TERM, stop, print without end, get stuck in the kernel),
 * bp_children_wait comes back in time: at the deadline the child's whole process group
 * gets TERM, after a grace KILL, and after another grace it is abandoned.
 */
#ifndef BP_PROBE_OS_CHILD_H
#define BP_PROBE_OS_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "probe/os/clock.h"

enum bp_child_state {
    BP_CHILD_NOT_STARTED,
    BP_CHILD_RUNNING,
    BP_CHILD_EXITED,    /* `exit_code` holds */
    BP_CHILD_SIGNALLED, /* a signal or, on Windows, an exception ended it; not by us */
    BP_CHILD_TIMED_OUT, /* ended by us at the deadline */
    BP_CHILD_FLOODED,   /* ended by us because it printed more than `output_limit` */
    BP_CHILD_ABANDONED, /* did not even end after KILL */
};

struct bp_child;

/*
 * Called by bp_children_wait with its context: a child has ended, however it ended, or has
 * said more. It may start further children of the same array, which are then waited for as well.
 */
typedef void bp_child_event_fn(void *context, struct bp_child *child);

struct bp_child {
    /* Set before starting; zero has a meaning. */
    double deadline_ms;  /* on bp_now_ms's clock */
    double grace_ms;     /* between TERM and KILL, and between KILL and giving up; 0: 200 */
    size_t output_limit; /* bytes of standard output kept; 0: 1 MiB */
    bool keep_group;     /* stay in the starter's process group: a program that a collector runs */
    /*
     * When there is more of `output` and the child has not ended; NULL: only its end is told.
     * It may set another deadline.
     */
    bp_child_event_fn *said;

    /* Results. */
    enum bp_child_state state;
    int exit_code; /* -1 where a signal ended it; on Windows the exception */
    int signal;
    struct bp_str output; /* standard output */
    struct bp_str noise;  /* the first 4 KiB of standard error */
    double started_ms;
    double ended_ms;

    /* The waiting loop's own. */
    int pid;
    int output_fd;
    int noise_fd;
    int ended_fd; /* becomes readable when the child ends; -1 where the kernel has none */
    int stage;    /* 0: nothing is being done to end it */
    struct bp_child_handles *handles; /* of Windows, in the place of the four above */
};

/* What a forked child runs. It writes to `output_fd`; its return value is the exit code. */
typedef int bp_child_fn(void *context, int output_fd);

/*
 * Where there is fork(2): starts a function in a forked child: no standard input, standard output
 * and error read apart from `output_fd`, no core file, killed when this process ends, a process
 * group of its own.
 */
int bp_child_start_function(struct bp_child *child, bp_child_fn *function, void *context,
                            struct bp_err *err);

/*
 * Starts the program at the absolute path `program` with `arguments` (NULL-ended, the
 * first being its name), without a shell, in `folder` ("/" where NULL), with the
 * environment `environment` (NULL-ended; NULL keeps this process's). That a program
 * could not be executed shows as exit code 127 with the reason in `noise`.
 */
int bp_child_start_program(struct bp_child *child, const char *program,
                           const char *const arguments[], const char *folder,
                           char *const environment[], struct bp_err *err);

/*
 * Waits until each started child of the array has ended or was given up; `ended` (may be NULL)
 * is called for each.
 */
void bp_children_wait(struct bp_child *children, size_t count, bp_child_event_fn *ended,
                      void *context);

/* Whether it ended itself by a fault or a forbidden call, rather than by somebody's order. */
bool bp_child_faulted(const struct bp_child *child);

/* How it ended, in words ("ended by signal 11 (Segmentation fault)"). The caller frees it. */
char *bp_child_describe(const struct bp_child *child);

/* Frees the output. */
void bp_child_free(struct bp_child *child);

#endif
