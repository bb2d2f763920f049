#include "report/layout.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/plain.h"

/* ECMA-48, Select Graphic Rendition; the eight basic colours only. */
static const char *tone_start(enum bp_tone tone) {
    switch (tone) {
    case BP_STRONG:
        return "\x1B[1m";
    case BP_GOOD:
        return "\x1B[1;32m";
    case BP_BAD:
        return "\x1B[1;31m";
    case BP_DOUBT:
        return "\x1B[1;33m";
    case BP_QUIET:
        return "\x1B[2m";
    case BP_TYPE:
        return "\x1B[36m";
    case BP_PLAIN:
        break;
    }
    return "";
}

static void begin(const struct bp_layout *layout, enum bp_tone tone) {
    if (layout->style->color) {
        bp_str_add(layout->out, tone_start(tone));
    }
}

static void end(const struct bp_layout *layout, enum bp_tone tone) {
    if (layout->style->color && tone != BP_PLAIN) {
        bp_str_add(layout->out, "\x1B[0m");
    }
}

static char *fit(const struct bp_layout *layout, const char *text) {
    char *plain = bp_show_lines(text);
    if (!layout->style->ascii) {
        return plain;
    }
    char *ascii = bp_show_ascii(plain);
    free(plain);
    return ascii;
}

void bp_layout_words(const struct bp_layout *layout, enum bp_tone tone, const char *text) {
    char *line = bp_show_line(text);
    char *shown = fit(layout, line);
    begin(layout, tone);
    bp_str_add(layout->out, shown);
    end(layout, tone);
    free(shown);
    free(line);
}

static void new_line(const struct bp_layout *layout, size_t indent) {
    bp_str_add_char(layout->out, '\n');
    for (size_t i = 0; i < indent; i++) {
        bp_str_add_char(layout->out, ' ');
    }
}

/* Wraps `text` from `column` on; returns nothing but lines without trailing blanks. */
static void wrap(const struct bp_layout *layout, size_t column, size_t indent, const char *text,
                 enum bp_tone tone) {
    bool first = true;
    begin(layout, tone);
    for (const char *at = text; *at;) {
        size_t blanks = strspn(at, " ");
        at += blanks;
        if (*at == '\n') {
            end(layout, tone);
            new_line(layout, at[1] ? indent : 0);
            begin(layout, tone);
            column = indent;
            first = true;
            at++;
            continue;
        }
        size_t length = strcspn(at, " \n");
        char *word = bp_strndup(at, length);
        size_t columns = bp_utf8_columns(word);
        if (!first && column + 1 + columns > layout->style->width) {
            end(layout, tone);
            new_line(layout, indent);
            begin(layout, tone);
            column = indent;
        } else if (!first && length) {
            bp_str_add_char(layout->out, ' ');
            column++;
        }
        bp_str_add(layout->out, word);
        column += columns;
        first = false;
        at += length;
        free(word);
    }
    end(layout, tone);
    bp_str_add_char(layout->out, '\n');
}

/* The column that the output has come to, colours not counted. */
static size_t present_column(const struct bp_str *out) {
    struct bp_str line = BP_STR_EMPTY;
    size_t start = out->length;
    while (start > 0 && out->data[start - 1] != '\n') {
        start--;
    }
    for (const char *at = out->data + start; *at; at++) {
        if (*at == '\x1B') {
            at += strcspn(at, "m");
        } else {
            bp_str_add_char(&line, *at);
        }
    }
    size_t column = bp_utf8_columns(line.length ? line.data : "");
    bp_str_free(&line);
    return column;
}

void bp_layout_paragraph(const struct bp_layout *layout, const char *start, size_t indent,
                         const char *text, enum bp_tone tone) {
    char *shown = fit(layout, text);
    bp_str_add(layout->out, start);
    wrap(layout, present_column(layout->out), indent, shown, tone);
    free(shown);
}

void bp_layout_fact(const struct bp_layout *layout, size_t indent, size_t label_width,
                    const char *label, const char *value, enum bp_tone tone) {
    char *line = bp_show_line(label);
    char *shown_label = fit(layout, line);
    char *shown = fit(layout, value);
    size_t columns = bp_utf8_columns(shown_label);
    for (size_t i = 0; i < indent; i++) {
        bp_str_add_char(layout->out, ' ');
    }
    bp_str_add(layout->out, shown_label);
    size_t column = indent + columns;
    do {
        bp_str_add_char(layout->out, ' ');
        column++;
    } while (column < indent + label_width + 2);
    wrap(layout, column, indent + label_width + 2, shown, tone);
    free(shown);
    free(shown_label);
    free(line);
}
