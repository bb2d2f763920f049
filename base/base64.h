/* Bytes as text: base64 of RFC 4648, with padding and without line breaks. */
#ifndef BP_BASE_BASE64_H
#define BP_BASE_BASE64_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* `size` bytes as base64. The caller frees it. */
char *bp_base64_of(const uint8_t *bytes, size_t size);

/*
 * The bytes of `text`, their number in *size; never NULL for a well-formed text, and NULL with
 * *err filled for any other. The caller frees them.
 */
uint8_t *bp_base64_read(const char *text, size_t *size, struct bp_err *err);

#endif
