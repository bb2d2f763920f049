#include "probe/facts.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "probe/os/clock.h"
#include "probe/os/descriptors.h"
#include "probe/os/fence.h"

struct bp_facts {
    int fd;
    cJSON *document; /* not owned; NULL: facts do not go into one */
    enum bp_status status;
    char *detail;
    cJSON *unknown;
    cJSON *fence; /* NULL: there was none */
    double started_ms;
    int lost; /* lines that could not be written */
};

/* How the line begins that bp_facts_end writes. */
static const char end_begins[] = "{\"end\":";

static const char *const status_words[] = {
    [BP_STATUS_OK] = "ok",           [BP_STATUS_ABSENT] = "absent",   [BP_STATUS_DENIED] = "denied",
    [BP_STATUS_TIMEOUT] = "timeout", [BP_STATUS_CRASHED] = "crashed", [BP_STATUS_ERROR] = "error",
};

const char *bp_status_word(enum bp_status status) {
    return status_words[status];
}

struct bp_facts *bp_facts_to_pipe(int fd, cJSON *document) {
    struct bp_facts *facts = bp_alloc(sizeof *facts);
    *facts = (struct bp_facts){.fd = fd, .document = document};
    facts->unknown = cJSON_CreateObject();
    facts->started_ms = bp_now_ms();
    return facts;
}

int bp_facts_descriptor(const struct bp_facts *facts) {
    return facts->fd;
}

/* One line a document: cJSON escapes line ends inside strings. */
static void write_line(struct bp_facts *facts, const cJSON *line) {
    char *text = bp_json_print(line, false);
    char *clean = bp_utf8_clean(text, strlen(text));
    struct bp_str whole = BP_STR_EMPTY;
    bp_str_addf(&whole, "%s\n", clean);
    /* Mostly nobody reads any more then: the parent gave us up. */
    facts->lost += bp_descriptor_write(facts->fd, whole.data, whole.length) != 0;
    bp_str_free(&whole);
    free(clean);
    free(text);
}

void bp_facts_put(struct bp_facts *facts, const char *pointer, cJSON *value) {
    cJSON *line = cJSON_CreateObject();
    bp_json_set_text(line, "at", pointer);
    cJSON_AddItemReferenceToObject(line, "value", value);
    write_line(facts, line);
    cJSON_Delete(line);
    if (facts->document) {
        bp_json_put(facts->document, pointer, value);
    } else {
        cJSON_Delete(value);
    }
}

void bp_facts_put_text(struct bp_facts *facts, const char *pointer, const char *text) {
    bp_facts_put(facts, pointer, text ? cJSON_CreateString(text) : cJSON_CreateNull());
}

void bp_facts_put_number(struct bp_facts *facts, const char *pointer, double number) {
    bp_facts_put(facts, pointer, cJSON_CreateNumber(number));
}

void bp_facts_put_bool(struct bp_facts *facts, const char *pointer, bool value) {
    bp_facts_put(facts, pointer, cJSON_CreateBool(value));
}

void bp_facts_unknown(struct bp_facts *facts, const char *pointer, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *reason = bp_formatv(format, arguments);
    va_end(arguments);
    bp_json_set_text(facts->unknown, pointer, reason);
    free(reason);
}

void bp_facts_status(struct bp_facts *facts, enum bp_status status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    free(facts->detail);
    facts->detail = bp_formatv(format, arguments);
    va_end(arguments);
    facts->status = status;
}

/* `words` is owned by this call. */
static void add_detail(struct bp_facts *facts, char *words) {
    char *detail = facts->detail ? bp_format("%s; %s", facts->detail, words) : bp_strdup(words);
    free(words);
    free(facts->detail);
    facts->detail = detail;
}

/*
 * Adds words to the detail of one that is not ok any more. What could not be looked at may be what
 * seemed absent.
 */
static void spoil(struct bp_facts *facts, char *words) {
    add_detail(facts, words);
    if (facts->status == BP_STATUS_OK || facts->status == BP_STATUS_ABSENT) {
        facts->status = BP_STATUS_ERROR;
    }
}

void bp_facts_trouble(struct bp_facts *facts, size_t count, const char *first) {
    spoil(facts, bp_format("%zu %s could not be looked at: %s", count,
                           count == 1 ? "file" : "files, of which this is the first,", first));
}

void bp_facts_fenced(struct bp_facts *facts, const struct bp_fence_parts *parts) {
    cJSON_Delete(facts->fence);
    facts->fence = cJSON_CreateArray();
    const struct {
        bool holds;
        const char *word;
    } words[] = {
        {parts->limits, "limits"}, {parts->system_calls, "system_calls"}, {parts->files, "files"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (words[i].holds) {
            cJSON_AddItemToArray(facts->fence, cJSON_CreateString(words[i].word));
        }
    }
}

void bp_facts_refused(struct bp_facts *facts, size_t count, const char *first, bool closed) {
    add_detail(facts, bp_format("%zu %s not read: %s", count,
                                count == 1 ? "file was" : "files, of which this is the first, were",
                                first));
    if (facts->status == BP_STATUS_ABSENT) {
        facts->status = closed ? BP_STATUS_DENIED : BP_STATUS_ERROR;
    }
}

void bp_facts_end(struct bp_facts *facts) {
    if (facts->lost) {
        spoil(facts, bp_format("facts that could not be written: %d", facts->lost));
    }
    cJSON *line = cJSON_CreateObject();
    bp_json_set_text(line, "end", bp_status_word(facts->status));
    bp_json_set_number(line, "ms", bp_now_ms() - facts->started_ms);
    bp_json_set_text(line, "detail", facts->detail);
    cJSON_AddItemToObject(line, "unknown", facts->unknown);
    if (facts->fence) {
        cJSON_AddItemToObject(line, "fence", facts->fence);
    }
    write_line(facts, line);
    cJSON_Delete(line);
    free(facts->detail);
    free(facts);
}

static bool status_of(const char *word, enum bp_status *status) {
    for (size_t i = 0; word && i < sizeof status_words / sizeof *status_words; i++) {
        if (strcmp(word, status_words[i]) == 0) {
            *status = (enum bp_status)i;
            return true;
        }
    }
    return false;
}

/* Takes one line in. Returns whether it was a fact or the end record. */
static bool take_line(cJSON *snapshot, cJSON *line, struct bp_facts_report *report) {
    const char *pointer = bp_json_text(line, "at");
    if (pointer) {
        cJSON *value = cJSON_DetachItemFromObjectCaseSensitive(line, "value");
        return value && bp_json_put(snapshot, pointer, value) == 0;
    }
    if (!status_of(bp_json_text(line, "end"), &report->status)) {
        return false;
    }
    report->ended = true;
    report->ms = bp_json_number(line, "ms", 0);
    free(report->detail);
    report->detail = bp_strdup(bp_json_text(line, "detail"));
    cJSON_Delete(report->unknown);
    report->unknown = cJSON_DetachItemFromObjectCaseSensitive(line, "unknown");
    cJSON_Delete(report->fence);
    report->fence = cJSON_DetachItemFromObjectCaseSensitive(line, "fence");
    return true;
}

size_t bp_facts_merge(cJSON *snapshot, const char *lines, size_t length,
                      struct bp_facts_report *report) {
    *report = (struct bp_facts_report){0};
    size_t start = 0;
    while (start < length && !report->ended) {
        const char *stop = memchr(lines + start, '\n', length - start);
        size_t line_length = stop ? (size_t)(stop - lines) - start : length - start;
        cJSON *line = bp_json_parse(lines + start, line_length, NULL);
        if (!line || !take_line(snapshot, line, report)) {
            report->bad_lines++;
        }
        cJSON_Delete(line);
        start += line_length + (stop ? 1 : 0);
    }
    return start;
}

bool bp_facts_has_end(const char *lines, size_t length) {
    const char *end = lines + length;
    for (const char *at = lines; at < end;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t line_length = stop ? (size_t)(stop - at) : 0;
        if (line_length >= sizeof end_begins - 1 &&
            memcmp(at, end_begins, sizeof end_begins - 1) == 0) {
            return true;
        }
        at = stop ? stop + 1 : end;
    }
    return false;
}

void bp_facts_report_free(struct bp_facts_report *report) {
    free(report->detail);
    cJSON_Delete(report->unknown);
    cJSON_Delete(report->fence);
    *report = (struct bp_facts_report){0};
}
