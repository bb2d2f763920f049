#include "report/input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "probe/os/descriptors.h"
#include "report/json_nesting.h"
#include "report/plain.h"
#include "report/terminal_system.h"

enum { SHOWN_LIMIT = 200, CHUNK = 65536 };

char *bp_input_shown(const char *text) {
    char *plain = bp_show_line(text);
    struct bp_str shown = BP_STR_EMPTY;
    bp_str_add(&shown, plain);
    free(plain);
    if (shown.length > SHOWN_LIMIT) {
        bp_str_truncate(&shown, bp_utf8_floor(shown.data, SHOWN_LIMIT));
        bp_str_add(&shown, "...");
    }
    return bp_str_detach(&shown);
}

int bp_input_fail(const char *path, enum bp_err_code code, const char *says, struct bp_err *err) {
    char *shown = bp_input_shown(bp_equal(path, "-") ? "standard input" : path);
    bp_fail(err, code, "%s: %s", shown, says);
    free(shown);
    return -1;
}

int bp_input_fail_size(const char *path, size_t limit, struct bp_err *err) {
    char *says = bp_format("is larger than %zu MiB, the most that is read", limit >> 20);
    int result = bp_input_fail(path, BP_E_LIMIT, says, err);
    free(says);
    return result;
}

static int read_all(int fd, const char *path, size_t limit, struct bp_str *bytes,
                    struct bp_err *err) {
    char *chunk = bp_alloc(CHUNK);
    size_t start = bytes->length;
    int result = 0;
    for (;;) {
        ptrdiff_t got = bp_descriptor_read(fd, chunk, CHUNK);
        if (got < 0) {
            result = bp_input_fail(path, BP_E_SYSTEM, strerror(errno), err);
            break;
        }
        if (got == 0) {
            break;
        }
        bp_str_add_bytes(bytes, chunk, (size_t)got);
        if (bytes->length - start > limit) {
            result = bp_input_fail_size(path, limit, err);
            break;
        }
    }
    free(chunk);
    return result;
}

int bp_input_read(const char *path, size_t limit, struct bp_str *bytes, struct bp_err *err) {
    if (bp_equal(path, "-")) {
        return read_all(BP_STDIN, path, limit, bytes, err);
    }
    int fd = bp_input_open(path, limit, err);
    if (fd < 0) {
        return -1;
    }
    int result = read_all(fd, path, limit, bytes, err);
    bp_descriptor_close(fd);
    return result;
}

char *bp_input_log(const char *path, struct bp_err *err) {
    struct bp_str bytes = BP_STR_EMPTY;
    char *text = NULL;
    if (bp_input_read(path, BP_LOG_LIMIT, &bytes, err) == 0) {
        text = bp_text_of_bytes(bytes.data, bytes.length);
    }
    bp_str_free(&bytes);
    return text;
}

/* Whether the text stops inside an object, an array or a string: it was cut off. */
static bool is_cut_off(const struct bp_str *text) {
    struct bp_nesting nesting = {0};
    size_t at = 0;
    while (bp_nesting_scan(&nesting, text->data, text->length, &at)) {
    }
    return nesting.depth > 0 || nesting.in_string;
}

static cJSON *parse(const char *path, const struct bp_str *bytes, struct bp_err *err) {
    struct bp_err inner = {0};
    if (bytes->length == 0) {
        bp_input_fail(path, BP_E_FORMAT, "is empty", err);
        return NULL;
    }
    if (memchr(bytes->data, '\0', bytes->length)) {
        bp_input_fail(path, BP_E_FORMAT, "is binary, not JSON", err);
        return NULL;
    }
    for (size_t i = 0, size; i < bytes->length; i += size) {
        size = bp_utf8_sequence(bytes->data + i, bytes->length - i);
        if (!size) {
            char *says = bp_format("is not JSON: byte %zu is no UTF-8", i + 1);
            bp_input_fail(path, BP_E_FORMAT, says, err);
            free(says);
            return NULL;
        }
    }
    cJSON *document = bp_json_parse(bytes->data, bytes->length, &inner);
    if (!document) {
        bool cut = strchr("{[", bytes->data[strspn(bytes->data, " \t\r\n")]) && is_cut_off(bytes);
        char *says = bp_format(cut ? "is cut off: %s" : "is %s", bp_err_text(&inner));
        bp_input_fail(path, BP_E_FORMAT, says, err);
        free(says);
    }
    bp_err_clear(&inner);
    return document;
}

/* Says what the document is instead of a report. */
static int fail_schema(const char *path, const cJSON *document, struct bp_err *err) {
    char *says;
    const char *schema = bp_json_text(document, "schema");
    if (bp_equal(schema, "bnb-probe/1")) {
        says = bp_strdup("says that it is bnb-probe/1 and holds no snapshot");
    } else if (bp_starts_with(schema, "bnb-probe/")) {
        char *shown = bp_input_shown(schema);
        says = bp_format("has the schema '%s'; this bnb-probe (%s) reads bnb-probe/1: use the one "
                         "that wrote it",
                         shown, BP_VERSION);
        free(shown);
    } else if (schema) {
        char *shown = bp_input_shown(schema);
        says = bp_format("has the schema '%s'; a report of bnb-probe (--format json) is needed",
                         shown);
        free(shown);
    } else {
        says =
            bp_format("is JSON (%s without \"schema\") and no report of bnb-probe (--format json)",
                      cJSON_IsArray(document)    ? "an array"
                      : cJSON_IsObject(document) ? "an object"
                                                 : "a single value");
    }
    bp_input_fail(path, BP_E_FORMAT, says, err);
    free(says);
    return -1;
}

static int take_report(const char *path, cJSON *document, struct bp_earlier_report *report,
                       struct bp_err *err) {
    bool whole = bp_equal(bp_json_text(document, "schema"), "bnb-probe/1");
    if (whole && cJSON_IsObject(bp_json_get(document, "snapshot"))) {
        report->collected_at = bp_strdup(bp_json_text(document, "collected_at"));
        report->snapshot = cJSON_DetachItemFromObjectCaseSensitive(document, "snapshot");
        report->withheld = cJSON_DetachItemFromObjectCaseSensitive(document, "withheld");
        report->paths = cJSON_DetachItemFromObjectCaseSensitive(document, "paths");
        return 0;
    }
    if (!bp_json_get(document, "schema") && cJSON_IsObject(bp_json_get(document, "collectors"))) {
        report->snapshot = cJSON_Duplicate(document, true);
        return 0;
    }
    return fail_schema(path, document, err);
}

int bp_input_report(const char *path, struct bp_earlier_report *report, struct bp_err *err) {
    struct bp_str bytes = BP_STR_EMPTY;
    cJSON *document = NULL;
    int result = -1;
    *report = (struct bp_earlier_report){0};
    if (bp_input_read(path, BP_DOCUMENT_LIMIT, &bytes, err) == 0) {
        document = parse(path, &bytes, err);
    }
    bp_str_free(&bytes);
    if (document) {
        result = take_report(path, document, report, err);
    }
    cJSON_Delete(document);
    return result;
}

void bp_earlier_report_free(struct bp_earlier_report *report) {
    cJSON_Delete(report->snapshot);
    cJSON_Delete(report->withheld);
    cJSON_Delete(report->paths);
    free(report->collected_at);
    *report = (struct bp_earlier_report){0};
}
