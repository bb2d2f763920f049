#include "checks/excerpt.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "base/utf8.h"

#define EXCERPT_MOST 240
/* How much of a long line is shown before the place that matters. */
#define EXCERPT_BEFORE 80
#define ELLIPSIS "\xE2\x80\xA6"

static bool in(char character, int low, int high) {
    return (unsigned char)character >= low && (unsigned char)character <= high;
}

/* After "ESC [": parameters, then a letter or the like (ECMA-48, 5.4). */
static size_t control_sequence(const char *text, size_t length) {
    size_t at = 2;
    while (at < length && in(text[at], 0x20, 0x3F)) {
        at++;
    }
    return at < length ? at + 1 : at;
}

/* After "ESC ]" and its like: anything up to BEL or "ESC \", on this line. */
static size_t control_string(const char *text, size_t length) {
    for (size_t at = 2; at < length && text[at] != '\n'; at++) {
        if (text[at] == '\a') {
            return at + 1;
        }
        if (text[at] == '\x1B') {
            return at + 1 < length && text[at + 1] == '\\' ? at + 2 : at;
        }
    }
    return 2;
}

/* How many bytes at `text` are a terminal's sequence: 0 where none starts. */
static size_t terminal_sequence(const char *text, size_t length) {
    if (text[0] != '\x1B') {
        return 0;
    }
    if (length < 2) {
        return 1;
    }
    switch (text[1]) {
    case '[':
        return control_sequence(text, length);
    case ']':
    case 'P':
    case '^':
    case '_':
        return control_string(text, length);
    default:
        return in(text[1], 0x20, 0x7E) ? 2 : 1;
    }
}

/* Characters beyond ASCII that are not seen and change what is: C1, directions, separators. */
static bool is_invisible(const char *text, size_t size) {
    if (size == 2) {
        return text[0] == '\xC2' && in(text[1], 0x80, 0x9F);
    }
    if (size != 3) {
        return false;
    }
    if (text[0] == '\xE2' && text[1] == '\x80') {
        return in(text[2], 0x8B, 0x8F) || in(text[2], 0xA8, 0xAE);
    }
    return (text[0] == '\xE2' && text[1] == '\x81' && in(text[2], 0xA0, 0xAF)) ||
           memcmp(text, "\xEF\xBB\xBF", 3) == 0;
}

/* Appends what is to be seen of the character at `text`; returns how many bytes were read. */
static size_t add_visible(struct bp_str *plain, const char *text, size_t length) {
    size_t size = terminal_sequence(text, length);
    if (size) {
        return size;
    }
    if (in(text[0], 0, 0x1F) || text[0] == '\x7F') {
        bp_str_add_char(plain, ' ');
        return 1;
    }
    size = bp_utf8_sequence(text, length);
    if (size && !is_invisible(text, size)) {
        bp_str_add_bytes(plain, text, size);
    }
    return size ? size : 1;
}

char *bp_excerpt_text(const char *text, size_t length, size_t limit) {
    struct bp_str plain = BP_STR_EMPTY;
    size_t at = 0;
    size_t whole = 0;
    while (at < length && plain.length <= limit) {
        whole = plain.length;
        at += add_visible(&plain, text + at, length - at);
    }
    bool cut = plain.length > limit;
    if (cut) {
        bp_str_truncate(&plain, whole);
    }
    char *trimmed = bp_trim(plain.data);
    char *result = bp_format("%s%s", trimmed, cut ? ELLIPSIS : "");
    bp_str_free(&plain);
    return result;
}

size_t bp_line_number(const char *text, size_t place) {
    size_t number = 1;
    for (const char *at = text; (at = memchr(at, '\n', place - (size_t)(at - text))); at++) {
        number++;
    }
    return number;
}

static bool ends_line(char character) {
    return character == '\n' || character == '\r';
}

char *bp_line_excerpt(const char *text, size_t length, struct bp_span span) {
    size_t start = span.start;
    while (start > 0 && !ends_line(text[start - 1]) && span.start - start < EXCERPT_BEFORE) {
        start--;
    }
    bool cut = start > 0 && !ends_line(text[start - 1]);
    while (start < span.start && in(text[start], 0x80, 0xBF)) {
        start++;
    }
    size_t end = span.start;
    /* A character takes at most four bytes, a terminal's sequence some more. */
    while (end < length && !ends_line(text[end]) && end - start < (size_t)EXCERPT_MOST * 4) {
        end++;
    }
    char *plain = bp_excerpt_text(text + start, end - start, EXCERPT_MOST);
    if (!cut) {
        return plain;
    }
    char *marked = bp_format(ELLIPSIS "%s", plain);
    free(plain);
    return marked;
}
