#include "report/markup.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/plain.h"

void bp_markup_words(struct bp_str *out, const char *text) {
    char *line = bp_show_line(text);
    for (const char *at = line; *at; at++) {
        bool starts = at == line;
        if (*at == '@' && (isalnum((unsigned char)at[1]) || at[1] == '_')) {
            bp_str_add(out, "@<!-- -->");
        } else if (*at == '<') {
            bp_str_add(out, "&lt;");
        } else if (*at == '>') {
            bp_str_add(out, "&gt;");
        } else if (*at == '&') {
            bp_str_add(out, "&amp;");
        } else if (strchr("\\`*_[]|~", *at) || (starts && strchr("#+-=", *at))) {
            bp_str_add_char(out, '\\');
            bp_str_add_char(out, *at);
        } else {
            bp_str_add_char(out, *at);
        }
    }
    free(line);
}

static size_t longest_run(const char *text) {
    size_t longest = 0;
    for (const char *at = text; *at;) {
        size_t length = strspn(at, "`");
        longest = length > longest ? length : longest;
        at += length ? length : 1;
    }
    return longest;
}

static void add_backticks(struct bp_str *out, size_t count) {
    for (size_t i = 0; i < count; i++) {
        bp_str_add_char(out, '`');
    }
}

void bp_markup_code(struct bp_str *out, const char *text) {
    char *line = bp_show_line(text);
    size_t run = longest_run(line);
    if (!*line) {
        bp_str_add(out, "(empty)");
    } else {
        add_backticks(out, run + 1);
        bp_str_add(out, run ? " " : "");
        bp_str_add(out, line);
        bp_str_add(out, run ? " " : "");
        add_backticks(out, run + 1);
    }
    free(line);
}

void bp_markup_block(struct bp_str *out, const char *indent, const char *language,
                     const char *text) {
    char *lines = bp_show_lines(text);
    size_t fence = longest_run(lines) < 3 ? 3 : longest_run(lines) + 1;
    bp_str_add(out, indent);
    add_backticks(out, fence);
    bp_str_addf(out, "%s\n", language);
    for (const char *at = lines; *at;) {
        size_t length = strcspn(at, "\n");
        bp_str_add(out, length ? indent : "");
        bp_str_add_bytes(out, at, length);
        bp_str_add_char(out, '\n');
        at += length + (at[length] == '\n');
    }
    bp_str_add(out, indent);
    add_backticks(out, fence);
    bp_str_add_char(out, '\n');
    free(lines);
}
