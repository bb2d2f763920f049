#include "report/issue_stream.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "probe/os/descriptors.h"
#include "report/input.h"
#include "report/json_nesting.h"
#include "report/terminal_system.h"

enum { CHUNK = 256 << 10 };

int bp_stream_open(struct bp_stream *stream, const char *path, struct bp_err *err) {
    *stream = (struct bp_stream){.fd = -1, .buffer = BP_STR_EMPTY, .line = 1};
    stream->fd = bp_equal(path, "-") ? BP_STDIN : bp_input_open(path, SIZE_MAX, err);
    return stream->fd < 0 ? -1 : 0;
}

void bp_stream_close(struct bp_stream *stream) {
    if (stream->fd > BP_STDIN) {
        bp_descriptor_close(stream->fd);
    }
    bp_str_free(&stream->buffer);
}

/* Forgets what was handed out once it is most of the buffer. */
static void compact(struct bp_stream *stream) {
    size_t left = stream->buffer.length - stream->at;
    if (stream->at > left && stream->at > 0) {
        memmove(stream->buffer.data, stream->buffer.data + stream->at, left);
        bp_str_truncate(&stream->buffer, left);
        stream->at = 0;
    }
}

bool bp_stream_more(struct bp_stream *stream, size_t limit, struct bp_err *err) {
    if (stream->ended) {
        return false;
    }
    if (stream->buffer.length - stream->at > limit) {
        bp_fail(err, BP_E_LIMIT, "holds a piece of more than %zu MiB, the most that is read",
                limit >> 20);
        return false;
    }
    char *chunk = bp_alloc(CHUNK);
    ptrdiff_t got = bp_descriptor_read(stream->fd, chunk, CHUNK);
    if (got < 0) {
        bp_fail(err, BP_E_SYSTEM, "%s", strerror(errno));
    }
    if (got > 0) {
        compact(stream);
        bp_str_add_bytes(&stream->buffer, chunk, (size_t)got);
    }
    stream->ended = got <= 0;
    free(chunk);
    return got > 0;
}

bool bp_stream_line(struct bp_stream *stream, size_t limit, const char **line, size_t *length,
                    struct bp_err *err) {
    size_t seen = 0; /* bytes after `at` that hold no line end */
    for (;;) {
        const char *start = stream->buffer.data + stream->at;
        size_t left = stream->buffer.length - stream->at;
        const char *end = memchr(start + seen, '\n', left - seen);
        if (end) {
            *line = start;
            *length = (size_t)(end - start);
            stream->at += *length + 1;
            stream->line++;
            return true;
        }
        seen = left;
        if (!bp_stream_more(stream, limit, err)) {
            break;
        }
    }
    *line = stream->buffer.data + stream->at;
    *length = stream->buffer.length - stream->at;
    stream->at = stream->buffer.length;
    stream->line++;
    return *length > 0 && !(err && err->code);
}

/* Up to the next "{"; false where the file ends before. */
static bool find_object(struct bp_stream *stream, size_t limit, struct bp_err *err) {
    for (;;) {
        const char *start = stream->buffer.data + stream->at;
        size_t left = stream->buffer.length - stream->at;
        const char *open = memchr(start, '{', left);
        if (open) {
            stream->at += (size_t)(open - start);
            return true;
        }
        stream->at = stream->buffer.length;
        if (!bp_stream_more(stream, limit, err)) {
            return false;
        }
    }
}

bool bp_stream_object(struct bp_stream *stream, size_t limit, const char **object, size_t *length,
                      bool *complete, struct bp_err *err) {
    struct bp_nesting nesting = {0};
    size_t scanned = 0; /* bytes after the stream's place */
    if (!find_object(stream, limit, err)) {
        return false;
    }
    do {
        *object = stream->buffer.data + stream->at;
        *length = stream->buffer.length - stream->at;
        *complete = bp_nesting_scan(&nesting, *object, *length, &scanned);
    } while (!*complete && bp_stream_more(stream, limit, err));
    *object = stream->buffer.data + stream->at;
    *length = *complete ? scanned : stream->buffer.length - stream->at;
    stream->at += *length;
    return !(err && err->code);
}

cJSON *bp_stream_parse(const char *bytes, size_t length, struct bp_err *err) {
    if (memchr(bytes, '\0', length)) {
        bp_fail(err, BP_E_FORMAT, "holds a zero byte");
        return NULL;
    }
    char *clean = bp_utf8_clean(bytes, length);
    cJSON *document = bp_json_parse(clean, strlen(clean), err);
    free(clean);
    return document;
}
