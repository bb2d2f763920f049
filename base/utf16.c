#include "base/utf16.h"

#include <stdbool.h>

#include "base/str.h"

static const uint32_t replacement = 0xfffd;

static uint32_t unit_at(const uint8_t *bytes, size_t index) {
    return (uint32_t)bytes[2 * index] | (uint32_t)bytes[2 * index + 1] << 8;
}

static bool is_high(uint32_t unit) {
    return unit >= 0xd800 && unit < 0xdc00;
}

static bool is_low(uint32_t unit) {
    return unit >= 0xdc00 && unit < 0xe000;
}

static void add(struct bp_str *text, uint32_t point) {
    if (point < 0x80) {
        bp_str_add_char(text, (char)point);
    } else if (point < 0x800) {
        bp_str_add_char(text, (char)(0xc0 | point >> 6));
        bp_str_add_char(text, (char)(0x80 | (point & 0x3f)));
    } else if (point < 0x10000) {
        bp_str_add_char(text, (char)(0xe0 | point >> 12));
        bp_str_add_char(text, (char)(0x80 | (point >> 6 & 0x3f)));
        bp_str_add_char(text, (char)(0x80 | (point & 0x3f)));
    } else {
        bp_str_add_char(text, (char)(0xf0 | point >> 18));
        bp_str_add_char(text, (char)(0x80 | (point >> 12 & 0x3f)));
        bp_str_add_char(text, (char)(0x80 | (point >> 6 & 0x3f)));
        bp_str_add_char(text, (char)(0x80 | (point & 0x3f)));
    }
}

char *bp_utf8_of_utf16le(const uint8_t *bytes, size_t units) {
    struct bp_str text = BP_STR_EMPTY;
    for (size_t i = 0; i < units; i++) {
        uint32_t unit = unit_at(bytes, i);
        uint32_t next = i + 1 < units ? unit_at(bytes, i + 1) : 0;
        if (is_high(unit) && is_low(next)) {
            add(&text, 0x10000 + ((unit - 0xd800) << 10) + (next - 0xdc00));
            i++;
        } else {
            bool broken = !unit || is_high(unit) || is_low(unit);
            add(&text, broken ? replacement : unit);
        }
    }
    return bp_str_detach(&text);
}
