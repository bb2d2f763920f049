#include "base/base64.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *bp_base64_of(const uint8_t *bytes, size_t size) {
    size_t groups = size / 3 + (size % 3 != 0);
    char *text = bp_alloc(groups * 4 + 1);
    char *at = text;
    for (size_t i = 0; i < size; i += 3, at += 4) {
        size_t held = size - i < 3 ? size - i : 3;
        uint32_t group = (uint32_t)bytes[i] << 16;
        group |= held > 1 ? (uint32_t)bytes[i + 1] << 8 : 0;
        group |= held > 2 ? bytes[i + 2] : 0;
        at[0] = digits[group >> 18];
        at[1] = digits[group >> 12 & 63];
        at[2] = held > 1 ? digits[group >> 6 & 63] : '=';
        at[3] = held > 2 ? digits[group & 63] : '=';
    }
    return text;
}

/* The value of a digit, or 64 for anything else. */
static uint32_t value_of(char digit) {
    const char *found = digit ? strchr(digits, digit) : NULL;
    return found ? (uint32_t)(found - digits) : 64;
}

/* Reads the four digits at `text`; returns how many bytes they are, 0 where they are none. */
static size_t read_group(const char *text, uint8_t *out) {
    size_t padding = text[3] != '=' ? 0 : text[2] != '=' ? 1 : 2;
    uint32_t group = 0;
    for (size_t i = 0; i < 4 - padding; i++) {
        uint32_t value = value_of(text[i]);
        if (value == 64) {
            return 0;
        }
        group |= value << (18 - 6 * i);
    }
    size_t held = 3 - padding;
    for (size_t i = 0; i < 3; i++) {
        uint8_t byte = (uint8_t)(group >> (16 - 8 * i) & 0xff);
        if (i < held) {
            out[i] = byte;
        } else if (byte) {
            return 0; /* bits that stand for nothing have to be 0 */
        }
    }
    return held;
}

uint8_t *bp_base64_read(const char *text, size_t *size, struct bp_err *err) {
    size_t length = strlen(text);
    *size = 0;
    if (length % 4) {
        bp_fail(err, BP_E_FORMAT, "no base64: its length is no multiple of 4");
        return NULL;
    }
    uint8_t *bytes = bp_alloc(length / 4 * 3);
    for (size_t i = 0; i < length; i += 4) {
        size_t held = read_group(text + i, bytes + *size);
        *size += held;
        if (!held || (held < 3 && i + 4 < length)) {
            bp_fail(err, BP_E_FORMAT, "no base64 at its letter %zu", i + 1);
            free(bytes);
            return NULL;
        }
    }
    return bytes;
}
