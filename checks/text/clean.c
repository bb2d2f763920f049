#include "checks/text/clean.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* No entity and no tag that is taken out is longer; a bound keeps the time a straight line. */
enum { ENTITY_MOST = 10, TAG_MOST = 200 };

static const struct {
    const char *name;
    const char *text;
} entities[] = {
    {"lt", "<"}, {"gt", ">"}, {"amp", "&"}, {"quot", "\""}, {"apos", "'"}, {"nbsp", " "},
};

static const char *const tags[] = {"details", "summary", "pre", "code", "br",  "p",   "b",
                                   "i",       "strong",  "em",  "sub",  "kbd", "div", "span"};

/* UTF-8 of a number that a text may hold; 0 where it is none of those. */
static size_t encode(unsigned long number, char *out) {
    if (number == '\n' || (number >= 0x20 && number < 0x7F)) {
        out[0] = (char)number;
        return 1;
    }
    if (number >= 0xA0 && number < 0x800) {
        out[0] = (char)(0xC0 | (number >> 6));
        out[1] = (char)(0x80 | (number & 0x3F));
        return 2;
    }
    return 0;
}

/* The bytes that the entity at `text` takes, 0 where there is none; *size of `out` are its text. */
static size_t entity(const char *text, size_t length, char *out, size_t *size) {
    const char *end = memchr(text, ';', length < ENTITY_MOST ? length : ENTITY_MOST);
    size_t name = end ? (size_t)(end - text) - 1 : 0;
    if (name < 2) {
        return 0;
    }
    if (text[1] == '#') {
        bool hex = text[2] == 'x' || text[2] == 'X';
        char *stop;
        unsigned long number = strtoul(text + (hex ? 3 : 2), &stop, hex ? 16 : 10);
        *size = stop == end ? encode(number, out) : 0;
        return *size ? name + 2 : 0;
    }
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
        if (strlen(entities[i].name) == name && memcmp(text + 1, entities[i].name, name) == 0) {
            out[0] = entities[i].text[0];
            *size = 1;
            return name + 2;
        }
    }
    return 0;
}

static bool is_known_tag(const char *name, size_t length) {
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        if (strlen(tags[i]) == length && strncasecmp(tags[i], name, length) == 0) {
            return true;
        }
    }
    return false;
}

/* The bytes of the tag at `text`, or 0 where none is that is taken out. */
static size_t tag(const char *text, size_t length) {
    size_t name = length > 1 && text[1] == '/' ? 2 : 1;
    size_t size = 0;
    while (name + size < length && isalpha((unsigned char)text[name + size])) {
        size++;
    }
    if (!size || name + size >= length || !is_known_tag(text + name, size) ||
        !strchr("> /\n", text[name + size])) {
        return 0;
    }
    const char *end = memchr(text, '>', length < TAG_MOST ? length : TAG_MOST);
    const char *line = end ? memchr(text, '\n', (size_t)(end - text)) : NULL;
    return end && !line ? (size_t)(end - text) + 1 : 0;
}

size_t bp_text_unwrap(char *text, size_t length) {
    size_t out = 0;
    size_t at = 0;
    while (at < length) {
        size_t plain = strcspn(text + at, "&<");
        plain = plain < length - at ? plain : length - at;
        memmove(text + out, text + at, plain);
        out += plain;
        at += plain;
        if (at >= length) {
            break;
        }
        char decoded[4];
        size_t size = 0;
        size_t taken = text[at] == '&' ? entity(text + at, length - at, decoded, &size)
                                       : tag(text + at, length - at);
        if (taken) {
            memcpy(text + out, decoded, size);
            out += size;
            at += taken;
        } else {
            text[out++] = text[at++];
        }
    }
    text[out] = '\0';
    return out;
}
