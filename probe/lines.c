#include "probe/lines.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"

struct bp_lines bp_lines_of(const struct bp_str *text) {
    return (struct bp_lines){.rest = text->data, .end = text->data + text->length};
}

bool bp_lines_next(struct bp_lines *lines) {
    if (lines->rest >= lines->end) {
        return false;
    }
    size_t left = (size_t)(lines->end - lines->rest);
    const char *stop = memchr(lines->rest, '\n', left);
    lines->line = lines->rest;
    lines->length = stop ? (size_t)(stop - lines->rest) : left;
    lines->rest = stop ? stop + 1 : lines->end;
    return true;
}

char *bp_lines_field(const struct bp_str *text, const char *key) {
    size_t key_length = strlen(key);
    struct bp_lines lines = bp_lines_of(text);
    while (bp_lines_next(&lines)) {
        if (lines.length <= key_length || memcmp(lines.line, key, key_length) != 0) {
            continue;
        }
        size_t at = key_length;
        while (at < lines.length && (lines.line[at] == ' ' || lines.line[at] == '\t')) {
            at++;
        }
        if (at == lines.length || lines.line[at] != ':') {
            continue;
        }
        char *copy = bp_strndup(lines.line + at + 1, lines.length - at - 1);
        char *value = bp_strdup(bp_trim(copy));
        free(copy);
        return value;
    }
    return NULL;
}

bool bp_lines_number(const struct bp_str *text, const char *key, double *number) {
    char *value = bp_lines_field(text, key);
    bool found = value && isdigit((unsigned char)*value);
    if (found) {
        *number = (double)strtoull(value, NULL, 10);
    }
    free(value);
    return found;
}

bool bp_text_has_word(const char *text, const char *word) {
    size_t length = strlen(word);
    for (const char *at = text ? strstr(text, word) : NULL; at; at = strstr(at + 1, word)) {
        bool starts = at == text || isspace((unsigned char)at[-1]);
        if (starts && (at[length] == '\0' || isspace((unsigned char)at[length]))) {
            return true;
        }
    }
    return false;
}

bool bp_text_has_ignoring_case(const char *text, const char *needle) {
    size_t length = strlen(needle);
    for (const char *at = text; at && *at; at++) {
        if (strncasecmp(at, needle, length) == 0) {
            return true;
        }
    }
    return false;
}

char *bp_text_version(const char *text) {
    for (const char *at = text; at && *at; at++) {
        if (!isdigit((unsigned char)*at) || (at != text && !isspace((unsigned char)at[-1]))) {
            continue;
        }
        size_t length = strspn(at, "0123456789.");
        while (at[length - 1] == '.') {
            length--;
        }
        if (memchr(at, '.', length)) {
            return bp_strndup(at, length);
        }
    }
    return NULL;
}
