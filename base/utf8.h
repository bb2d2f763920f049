/* Keeping what goes into JSON valid UTF-8, whatever bytes a file or a child gave. */
#ifndef BP_BASE_UTF8_H
#define BP_BASE_UTF8_H

#include <stddef.h>

/*
 * The length in bytes of the well-formed UTF-8 sequence (RFC 3629) at `text`, of
 * which `length` bytes may be read; 0 where there is none.
 */
size_t bp_utf8_sequence(const char *text, size_t length);

/*
 * A copy in which each byte that belongs to no well-formed sequence, or is zero and would
 * end the copy early, is U+FFFD. The caller frees it.
 */
char *bp_utf8_clean(const char *text, size_t length);

#endif
