/*
 * Reading what the person names on the command line. Every message names the file and
 * what is wrong with it, in one line.
 */
#ifndef BP_REPORT_INPUT_H
#define BP_REPORT_INPUT_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "base/error.h"
#include "base/str.h"
#include "checks/catalogue.h"

/* Largest JSON document and largest log that are read, in bytes. */
#define BP_DOCUMENT_LIMIT ((size_t)64 << 20)
#define BP_LOG_LIMIT ((size_t)16 << 20)
#define BP_PATTERN_LIMIT ((size_t)1 << 20)

/*
 * Appends the bytes of a file or pipe, or of standard input for "-", to *bytes. More than
 * `limit` bytes, a folder, a pipe or a device is an error.
 */
int bp_input_read(const char *path, size_t limit, struct bp_str *bytes, struct bp_err *err);

/*
 * Opens a file or a pipe for reading; a folder, a device or a file of more than `limit`
 * bytes is an error. The descriptor, or -1.
 */
int bp_input_open(const char *path, size_t limit, struct bp_err *err);

/*
 * A log as text: UTF-8 with what is not UTF-8 replaced; UTF-16 with its mark (as
 * PowerShell writes it) is turned into UTF-8; terminal colours are taken out. NULL on
 * error. The caller frees it.
 */
char *bp_input_log(const char *path, struct bp_err *err);

/* A report made earlier. Ends with bp_earlier_report_free. */
struct bp_earlier_report {
    cJSON *snapshot;    /* with its paths as they were redacted: $HOME and the like */
    char *collected_at; /* NULL: that is not said */
    cJSON *withheld;    /* its receipt (report/withheld.h), or NULL */
    cJSON *paths;       /* what names of folders stood for (report/rooted_paths.h), or NULL */
};

/* Reads one, or the bare snapshot out of one. */
int bp_input_report(const char *path, struct bp_earlier_report *report, struct bp_err *err);

void bp_earlier_report_free(struct bp_earlier_report *report);

/*
 * Adds each *.json file of the folders, in the order of their names. On an error the rest is still
 * tried; each message goes to *problems, that a folder cannot be read, too.
 */
void bp_input_patterns(const struct bp_strs *folders, struct bp_catalogue *catalogue,
                       struct bp_strs *problems);

/* Fills in *err: the file, or standard input for "-", and what is wrong with it. Returns -1. */
int bp_input_fail(const char *path, enum bp_err_code code, const char *says, struct bp_err *err);
int bp_input_fail_size(const char *path, size_t limit, struct bp_err *err);

/* A name or a piece of foreign text for a message: one line, no control characters, not long. */
char *bp_input_shown(const char *text);

#endif
