#include "report/report_label.h"

#include <string.h>

static bool is_name_byte(char byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z') || byte == '.' || byte == '_' || byte == '-';
}

static size_t name_length(const char *line, size_t length) {
    size_t count = 0;
    while (count < length && is_name_byte(line[count])) {
        count++;
    }
    return count;
}

static bool has(const char *line, size_t length, size_t at, const char *text) {
    size_t size = strlen(text);
    return at + size <= length && strncmp(line + at, text, size) == 0;
}

/* kubectl logs --prefix: "[pod/NAME/CONTAINER] ". */
static bool take_pod(const char *line, size_t length, struct bp_label *label) {
    static const char start[] = "[pod/";
    const char *end = memchr(line, ']', length);
    if (!has(line, length, 0, start) || !end) {
        return false;
    }
    label->name = line + strlen(start);
    label->length = (size_t)(end - label->name);
    label->rest = end + 1;
    return true;
}

/* ansible: "NAME | CHANGED | rc=0 >>" before what it printed, "NAME | FAILED! => {" on its line. */
static bool take_heading(const char *line, size_t length, struct bp_label *label) {
    size_t name = name_length(line, length);
    if (!name || !has(line, length, name, " | ")) {
        return false;
    }
    size_t end = name;
    while (end < length && !has(line, length, end, ">>") && !has(line, length, end, "=>")) {
        end++;
    }
    if (end >= length) {
        return false;
    }
    label->name = line;
    label->length = name;
    label->heading = true;
    label->rest = line + end + 2;
    return true;
}

/* "NAME: ", with blanks before where it was brought to a width. */
static bool take_plain(const char *line, size_t length, struct bp_label *label) {
    size_t start = 0;
    while (start < length && line[start] == ' ') {
        start++;
    }
    size_t name = name_length(line + start, length - start);
    size_t end = start + name;
    if (!name || end >= length || line[end] != ':' || (end + 1 < length && line[end + 1] != ' ')) {
        return false;
    }
    label->name = line + start;
    label->length = name;
    label->rest = line + end + 1 + (end + 1 < length);
    return true;
}

struct bp_label bp_label_of(const char *line, size_t length) {
    struct bp_label label = {.rest = line};
    if (!take_pod(line, length, &label) && !take_heading(line, length, &label)) {
        take_plain(line, length, &label);
    }
    /* One blank may stand between the label and what is its line. */
    if (label.name && (size_t)(label.rest - line) < length && *label.rest == ' ' &&
        label.name[label.length] != ':') {
        label.rest++;
    }
    return label;
}
