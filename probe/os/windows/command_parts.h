/* The parts of running a command: which file it is, where its output goes. */
#ifndef BP_PROBE_OS_WINDOWS_COMMAND_PARTS_H
#define BP_PROBE_OS_WINDOWS_COMMAND_PARTS_H

#include "base/error.h"
#include "base/str.h"
#include "probe/os/windows/child_handles.h"

/* --- the program (command_program.c) --- */

/* What Windows is to start for a command. */
struct bp_command_program {
    wchar_t *file;
    wchar_t *command_line;
};

/*
 * Finds arguments[0] as a shell would that does not trust the current folder: on PATH, with the
 * extensions of PATHEXT where it has none; one with a slash from the current folder on. BP_E_ABSENT
 * where there is none, BP_E_DENIED where Windows does not execute such a file. End with
 * bp_command_program_free, also after an error.
 */
int bp_command_program_find(struct bp_command_program *program, char *const arguments[],
                            struct bp_err *err);
void bp_command_program_free(struct bp_command_program *program);

/* --- outputs (command_output.c) --- */

/* One way from the command to one of our outputs. */
struct bp_command_output {
    struct bp_child_reader from;
    HANDLE inside;       /* the command's end, until it has started; NULL */
    HANDLE to;           /* our standard output or error */
    bool console;        /* which is a console */
    struct bp_str split; /* of a console: the beginning of a character whose end is to come */
};

/* Makes a pipe for `to`. */
int bp_command_output_open(struct bp_command_output *output, HANDLE to, struct bp_err *err);

/* Passes on what was read. False where nobody reads it any more. */
bool bp_command_output_write(struct bp_command_output *output, const char *bytes, size_t length);

void bp_command_output_close(struct bp_command_output *output);

/* Whether both lead to the same console or file, so that one pipe keeps their order. */
bool bp_command_outputs_are_one(HANDLE left, HANDLE right);

#endif
