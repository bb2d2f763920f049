/*
 * A command run in this program's place: the same standard input, environment, folder,
 * process group and terminal, no shell. Its standard output and error pass through here
 * unchanged and at once, so that they can be kept.
 *
 * Where an output is a terminal, the command gets a pseudo-terminal of the same size for it,
 * and standard input stays the real one. So typing, passwords, ^C and ^Z are between the terminal
 * and the command, and nothing has to be put back should this program die. What a command sets of
 * its pseudo-terminal, as full-screen programs do, is set of the real one.
 */
#ifndef BP_PROBE_OS_COMMAND_H
#define BP_PROBE_OS_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* What is told of a running command. All may be NULL. */
struct bp_command_watch {
    /* The command runs: it has been executed. */
    void (*started)(void *context, long pid);
    /* It printed; `stream` tells its outputs apart (0 or 1). Called before they are passed on. */
    void (*printed)(void *context, int stream, const char *bytes, size_t length);
    /*
     * A moment to look at it: at once, after each output, and after as many milliseconds as
     * it returned the last time.
     */
    double (*look)(void *context);
    void *context;
};

struct bp_command_end {
    int64_t exit_code; /* -1 where a signal ended it; on Windows up to 0xffffffff */
    int signal;        /* 0 where it exited */
    bool core_dumped;  /* says the system; where to is up to the machine */
    double ms;         /* how long it ran */
    uint64_t received; /* signals that were passed on to it, or came to both: bit N for number N */
    bool left_running; /* something that it started still held an output open */
    bool terminal;     /* at least one output was a terminal */
    bool one_stream;   /* both outputs went to the same place, so that their order is kept */
};

/*
 * Runs `arguments` (NULL-ended; the first is looked for on PATH as execvp does) to its end. INT,
 * TERM, HUP, QUIT, USR1, USR2 and CONT that are sent to this process reach it; it is never ended by
 * us. -1 where it could not be started: then the code is BP_E_ABSENT where there is no such
 * program, and BP_E_DENIED where it cannot be executed.
 */
int bp_command_run(char *const arguments[], const struct bp_command_watch *watch,
                   struct bp_command_end *end, struct bp_err *err);

/* Of those: the name of signal `number` ("SIGTERM"), or NULL where it is none to tell of. */
const char *bp_received_name(int number);

/* The name of a signal that ended a process, or NULL. */
const char *bp_signal_name(int number);

/*
 * Ends this process by `number` as its command ended, so that whoever waits sees the same; no core
 * file is written. Returns where that signal does not end a process.
 */
void bp_end_by_signal(int number);

#endif
