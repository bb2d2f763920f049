/* Reading the line-oriented text of /proc, /sys and /etc without copying it. */
#ifndef BP_PROBE_LINES_H
#define BP_PROBE_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* A walk over the lines of a text. The text must outlive it and stay unchanged. */
struct bp_lines {
    const char *rest;
    const char *end;
    const char *line; /* the current line, not zero-ended */
    size_t length;    /* its length in bytes, line end not counted */
};
struct bp_lines bp_lines_of(const struct bp_str *text);

/* Goes to the next line; false at the end. */
bool bp_lines_next(struct bp_lines *lines);

/*
 * The value of the first line "KEY : VALUE" (white space round the colon optional), as
 * in /proc/cpuinfo and /proc/meminfo. NULL where there is none. The caller frees it.
 */
char *bp_lines_field(const struct bp_str *text, const char *key);

/*
 * The same as a whole number of the base 10, of which the unit behind it ("kB") is not
 * looked at. Returns false where there is none.
 */
bool bp_lines_number(const struct bp_str *text, const char *key, double *number);

/* Whether `word` stands in `text` with white space, or its ends, on both sides. */
bool bp_text_has_word(const char *text, const char *word);

/* Whether `needle` stands in `text`, upper and lower case alike (ASCII). NULL has none. */
bool bp_text_has_ignoring_case(const char *text, const char *needle);

/*
 * The first number with at least one dot in `text` ("550.54.14" in "Module  550.54.14
 * Thu"), digits and dots only, standing at the start of a word. NULL where there is none.
 * The caller frees it.
 */
char *bp_text_version(const char *text);

#endif
