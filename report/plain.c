#include "report/plain.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "base/utf8.h"
#include "report/terminal_system.h"

static const char replacement[] = "\xEF\xBF\xBD";

size_t bp_utf8_floor(const char *text, size_t length) {
    while (length > 0 && ((uint8_t)text[length] & 0xC0) == 0x80) {
        length--;
    }
    return length;
}

/* The character that a well-formed sequence of `size` bytes stands for (RFC 3629). */
static uint32_t character_at(const char *text, size_t size) {
    uint32_t value = (uint8_t)text[0];
    value &= size == 1 ? 0x7F : 0xFFU >> (size + 1);
    for (size_t i = 1; i < size; i++) {
        value = value << 6 | ((uint8_t)text[i] & 0x3F);
    }
    return value;
}

size_t bp_utf8_columns(const char *text) {
    size_t columns = 0;
    size_t left = strlen(text);
    while (left) {
        size_t size = bp_utf8_sequence(text, left);
        columns += size > 1 ? bp_terminal_columns_of(character_at(text, size)) : 1;
        size = size ? size : 1;
        text += size;
        left -= size;
    }
    return columns;
}

static void add_code_point(struct bp_str *text, uint32_t code) {
    if (code < 0x80) {
        bp_str_add_char(text, (char)code);
    } else if (code < 0x800) {
        bp_str_add_char(text, (char)(0xC0 | (code >> 6)));
        bp_str_add_char(text, (char)(0x80 | (code & 0x3F)));
    } else if (code < 0x10000) {
        bp_str_add_char(text, (char)(0xE0 | (code >> 12)));
        bp_str_add_char(text, (char)(0x80 | ((code >> 6) & 0x3F)));
        bp_str_add_char(text, (char)(0x80 | (code & 0x3F)));
    } else {
        bp_str_add_char(text, (char)(0xF0 | (code >> 18)));
        bp_str_add_char(text, (char)(0x80 | ((code >> 12) & 0x3F)));
        bp_str_add_char(text, (char)(0x80 | ((code >> 6) & 0x3F)));
        bp_str_add_char(text, (char)(0x80 | (code & 0x3F)));
    }
}

/* UTF-16 (RFC 2781) after its byte order mark. */
static char *from_utf16(const uint8_t *bytes, size_t length, bool big_endian) {
    struct bp_str text = BP_STR_EMPTY;
    size_t high = big_endian ? 0 : 1;
    uint32_t lead = 0;
    for (size_t i = 0; i + 1 < length; i += 2) {
        uint32_t unit = (uint32_t)bytes[i + high] << 8 | bytes[i + 1 - high];
        if (unit >= 0xD800 && unit < 0xDC00) {
            lead = unit;
            continue;
        }
        if (unit >= 0xDC00 && unit < 0xE000) {
            unit = lead ? 0x10000 + ((lead - 0xD800) << 10) + (unit - 0xDC00) : 0xFFFD;
        }
        lead = 0;
        add_code_point(&text, unit ? unit : 0xFFFD);
    }
    return bp_str_detach(&text);
}

/*
 * The length of the terminal escape sequence (ECMA-48) at `text`, which starts with ESC. What
 * cannot belong to one ends it: half a character must not be taken away.
 */
static size_t escape_length(const char *text) {
    size_t at = 1;
    if (text[1] == '[') {
        at = 2 + strspn(text + 2, "0123456789:;<=>?!\"#$%&'()*+,-./ ");
        return text[at] >= '@' && text[at] <= '~' ? at + 1 : at;
    }
    if (text[1] && strchr("]PX^_", text[1])) {
        at = 2;
        while (text[at] && text[at] != '\a' && text[at] != '\n' && text[at] != '\x1B') {
            at++;
        }
        return text[at] == '\a' ? at + 1 : text[at] == '\x1B' && text[at + 1] == '\\' ? at + 2 : at;
    }
    return text[1] > ' ' && text[1] <= '~' ? 2 : 1;
}

/* U+0080..9F, and the characters that reorder or hide what follows (Unicode TR 36). */
static size_t hidden_length(const char *text) {
    const uint8_t *at = (const uint8_t *)text;
    if (at[0] == 0xC2 && at[1] >= 0x80 && at[1] <= 0x9F) {
        return 2;
    }
    if (at[0] == 0xE2 && at[1] == 0x80 && (at[2] == 0x8E || at[2] == 0x8F)) {
        return 3;
    }
    if (at[0] == 0xE2 && at[1] == 0x80 && at[2] >= 0xA8 && at[2] <= 0xAE) {
        return 3;
    }
    if (at[0] == 0xE2 && at[1] == 0x81 && at[2] >= 0xA6 && at[2] <= 0xA9) {
        return 3;
    }
    return 0;
}

/* Takes the part of the line that a carriage return will overwrite off again. */
static void return_carriage(struct bp_str *text, char next) {
    if (next == '\n' || next == '\0') {
        return;
    }
    size_t start = text->length;
    while (start > 0 && text->data[start - 1] != '\n') {
        start--;
    }
    bp_str_truncate(text, start);
}

/* UTF-8, without the zero bytes, which would end a string. */
static char *from_utf8(const char *bytes, size_t length) {
    struct bp_str kept = BP_STR_EMPTY;
    for (size_t at = 0; at < length;) {
        const char *zero = memchr(bytes + at, '\0', length - at);
        size_t part = zero ? (size_t)(zero - (bytes + at)) : length - at;
        bp_str_add_bytes(&kept, bytes + at, part);
        at += part + (zero != NULL);
    }
    char *clean = bp_utf8_clean(kept.data, kept.length);
    bp_str_free(&kept);
    return clean;
}

/* ASCII that is kept as it is: most of any text, and taken over in runs. */
static bool is_plain(char character) {
    return (character >= ' ' && character <= '~') || character == '\n' || character == '\t';
}

char *bp_text_of_bytes(const char *bytes, size_t length) {
    struct bp_str text = BP_STR_EMPTY;
    bool little = length >= 2 && memcmp(bytes, "\xFF\xFE", 2) == 0;
    bool big = length >= 2 && memcmp(bytes, "\xFE\xFF", 2) == 0;
    char *clean = little || big ? from_utf16((const uint8_t *)bytes + 2, length - 2, big)
                                : from_utf8(bytes, length);
    bool marked = memcmp(clean, "\xEF\xBB\xBF", strlen(clean) < 3 ? strlen(clean) + 1 : 3) == 0;
    for (const char *at = marked ? clean + 3 : clean; *at;) {
        if (*at == '\x1B') {
            at += escape_length(at);
        } else if (*at == '\r') {
            while (*at == '\r') {
                at++;
            }
            return_carriage(&text, *at);
        } else if (is_plain(*at)) {
            const char *start = at;
            while (is_plain(*at)) {
                at++;
            }
            bp_str_add_bytes(&text, start, (size_t)(at - start));
        } else {
            bool drop = ((uint8_t)*at < ' ' && *at != '\n' && *at != '\t') || *at == '\x7F';
            size_t hidden = hidden_length(at);
            if (hidden) {
                at += hidden;
                continue;
            }
            if (!drop) {
                bp_str_add_char(&text, *at);
            }
            at++;
        }
    }
    free(clean);
    return bp_str_detach(&text);
}

static char *plain(const char *foreign, bool keep_line_ends) {
    struct bp_str text = BP_STR_EMPTY;
    char *clean = foreign ? bp_utf8_clean(foreign, strlen(foreign)) : bp_strdup("");
    for (const char *at = clean; *at;) {
        size_t hidden = hidden_length(at);
        if (hidden) {
            bp_str_add(&text, replacement);
            at += hidden;
            continue;
        }
        if (*at == '\n' && keep_line_ends) {
            bp_str_add_char(&text, '\n');
        } else if (*at == '\n' || *at == '\t') {
            bp_str_add_char(&text, ' ');
        } else if (((uint8_t)*at < ' ') || *at == '\x7F') {
            bp_str_add(&text, replacement);
        } else {
            bp_str_add_char(&text, *at);
        }
        at++;
    }
    free(clean);
    return bp_str_detach(&text);
}

char *bp_show_line(const char *text) {
    return plain(text, false);
}

char *bp_show_lines(const char *text) {
    return plain(text, true);
}

char *bp_show_ascii(const char *text) {
    static const struct {
        const char *from;
        const char *to;
    } spelled[] = {
        {"\xE2\x80\x93", "-"},   {"\xE2\x80\x94", "-"},  {"\xE2\x80\x98", "'"},
        {"\xE2\x80\x99", "'"},   {"\xE2\x80\x9C", "\""}, {"\xE2\x80\x9D", "\""},
        {"\xE2\x80\xA6", "..."}, {"\xE2\x86\x92", "->"}, {"\xC2\xA0", " "},
    };
    struct bp_str ascii = BP_STR_EMPTY;
    for (const char *at = text; *at;) {
        size_t size = bp_utf8_sequence(at, strlen(at));
        size = size ? size : 1;
        const char *to = "?";
        for (size_t i = 0; i < sizeof spelled / sizeof *spelled; i++) {
            if (size == strlen(spelled[i].from) && strncmp(at, spelled[i].from, size) == 0) {
                to = spelled[i].to;
            }
        }
        if ((uint8_t)*at < 0x80) {
            bp_str_add_char(&ascii, *at);
        } else {
            bp_str_add(&ascii, to);
        }
        at += size;
    }
    return bp_str_detach(&ascii);
}
