/*
 * Foreign text made fit to be shown: no control characters, no terminal escapes, no
 * characters that turn the reading direction around.
 */
#ifndef BP_REPORT_PLAIN_H
#define BP_REPORT_PLAIN_H

#include <stddef.h>

/* The largest length <= `length` at which `text` can be cut between two characters. */
size_t bp_utf8_floor(const char *text, size_t length);

/*
 * The number of columns that `text` (UTF-8) takes on a terminal: two for a wide character, none
 * for a combining one, as far as the locale knows them, and else one.
 */
size_t bp_utf8_columns(const char *text);

/*
 * Bytes from a file as text: UTF-16 with a byte order mark becomes UTF-8, other bytes that
 * are not UTF-8 become U+FFFD, terminal escape sequences go, of a line that was overwritten
 * with carriage returns (a progress bar) the last writing stays, line ends are "\n", other
 * control characters go. The caller frees it.
 */
char *bp_text_of_bytes(const char *bytes, size_t length);

/*
 * `text` on one line: line ends and tabs become blanks, other control characters and
 * direction marks become U+FFFD; NULL is empty. The caller frees it.
 */
char *bp_show_line(const char *text);

/* As bp_show_line, with line ends kept. The caller frees it. */
char *bp_show_lines(const char *text);

/*
 * `text` (UTF-8) in ASCII: the few typographic characters that this program writes are
 * spelled out, any other becomes "?". The caller frees it.
 */
char *bp_show_ascii(const char *text);

#endif
