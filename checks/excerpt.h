/* Showing a piece of a foreign text without letting it do anything to a terminal or a page. */
#ifndef BP_CHECKS_EXCERPT_H
#define BP_CHECKS_EXCERPT_H

#include <stddef.h>

#include "checks/regex.h"

/*
 * The text without terminal sequences, control characters and characters that turn the
 * direction of writing; white space at its ends is cut off, and all that is beyond
 * `limit` bytes, which is shown by an ellipsis. Never cuts a character apart. The caller
 * frees it.
 */
char *bp_excerpt_text(const char *text, size_t length, size_t limit);

/* The number of the line, from 1, that the byte at `place` is on. */
size_t bp_line_number(const char *text, size_t place);

/* The line that `span` starts on, or the part of a long line around it. The caller frees it. */
char *bp_line_excerpt(const char *text, size_t length, struct bp_span span);

#endif
