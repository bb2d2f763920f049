#include "report/report_lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/report_label.h"

static const char *label_text(const struct bp_lines *lines, size_t number) {
    const char *label = lines->labels.items[number];
    return *label ? label : lines->heading;
}

static void hand_over(struct bp_lines *lines, size_t number, bool complete) {
    struct bp_assembly *assembly = &lines->assemblies[number];
    lines->take(lines->context, label_text(lines, number), assembly, complete);
    bp_str_free(&assembly->text);
    *assembly = (struct bp_assembly){.text = BP_STR_EMPTY};
}

/* The number of the assembly that the label's lines belong to. */
static size_t assembly_of(struct bp_lines *lines, const struct bp_label *label) {
    char *name =
        label->name && !label->heading ? bp_strndup(label->name, label->length) : bp_strdup("");
    size_t number = bp_interned_number(&lines->labels, name);
    free(name);
    if (number >= lines->capacity) {
        size_t more = lines->capacity ? lines->capacity * 2 : 16;
        lines->assemblies = bp_realloc_array(lines->assemblies, more, sizeof *lines->assemblies);
        for (; lines->capacity < more; lines->capacity++) {
            lines->assemblies[lines->capacity] = (struct bp_assembly){.text = BP_STR_EMPTY};
        }
    }
    return number;
}

/* A "{" that starts JSON, and not what a tool prints in another language's form. */
static bool starts_object(const char *text, size_t length, size_t at) {
    if (at >= length || text[at] != '{') {
        return false;
    }
    for (at++; at < length && text[at] && strchr(" \t\r", text[at]);) {
        at++;
    }
    return at == length || text[at] == '"' || text[at] == '}';
}

/* Bytes between documents: what may stand between those of an array. True at a document. */
static bool skip_between(const char *text, size_t length, size_t *at) {
    while (*at < length && text[*at] && strchr(" \t\r,[]", text[*at])) {
        ++*at;
    }
    return starts_object(text, length, *at);
}

/* How many lines of the document there are; more than one are two. */
static size_t lines_of(const struct bp_assembly *assembly) {
    const char *end = memchr(assembly->text.data, '\n', assembly->text.length);
    return !end ? 0 : end + 1 == assembly->text.data + assembly->text.length ? 1 : 2;
}

static void add_to(struct bp_lines *lines, size_t number, const char *text, size_t length) {
    struct bp_assembly *assembly = &lines->assemblies[number];
    if (assembly->nesting.depth && length) {
        bool second = lines_of(assembly) == 1;
        assembly->flat = assembly->flat || (second && !strchr(" \t\r{}", text[0]));
    }
    /* A document starts at the start of a line; nothing within one does that with a "{". */
    if (assembly->nesting.depth && !assembly->flat && starts_object(text, length, 0)) {
        hand_over(lines, number, false);
    }
    for (size_t at = 0; at < length;) {
        if (!assembly->nesting.depth && !skip_between(text, length, &at)) {
            return; /* not of a document: what a tool says in between */
        }
        assembly->line = assembly->nesting.depth ? assembly->line : lines->line;
        size_t start = at;
        bool ended = bp_nesting_scan(&assembly->nesting, text, length, &at);
        bp_str_add_bytes(&assembly->text, text + start, at - start);
        if (ended) {
            hand_over(lines, number, true);
        }
    }
    if (assembly->nesting.depth) {
        bp_str_add_char(&assembly->text, '\n');
    }
}

static void take_heading(struct bp_lines *lines, const struct bp_label *label) {
    size_t number = assembly_of(lines, label);
    if (lines->assemblies[number].nesting.depth) {
        hand_over(lines, number, false);
    }
    free(lines->heading);
    lines->heading = bp_strndup(label->name, label->length);
}

void bp_lines_add(struct bp_lines *lines, const char *line, size_t length) {
    static const char mark[] = "\xEF\xBB\xBF";
    if (lines->line++ == 0 && length >= 3 && strncmp(line, mark, 3) == 0) {
        line += 3;
        length -= 3;
    }
    struct bp_label label = bp_label_of(line, length);
    if (label.heading) {
        take_heading(lines, &label);
    }
    add_to(lines, assembly_of(lines, &label), label.rest, length - (size_t)(label.rest - line));
}

void bp_lines_end(struct bp_lines *lines) {
    for (size_t i = 0; i < lines->labels.count; i++) {
        if (lines->assemblies[i].nesting.depth) {
            hand_over(lines, i, false);
        }
        bp_str_free(&lines->assemblies[i].text);
    }
    free(lines->assemblies);
    free(lines->heading);
    bp_interned_free(&lines->labels);
}
