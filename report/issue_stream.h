/* A file that is read piece by piece: lines, or the elements of a JSON array. */
#ifndef BP_REPORT_ISSUE_STREAM_H
#define BP_REPORT_ISSUE_STREAM_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/str.h"

struct bp_stream {
    int fd;
    struct bp_str buffer;
    size_t at; /* the bytes before were handed out */
    bool ended;
    size_t line; /* of the place `at`, from 1 */
};

/* Opens a file or pipe, or standard input for "-". Ended with bp_stream_close. */
int bp_stream_open(struct bp_stream *stream, const char *path, struct bp_err *err);
void bp_stream_close(struct bp_stream *stream);

/* Reads more behind what is there; false at the end. A piece beyond `limit` bytes is an error. */
bool bp_stream_more(struct bp_stream *stream, size_t limit, struct bp_err *err);

/*
 * The next line without its end, or false at the end of the file or on an error. It points
 * into the buffer and lasts until the next call.
 */
bool bp_stream_line(struct bp_stream *stream, size_t limit, const char **line, size_t *length,
                    struct bp_err *err);

/*
 * The next "{...}" outside any other, whatever stands between: the elements of an array, or
 * documents one after the other. *complete is false where the file ends inside one.
 */
bool bp_stream_object(struct bp_stream *stream, size_t limit, const char **object, size_t *length,
                      bool *complete, struct bp_err *err);

/*
 * Parses a piece that may not be UTF-8: a broken character does not cost the document. NULL on
 * an error. The caller deletes it.
 */
cJSON *bp_stream_parse(const char *bytes, size_t length, struct bp_err *err);

#endif
