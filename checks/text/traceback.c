#include "checks/text/traceback.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/excerpt.h"
#include "checks/text/frame_line.h"
#include "checks/text/frames.h"

/* What of one text is kept: a log can repeat one error a thousand times. */
enum { ERRORS_MOST = 32, MESSAGE_MOST = 400 };

struct scan {
    cJSON *errors;
    cJSON *packages;
    size_t line;
    bool open; /* a traceback began and its error has not come */
    size_t frames;
    char *package; /* of the innermost frame that is not Python's own */
    char *file;
    char *function;
    double file_line;
    char *outer_package; /* of Python's own frames, where there are no others */
    cJSON *wordless;     /* the error just read, where its message may stand on the next line */
};

static void forget_frames(struct scan *scan) {
    free(scan->package);
    free(scan->file);
    free(scan->function);
    free(scan->outer_package);
    scan->package = scan->file = scan->function = scan->outer_package = NULL;
    scan->file_line = 0;
    scan->frames = 0;
    scan->open = false;
}

static void name_package(cJSON *packages, const char *package) {
    const cJSON *at;
    cJSON_ArrayForEach(at, packages) {
        if (bp_equal(cJSON_GetStringValue(at), package)) {
            return;
        }
    }
    cJSON_AddItemToArray(packages, cJSON_CreateString(package));
}

static void add_frame(struct scan *scan, const struct bp_frame_line *frame) {
    char *package = bp_frame_package(frame->path, frame->path_length);
    scan->open = true;
    scan->frames++;
    if (strcmp(package, "python") == 0) {
        free(scan->outer_package);
        scan->outer_package = package;
        return;
    }
    name_package(scan->packages, package);
    free(scan->package);
    free(scan->file);
    free(scan->function);
    scan->package = package;
    scan->file = bp_strndup(frame->path, frame->path_length);
    scan->function = frame->function ? bp_strndup(frame->function, frame->function_length) : NULL;
    scan->file_line = frame->number;
}

static void add_error(struct scan *scan, const struct bp_error_line *line) {
    if (cJSON_GetArraySize(scan->errors) < ERRORS_MOST) {
        cJSON *error = cJSON_CreateObject();
        char *type = bp_strndup(line->type, line->type_length);
        char *message = bp_excerpt_text(line->message, line->message_length, MESSAGE_MOST);
        bp_json_set_text(error, "type", type);
        bp_json_set_text(error, "message", message);
        bp_json_set_number(error, "line", (double)scan->line);
        bp_json_set_text(error, "package", scan->package ? scan->package : scan->outer_package);
        bp_json_set_text(error, "file", scan->file);
        if (scan->file_line > 0) {
            bp_json_set_number(error, "file_line", scan->file_line);
        }
        bp_json_set_text(error, "function", scan->function);
        bp_json_set_number(error, "frames", (double)scan->frames);
        bp_json_set_bool(error, "chain", false);
        cJSON_AddItemToArray(scan->errors, error);
        scan->wordless = *message ? NULL : error;
        free(message);
        free(type);
    }
    forget_frames(scan);
}

/* The error before led to the one that comes. */
static void mark_chain(const struct scan *scan) {
    int count = cJSON_GetArraySize(scan->errors);
    cJSON *last = count ? cJSON_GetArrayItem(scan->errors, count - 1) : NULL;
    if (last) {
        cJSON_ReplaceItemInObjectCaseSensitive(last, "chain", cJSON_CreateTrue());
    }
}

/* bitsandbytes' own messages start with a line end: the first line with words is taken. */
static bool take_message(struct scan *scan, const char *line, size_t length) {
    if (!scan->wordless || !length || bp_line_starts(line, length, "```")) {
        return false;
    }
    char *message = bp_excerpt_text(line, length, MESSAGE_MOST);
    cJSON_ReplaceItemInObjectCaseSensitive(scan->wordless, "message", cJSON_CreateString(message));
    scan->wordless = NULL;
    free(message);
    return true;
}

static void read_line(struct scan *scan, const char *line, size_t length) {
    struct bp_frame_line frame = {0};
    struct bp_error_line error = {0};
    bool indented = length > 0 && (*line == ' ' || *line == '\t');
    bp_line_strip(&line, &length);
    if (indented && take_message(scan, line, length)) {
        return;
    }
    if (length < 6) {
        return;
    }
    if (bp_frame_line_read(line, length, &frame)) {
        add_frame(scan, &frame);
    } else if (bp_line_starts(line, length, "Traceback (most recent call last)")) {
        forget_frames(scan);
        scan->open = true;
    } else if (bp_line_starts(line, length, "During handling of the above exception") ||
               bp_line_starts(line, length, "The above exception was the direct cause")) {
        mark_chain(scan);
    } else if (bp_error_line_read(line, length, scan->open, &error)) {
        add_error(scan, &error);
    }
}

cJSON *bp_traceback_read(const char *text, size_t length, cJSON *packages) {
    struct scan scan = {.errors = cJSON_CreateArray(), .packages = packages};
    for (size_t at = 0; at < length;) {
        const char *end = memchr(text + at, '\n', length - at);
        size_t size = end ? (size_t)(end - (text + at)) : length - at;
        scan.line++;
        read_line(&scan, text + at, size);
        at += size + 1;
    }
    forget_frames(&scan);
    return scan.errors;
}
