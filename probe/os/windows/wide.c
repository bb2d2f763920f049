#include "probe/os/windows/wide.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "base/utf8.h"

enum { REPLACEMENT = 0xfffd };

/* A surrogate in three bytes, which UTF-8 forbids: its value, or 0. */
static uint32_t surrogate_at(const unsigned char *bytes, size_t left) {
    if (left >= 3 && bytes[0] == 0xed && bytes[1] >= 0xa0 && bytes[1] <= 0xbf &&
        (bytes[2] & 0xc0) == 0x80) {
        return 0xd000u | (uint32_t)(bytes[1] & 0x3f) << 6 | (bytes[2] & 0x3f);
    }
    return 0;
}

static uint32_t decode(const unsigned char *bytes, size_t size) {
    switch (size) {
    case 1:
        return bytes[0];
    case 2:
        return (uint32_t)(bytes[0] & 0x1f) << 6 | (bytes[1] & 0x3f);
    case 3:
        return (uint32_t)(bytes[0] & 0x0f) << 12 | (uint32_t)(bytes[1] & 0x3f) << 6 |
               (bytes[2] & 0x3f);
    default:
        return (uint32_t)(bytes[0] & 0x07) << 18 | (uint32_t)(bytes[1] & 0x3f) << 12 |
               (uint32_t)(bytes[2] & 0x3f) << 6 | (bytes[3] & 0x3f);
    }
}

wchar_t *bp_wide(const char *text) {
    if (!text) {
        return NULL;
    }
    size_t length = strlen(text);
    const unsigned char *bytes = (const unsigned char *)text;
    wchar_t *wide = bp_alloc_array(length + 1, sizeof *wide); /* no unit takes less than a byte */
    size_t units = 0;
    for (size_t at = 0; at < length;) {
        size_t size = bp_utf8_sequence(text + at, length - at);
        uint32_t code = size ? decode(bytes + at, size) : surrogate_at(bytes + at, length - at);
        at += size ? size : code ? 3 : 1;
        code = code ? code : REPLACEMENT;
        if (code >= 0x10000) {
            wide[units++] = (wchar_t)(0xd800 + ((code - 0x10000) >> 10));
            code = 0xdc00 + ((code - 0x10000) & 0x3ff);
        }
        wide[units++] = (wchar_t)code;
    }
    return wide;
}

static void add_code(struct bp_str *text, uint32_t code) {
    if (code < 0x80) {
        bp_str_add_char(text, (char)code);
    } else if (code < 0x800) {
        bp_str_add_char(text, (char)(0xc0 | code >> 6));
        bp_str_add_char(text, (char)(0x80 | (code & 0x3f)));
    } else if (code < 0x10000) {
        bp_str_add_char(text, (char)(0xe0 | code >> 12));
        bp_str_add_char(text, (char)(0x80 | (code >> 6 & 0x3f)));
        bp_str_add_char(text, (char)(0x80 | (code & 0x3f)));
    } else {
        bp_str_add_char(text, (char)(0xf0 | code >> 18));
        bp_str_add_char(text, (char)(0x80 | (code >> 12 & 0x3f)));
        bp_str_add_char(text, (char)(0x80 | (code >> 6 & 0x3f)));
        bp_str_add_char(text, (char)(0x80 | (code & 0x3f)));
    }
}

char *bp_narrow_part(const wchar_t *wide, size_t length) {
    struct bp_str text = BP_STR_EMPTY;
    for (size_t i = 0; i < length; i++) {
        uint32_t code = wide[i];
        bool pair = code >= 0xd800 && code < 0xdc00 && i + 1 < length && wide[i + 1] >= 0xdc00 &&
                    wide[i + 1] < 0xe000;
        if (pair) {
            code = 0x10000 + ((code - 0xd800) << 10) + (uint32_t)(wide[++i] - 0xdc00);
        }
        add_code(&text, code);
    }
    return bp_str_detach(&text);
}

char *bp_narrow(const wchar_t *wide) {
    return wide ? bp_narrow_part(wide, wcslen(wide)) : NULL;
}
