/* The parts of running a command: where its output goes, its signals, its start. */
#ifndef BP_PROBE_OS_POSIX_COMMAND_PARTS_H
#define BP_PROBE_OS_POSIX_COMMAND_PARTS_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>

#include "base/error.h"

/* --- outputs (command_streams.c) --- */

/* One way from the command to one of our descriptors. */
struct bp_stream {
    int from;                /* our end; -1 once nothing more is read */
    int inside;              /* the command's end, until it has started; -1 */
    int to;                  /* our standard output or error */
    bool terminal;           /* `from` is the master of a pseudo-terminal */
    struct termios settings; /* of a pseudo-terminal, as last seen */
    bool whole_writes;       /* a write to `to` never has to wait: a regular file */
    char *pending;           /* read and not written yet */
    size_t pending_at;
    size_t pending_length;
};

struct bp_streams {
    struct bp_stream items[2];
    size_t count;
    int stream_of[3]; /* by descriptor 1 and 2: index of its stream, or -1: left as it is */
    bool closed[3];   /* by descriptor: it was closed when this program was started */
};

/*
 * Makes a pseudo-terminal or a pipe for standard output and error, one for both where both are
 * the same open file. Free with bp_streams_free, also after an error.
 */
int bp_streams_open(struct bp_streams *streams, struct bp_err *err);

/* In the command's process: puts the ends in place. Only system calls. */
void bp_streams_enter(const struct bp_streams *streams);

/* In our process once the command has started. */
void bp_streams_close_inside(struct bp_streams *streams);

/* Gives the pseudo-terminals the size that the real terminals have. */
void bp_streams_resize(const struct bp_streams *streams);

/*
 * Sets the real terminal as the command has set its pseudo-terminal since the last time, as
 * full-screen programs do that want each key. Says whether anything was changed.
 */
bool bp_streams_mirror_settings(struct bp_streams *streams);

/* Reads what is there into the empty `pending`. False at the end, and `from` is closed then. */
bool bp_stream_read(struct bp_stream *stream);

/* Writes as much as can be written without waiting. A reader who is gone closes `from` as well. */
void bp_stream_write(struct bp_stream *stream);

void bp_streams_free(struct bp_streams *streams);

/* --- signals (command_signals.c) --- */

struct bp_command_signals {
    int fd; /* a source of signals: readable when one has come */
    sigset_t mask_before;
    struct sigaction child_before; /* for SIGCHLD */
};

/* From now on the signals concerned come through `fd`. */
int bp_command_signals_take(struct bp_command_signals *signals, struct bp_err *err);

/* In the command's process: everything as it was when this program was started. */
void bp_command_signals_restore_inside(const struct bp_command_signals *signals);

/* Back to how it was; what comes now meets this process. */
void bp_command_signals_give_back(struct bp_command_signals *signals);

/* Stops this process as ^Z would, until it is continued. */
void bp_stop_here(void);

#endif
