/* UTF-16, as Windows stores text, made UTF-8. */
#ifndef BP_BASE_UTF16_H
#define BP_BASE_UTF16_H

#include <stddef.h>
#include <stdint.h>

/*
 * The `units` little-endian 16-bit units at `bytes` as UTF-8. Half a pair of surrogates, and a
 * zero, are U+FFFD. The caller frees it.
 */
char *bp_utf8_of_utf16le(const uint8_t *bytes, size_t units);

#endif
