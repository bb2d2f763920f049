/* Writing the result: to standard output, or to a file that is replaced whole or not at all. */
#ifndef BP_REPORT_OUTPUT_H
#define BP_REPORT_OUTPUT_H

#include <stddef.h>

#include "base/error.h"

/*
 * Makes sure that descriptors 0 to 2 are taken, so that no file opened later becomes
 * standard output by accident, and that a reader who has gone is an error and not a
 * signal. Call once, early in main.
 */
void bp_output_prepare(void);

/*
 * Writes `length` bytes to `path`, or to standard output where it is NULL or "-". A file
 * is written beside its final place and moved there once it is complete; a new one is
 * readable by its owner only (mode 0600), an old one keeps its mode. A symbolic link
 * stays and what it leads to is replaced; a device or a pipe is written to.
 */
int bp_output_write(const char *path, const char *data, size_t length, struct bp_err *err);

#endif
