/* A child's handles, and starting one. */
#ifndef BP_PROBE_OS_WINDOWS_CHILD_HANDLES_H
#define BP_PROBE_OS_WINDOWS_CHILD_HANDLES_H

#include <stdbool.h>
#include <stddef.h>

#include "probe/os/child_parts.h"

#include <windows.h>

/* Bytes that are read at a time. */
enum { BP_CHILD_READ_SIZE = 65536 };

/* Our end of a pipe, read while other things go on. */
struct bp_child_reader {
    HANDLE pipe;     /* NULL: at its end */
    char *buffer;    /* where the read that is under way puts bytes */
    bool reading;    /* one is under way */
    OVERLAPPED read; /* its event is set when it has ended */
};

struct bp_child_handles {
    HANDLE process;
    HANDLE job; /* holds it and all that it starts; closed, it ends them. NULL: it has none */
    struct bp_child_reader output;
    struct bp_child_reader noise;
};

/* The ends of the pipes that the child gets. */
struct bp_child_inside {
    HANDLE output;
    HANDLE noise;
};

/* What to start. */
struct bp_child_launch {
    const wchar_t *program;
    wchar_t *command_line; /* Windows may write into it */
    const wchar_t *folder; /* NULL: that of this process */
    wchar_t *environment;  /* NULL: that of this process */
    HANDLE standard_output;
    HANDLE further[2]; /* to be inherited besides; NULL: none */
};

/* Makes the pipes; the child's ends can be inherited. End with bp_child_handles_launch. */
int bp_child_handles_make(struct bp_child *child, struct bp_child_inside *inside,
                          struct bp_err *err);

/*
 * Starts it with `inside->noise` as its standard error; closes the child's ends here and, where it
 * could not be started, everything.
 */
int bp_child_handles_launch(struct bp_child *child, struct bp_child_inside *inside,
                            const struct bp_child_launch *launch, struct bp_err *err);

/* Ends what is under way, and closes all. */
void bp_child_handles_free(struct bp_child *child);

/* Makes one pipe. The end of its writer can be inherited. */
int bp_child_reader_open(struct bp_child_reader *reader, HANDLE *inside, struct bp_err *err);

/* How many bytes have come into `buffer`; 0: none so far, or never again, and it is closed then. */
size_t bp_child_reader_take(struct bp_child_reader *reader);

/* Closes one pipe. */
void bp_child_reader_close(struct bp_child_reader *reader);

/*
 * The list, for a new process, of the only handles that it inherits; NULL where Windows refuses.
 * The handles have to stay where they are.
 */
LPPROC_THREAD_ATTRIBUTE_LIST bp_child_inherit_only(HANDLE *handles, size_t count);
void bp_child_inherit_free(LPPROC_THREAD_ATTRIBUTE_LIST list);

#endif
