/* Single lines of a traceback. */
#ifndef BP_CHECKS_TEXT_FRAME_LINE_H
#define BP_CHECKS_TEXT_FRAME_LINE_H

#include <stdbool.h>
#include <stddef.h>

/* Points into the line. */
struct bp_frame_line {
    const char *path;
    size_t path_length;
    double number; /* of the line in that file; 0: not said */
    const char *function;
    size_t function_length;
};

struct bp_error_line {
    const char *type; /* without its module */
    size_t type_length;
    const char *message;
    size_t message_length;
};

/* Takes away what stands before and behind: blanks, quote marks, a box's sides, a rank. */
void bp_line_strip(const char **line, size_t *length);

bool bp_line_starts(const char *line, size_t length, const char *start);

/* Whether a stripped line names a frame. */
bool bp_frame_line_read(const char *line, size_t length, struct bp_frame_line *frame);

/*
 * Whether a stripped line is an exception's type and message. Outside a traceback only a
 * type that ends in Error, Exception or the like, with a message, is taken for one.
 */
bool bp_error_line_read(const char *line, size_t length, bool in_traceback,
                        struct bp_error_line *error);

#endif
