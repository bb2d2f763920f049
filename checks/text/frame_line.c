#include "checks/text/frame_line.h"

#include <ctype.h>
#include <string.h>

/* Longest name of an exception, module and all; longer words are no names. */
enum { NAME_MOST = 120, PATH_MOST = 1024 };

bool bp_line_starts(const char *line, size_t length, const char *start) {
    size_t size = strlen(start);
    return length >= size && memcmp(line, start, size) == 0;
}

/* U+2500 to U+257F, which boxes are drawn with. */
static bool is_box(const char *line, size_t length) {
    return length >= 3 && line[0] == '\xE2' && (line[1] == '\x94' || line[1] == '\x95');
}

/* "[rank0]:" as torchrun writes it: how many bytes. */
static size_t rank_length(const char *line, size_t length) {
    size_t at = 5;
    if (!bp_line_starts(line, length, "[rank")) {
        return 0;
    }
    while (at < length && isdigit((unsigned char)line[at])) {
        at++;
    }
    return at + 1 < length && line[at] == ']' && line[at + 1] == ':' ? at + 2 : 0;
}

void bp_line_strip(const char **line, size_t *length) {
    const char *at = *line;
    size_t left = *length;
    while (left) {
        size_t step = strchr(" \t>|*`", *at) && *at ? 1 : is_box(at, left) ? 3 : 0;
        step = step ? step : rank_length(at, left);
        if (!step) {
            break;
        }
        at += step;
        left -= step;
    }
    while (left && (isspace((unsigned char)at[left - 1]) || strchr("|`", at[left - 1]))) {
        left--;
    }
    while (left >= 3 && is_box(at + left - 3, 3)) {
        left -= 3;
        while (left && at[left - 1] == ' ') {
            left--;
        }
    }
    *line = at;
    *length = left;
}

static double read_number(const char *text, size_t length, size_t *digits) {
    double number = 0;
    *digits = 0;
    while (*digits < length && *digits < 7 && isdigit((unsigned char)text[*digits])) {
        number = number * 10 + (text[(*digits)++] - '0');
    }
    return number;
}

static void take_function(struct bp_frame_line *frame, const char *text, size_t length) {
    size_t size = 0;
    if (!bp_line_starts(text, length, "in ")) {
        return;
    }
    text += 3;
    length -= 3;
    while (size < length && text[size] != '(' && text[size] != ' ' && text[size] != '\n') {
        size++;
    }
    frame->function = text;
    frame->function_length = size;
}

/* File "PATH", line 12, in f */
static bool read_quoted(const char *line, size_t length, struct bp_frame_line *frame) {
    const char *end = memchr(line + 6, '"', length - 6);
    static const char behind[] = ", line ";
    if (!end || (size_t)(end - line) + sizeof behind > length ||
        memcmp(end + 1, behind, sizeof behind - 1) != 0) {
        return false;
    }
    frame->path = line + 6;
    frame->path_length = (size_t)(end - frame->path);
    const char *number = end + sizeof behind;
    size_t left = length - (size_t)(number - line);
    size_t digits;
    frame->number = read_number(number, left, &digits);
    if (left > digits + 2) {
        take_function(frame, number + digits + 2, left - digits - 2);
    }
    return digits > 0;
}

/* PATH.py:12 in f, or PATH.py:12, in f(): where ".py:" is and digits follow. */
static bool read_colon(const char *line, size_t length, struct bp_frame_line *frame) {
    for (size_t at = 1; at + 4 < length && at < PATH_MOST; at++) {
        if (memcmp(line + at, ".py:", 4) != 0 || !isdigit((unsigned char)line[at + 4])) {
            continue;
        }
        size_t digits;
        frame->path = line;
        frame->path_length = at + 3;
        frame->number = read_number(line + at + 4, length - at - 4, &digits);
        size_t next = at + 4 + digits;
        next += next < length && line[next] == ',';
        next += next < length && line[next] == ' ';
        if (next + 3 < length && bp_line_starts(line + next, length - next, "in ")) {
            take_function(frame, line + next, length - next);
            return true;
        }
        return false;
    }
    return false;
}

/* PATH.py in f(...): an older notebook's. */
static bool read_notebook(const char *line, size_t length, struct bp_frame_line *frame) {
    for (size_t at = 1; at + 7 < length && at < PATH_MOST; at++) {
        if (memcmp(line + at, ".py in ", 7) == 0) {
            frame->path = line;
            frame->path_length = at + 3;
            take_function(frame, line + at + 4, length - at - 4);
            const char *end = frame->function + frame->function_length;
            return *frame->function == '<' || (end < line + length && *end == '(');
        }
        if (line[at] == ' ' || line[at] == '"') {
            return false;
        }
    }
    return false;
}

static bool starts_path(const char *line, size_t length) {
    return line[0] == '/' || line[0] == '~' || line[0] == '$' ||
           (length > 2 && isalpha((unsigned char)line[0]) && line[1] == ':' &&
            (line[2] == '\\' || line[2] == '/'));
}

bool bp_frame_line_read(const char *line, size_t length, struct bp_frame_line *frame) {
    if (length < 8) {
        return false;
    }
    if (bp_line_starts(line, length, "File \"")) {
        return read_quoted(line, length, frame);
    }
    if (bp_line_starts(line, length, "File ")) {
        return read_colon(line + 5, length - 5, frame);
    }
    return starts_path(line, length) &&
           (read_notebook(line, length, frame) || read_colon(line, length, frame));
}

static bool ends_with(const char *name, size_t length, const char *end) {
    size_t size = strlen(end);
    return length >= size && memcmp(name + length - size, end, size) == 0;
}

static bool is_error_name(const char *name, size_t length) {
    return ends_with(name, length, "Error") || ends_with(name, length, "Exception") ||
           ends_with(name, length, "Interrupt") || ends_with(name, length, "Exit") ||
           ends_with(name, length, "NotFound") || ends_with(name, length, "Unavailable");
}

bool bp_error_line_read(const char *line, size_t length, bool in_traceback,
                        struct bp_error_line *error) {
    size_t end = 0;
    size_t module = 0;
    while (end < length && end < NAME_MOST &&
           (isalnum((unsigned char)line[end]) || line[end] == '_' || line[end] == '.')) {
        if (line[end] == '.') {
            module = end + 1;
        }
        end++;
    }
    if (end - module < 4 || !isupper((unsigned char)line[module]) ||
        !is_error_name(line + module, end - module)) {
        return false;
    }
    bool with_message = end < length && line[end] == ':';
    if (!with_message && !(in_traceback && end == length)) {
        return false;
    }
    error->type = line + module;
    error->type_length = end - module;
    error->message = line + end + with_message;
    error->message_length = length - end - with_message;
    return true;
}
