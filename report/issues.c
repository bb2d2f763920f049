#include "report/issues.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "report/input.h"
#include "report/issue_object.h"
#include "report/issue_stream.h"

enum kind { KIND_EMPTY, KIND_TEXT, KIND_OBJECTS, KIND_LINES };

struct work {
    const char *path;
    bp_issue_taker *take;
    void *context;
    struct bp_strs *problems;
    struct bp_stream stream;
};

static void complain(const struct work *work, const char *says) {
    char *shown = bp_input_shown(bp_equal(work->path, "-") ? "standard input" : work->path);
    bp_strs_add_owned(work->problems, bp_format("%s: %s", shown, says));
    free(shown);
}

static void complain_line(const struct work *work, size_t line, const char *says) {
    /* The parser counts lines, too, and this is all one. */
    static const char own_line[] = " line 1,";
    const char *own = strstr(says, own_line);
    char *whole =
        own ? bp_format("line %zu: %.*s%s", line, (int)(own - says), says, own + strlen(own_line))
            : bp_format("line %zu: %s", line, says);
    complain(work, whole);
    free(whole);
}

/* The first byte that is no blank, at or after *at; 0 at the end. */
static char peek(struct work *work, size_t *at, struct bp_err *err) {
    struct bp_stream *stream = &work->stream;
    for (;; (*at)++) {
        while (*at >= stream->buffer.length) {
            if (!bp_stream_more(stream, BP_ISSUE_LIMIT, err)) {
                return '\0';
            }
        }
        char byte = stream->buffer.data[*at];
        if (byte && !strchr(" \t\r\n", byte)) {
            return byte;
        }
    }
}

/* Whether another object starts after the line that the first starts on. */
static bool has_more_lines(struct work *work, size_t first, struct bp_err *err) {
    struct bp_stream *stream = &work->stream;
    const char *end;
    for (size_t seen = first;;) {
        end = memchr(stream->buffer.data + seen, '\n', stream->buffer.length - seen);
        seen = stream->buffer.length;
        if (end || !bp_stream_more(stream, BP_ISSUE_LIMIT, err)) {
            break;
        }
    }
    if (!end) {
        return false;
    }
    size_t next = (size_t)(end - stream->buffer.data) + 1;
    return peek(work, &next, err) == '{';
}

/*
 * Programs log objects, too: a file is taken for one issue a line only where a line near its
 * start looks like one.
 */
static bool names_issues(const struct work *work) {
    static const char *const members[] = {"\"title\"", "\"body\"", "\"schema\"", "\"data\""};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        if (strstr(work->stream.buffer.data, members[i])) {
            return true;
        }
    }
    return false;
}

static enum kind kind_of(struct work *work, struct bp_err *err) {
    size_t first = 0;
    char byte = peek(work, &first, err);
    if (bp_starts_with(work->stream.buffer.data + first, "\xEF\xBB\xBF")) {
        first += 3;
        byte = peek(work, &first, err);
    }
    if (!byte) {
        return KIND_EMPTY;
    }
    if (bp_ends_with(work->path, ".jsonl") || bp_ends_with(work->path, ".ndjson")) {
        return KIND_LINES;
    }
    size_t next = first + 1;
    char second = byte == '{' || byte == '[' ? peek(work, &next, err) : '\0';
    if (byte == '{' && (second == '"' || second == '}')) {
        bool lines = has_more_lines(work, first, err);
        return !lines ? KIND_OBJECTS : names_issues(work) ? KIND_LINES : KIND_TEXT;
    }
    return byte == '[' && (second == '{' || second == ']') ? KIND_OBJECTS : KIND_TEXT;
}

static void read_lines(struct work *work, struct bp_err *err) {
    const char *line;
    size_t length;
    for (size_t number = 1; bp_stream_line(&work->stream, BP_ISSUE_LIMIT, &line, &length, err);
         number++) {
        struct bp_err broken = {0};
        size_t blank = 0;
        while (blank < length && strchr(" \t\r\xEF\xBB\xBF", line[blank])) {
            blank++;
        }
        if (blank == length) {
            continue;
        }
        cJSON *document = bp_stream_parse(line + blank, length - blank, &broken);
        if (!document) {
            complain_line(work, number, bp_err_text(&broken));
        } else if (!bp_issue_objects(work->path, document, work->take, work->context)) {
            complain_line(work, number,
                          "no issue: an object with \"title\" and \"body\" is needed");
        }
        cJSON_Delete(document);
        bp_err_clear(&broken);
    }
}

static void read_objects(struct work *work, struct bp_err *err) {
    const char *object;
    size_t length;
    bool complete = true;
    size_t number = 0;
    size_t issues = 0;
    while (bp_stream_object(&work->stream, BP_ISSUE_LIMIT, &object, &length, &complete, err)) {
        struct bp_err broken = {0};
        cJSON *document = bp_stream_parse(object, length, &broken);
        number++;
        if (document) {
            issues += bp_issue_objects(work->path, document, work->take, work->context);
        } else {
            char *says = bp_format("object %zu %s%s", number,
                                   complete ? "is " : "is cut off: ", bp_err_text(&broken));
            complain(work, says);
            free(says);
        }
        cJSON_Delete(document);
        bp_err_clear(&broken);
    }
    if (number && !issues && !work->problems->count) {
        complain(work, "is JSON and holds neither an issue (\"title\", \"body\") nor a report of "
                       "bnb-probe");
    }
}

static void read_text(struct work *work, struct bp_err *err) {
    while (bp_stream_more(&work->stream, BP_ISSUE_LIMIT, err)) {
    }
    if (!err->code) {
        bp_issue_of_bytes(work->path, work->stream.buffer.data, work->stream.buffer.length,
                          work->take, work->context);
    }
}

static void read_kind(struct work *work, struct bp_err *err) {
    enum kind kind = kind_of(work, err);
    if (err->code) {
        return;
    }
    switch (kind) {
    case KIND_EMPTY:
        complain(work, "is empty");
        break;
    case KIND_LINES:
        read_lines(work, err);
        break;
    case KIND_OBJECTS:
        read_objects(work, err);
        break;
    case KIND_TEXT:
        read_text(work, err);
        break;
    }
}

void bp_issues_read(const char *path, bp_issue_taker *take, void *context,
                    struct bp_strs *problems) {
    struct work work = {.path = path, .take = take, .context = context, .problems = problems};
    struct bp_err err = {0};
    if (bp_stream_open(&work.stream, path, &err) != 0) {
        bp_strs_add(problems, bp_err_text(&err));
    } else {
        read_kind(&work, &err);
        if (err.code) {
            complain(&work, bp_err_text(&err));
        }
    }
    bp_stream_close(&work.stream);
    bp_err_clear(&err);
}
