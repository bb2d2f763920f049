#include "base/utf8.h"

#include <stdint.h>

#include "base/str.h"

static int is_continuation(char byte) {
    return ((uint8_t)byte & 0xC0) == 0x80;
}

size_t bp_utf8_sequence(const char *text, size_t length) {
    if (!length) {
        return 0;
    }
    uint8_t first = (uint8_t)text[0];
    if (first < 0x80) {
        return 1;
    }
    size_t size = first >= 0xC2 && first <= 0xDF   ? 2
                  : first >= 0xE0 && first <= 0xEF ? 3
                  : first >= 0xF0 && first <= 0xF4 ? 4
                                                   : 0;
    if (!size || size > length) {
        return 0;
    }
    for (size_t i = 1; i < size; i++) {
        if (!is_continuation(text[i])) {
            return 0;
        }
    }
    uint8_t second = (uint8_t)text[1];
    int overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    int surrogate = first == 0xED && second > 0x9F;
    int beyond = first == 0xF4 && second > 0x8F;
    return overlong || surrogate || beyond ? 0 : size;
}

/* How many bytes are ASCII from here on, zero not counted: most of most texts. */
static size_t ascii_length(const char *text, size_t length) {
    size_t count = 0;
    while (count < length && text[count] && ((uint8_t)text[count] & 0x80) == 0) {
        count++;
    }
    return count;
}

char *bp_utf8_clean(const char *text, size_t length) {
    struct bp_str clean = BP_STR_EMPTY;
    for (size_t i = 0; i < length;) {
        size_t ascii = ascii_length(text + i, length - i);
        if (ascii) {
            bp_str_add_bytes(&clean, text + i, ascii);
            i += ascii;
            continue;
        }
        size_t size = bp_utf8_sequence(text + i, length - i);
        if (size && text[i] != '\0') {
            bp_str_add_bytes(&clean, text + i, size);
            i += size;
        } else {
            bp_str_add(&clean, "\xEF\xBF\xBD");
            i++;
        }
    }
    return bp_str_detach(&clean);
}
