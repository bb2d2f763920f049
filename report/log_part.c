#include "report/log_part.h"

#include <string.h>

#include "base/str.h"
#include "report/plain.h"

/* How Python begins one, in every version; what runs it may have put something before. */
static const char traceback[] = "Traceback (most recent call last):";

static const char *line_end(const char *line) {
    const char *end = strchr(line, '\n');
    return end ? end + 1 : line + strlen(line);
}

/* The last place that says why a program failed, or NULL. */
static const char *last_failure(const char *log) {
    static const char *const marks[] = {traceback, "Fatal Python error: ", "terminate called ",
                                        " in file /", "CUDA error: "};
    const char *last = NULL;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        for (const char *at = strstr(log, marks[i]); at; at = strstr(at + 1, marks[i])) {
            last = !last || at > last ? at : last;
        }
    }
    return last;
}

/*
 * Behind the line that names the error: after a traceback's first line, the frames are indented
 * more than it is, and the error is not. `start` is where its words begin in their line.
 */
static const char *traceback_end(const char *log, const char *start) {
    const char *first = start;
    while (first > log && first[-1] != '\n') {
        first--;
    }
    size_t margin = (size_t)(start - first);
    const char *line = line_end(start);
    while (*line) {
        bool long_enough = strnlen(line, margin + 1) > margin && !memchr(line, '\n', margin + 1);
        if (!long_enough || (line[margin] != ' ' && line[margin] != '\t')) {
            return line_end(line);
        }
        line = line_end(line);
    }
    return line;
}

/* The place up to which the log is to be shown. */
static const char *end_to_show(const char *log, size_t length, size_t limit) {
    const char *end = log + length;
    const char *start = last_failure(log);
    if (!start || (size_t)(end - start) <= limit) {
        return end; /* the last part has it whole, or there is none */
    }
    const char *error_end =
        bp_starts_with(start, traceback) ? traceback_end(log, start) : line_end(start);
    size_t more = limit / 8;
    if ((size_t)(end - error_end) <= more) {
        return end;
    }
    const char *line = line_end(error_end + more);
    return (size_t)(line - error_end) <= limit / 4 ? line : error_end;
}

struct bp_log_part bp_log_part_of(const char *log, size_t limit) {
    size_t length = strlen(log);
    struct bp_log_part part = {log, length, false, false};
    if (length <= limit) {
        return part;
    }
    const char *end = end_to_show(log, length, limit);
    size_t shown = (size_t)(end - log);
    if (shown > limit) {
        size_t from = shown - limit;
        const char *line = memchr(log + from, '\n', shown - from);
        bool whole_lines = line && line + 1 < end;
        part.start = whole_lines ? line + 1 : log + bp_utf8_floor(log, from);
    }
    part.length = (size_t)(end - part.start);
    part.before = part.start > log;
    part.after = *end != '\0';
    return part;
}
