/* Writing the result: to standard output, or to a file that is replaced whole or not at all. */
#ifndef BP_REPORT_OUTPUT_H
#define BP_REPORT_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/*
 * Makes sure that descriptors 0 to 2 are taken, so that no file opened later becomes
 * standard output by accident, and that a reader who has gone is an error and not a
 * signal. Call once, early in main.
 */
void bp_output_prepare(void);

/*
 * A result on its way out, in pieces. A file is written beside its final place, where it has
 * no name as long as the file system can do that, and is moved there once it is complete. It
 * belongs to who runs this and is for them only (mode 0600; on Windows it has the rights of its
 * folder), also where it replaces another. A symbolic link stays and what it leads to is replaced,
 * unless another user may have planted it. A device or a pipe is written to.
 */
struct bp_output {
    struct bp_output_file *file; /* the system's own; NULL where it is not open */
};

/* Opens `path`, or standard output where it is NULL or "-". Ended with one of the next two. */
int bp_output_open(struct bp_output *output, const char *path, struct bp_err *err);

int bp_output_add(struct bp_output *output, const char *data, size_t length, struct bp_err *err);

/* Brings what was written to its place. On an error the old file stands as it was. */
int bp_output_close(struct bp_output *output, struct bp_err *err);

/* Forgets what was written to a file. */
void bp_output_drop(struct bp_output *output);

/* The three in one: `length` bytes to `path`. */
int bp_output_write(const char *path, const char *data, size_t length, struct bp_err *err);

/*
 * Appends to a file, which is made where it is not there (mode 0600). A link is not followed,
 * and what is no plain file is refused.
 */
int bp_output_append(const char *path, const char *data, size_t length, struct bp_err *err);

#endif
