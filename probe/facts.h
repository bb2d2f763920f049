/*
 * Where a collector puts what it learns. In a collector's child each fact is one line
 * of JSON on a pipe, written as it is learned, so that a crash loses only what was not
 * learned yet; an end record tells a finished collector from one that called exit.
 */
#ifndef BP_PROBE_FACTS_H
#define BP_PROBE_FACTS_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/attributes.h"
#include "base/str.h"

/* How a collector fared. In the snapshot as the lower-case word. */
enum bp_status {
    BP_STATUS_OK,
    BP_STATUS_ABSENT,  /* its subject is not on this machine */
    BP_STATUS_DENIED,  /* may not be looked at */
    BP_STATUS_TIMEOUT, /* did not end in time */
    BP_STATUS_CRASHED, /* ended by a signal, or without its end record */
    BP_STATUS_ERROR,
};
const char *bp_status_word(enum bp_status status);

struct bp_facts;

/*
 * Facts that go out as lines on `fd` and, where it is not NULL, into `document` (not owned)
 * as well: what collectors that run later in the same child see. Close with bp_facts_end.
 */
struct bp_facts *bp_facts_to_pipe(int fd, cJSON *document);

/* The pipe's descriptor, for a program that goes on with these facts in this child's place. */
int bp_facts_descriptor(const struct bp_facts *facts);

/*
 * Puts `value` (owned by this call) at `pointer` of the snapshot, e.g.
 * "/cuda/driver/version". Putting again at the same pointer replaces. A null value
 * says that it could not be learned; bp_facts_unknown says why.
 */
void bp_facts_put(struct bp_facts *facts, const char *pointer, cJSON *value);
void bp_facts_put_text(struct bp_facts *facts, const char *pointer, const char *text);
void bp_facts_put_number(struct bp_facts *facts, const char *pointer, double number);
void bp_facts_put_bool(struct bp_facts *facts, const char *pointer, bool value);

/*
 * Says why the fact at `pointer` could not be learned: kept under the collector's
 * "unknown" member, pointer to reason.
 */
void bp_facts_unknown(struct bp_facts *facts, const char *pointer, const char *format, ...)
    BP_PRINTF(3, 4);

/* Sets how the collector fared; the last call holds. Without one it is "ok". */
void bp_facts_status(struct bp_facts *facts, enum bp_status status, const char *format, ...)
    BP_PRINTF(3, 4);

/*
 * Says that `count` things could not be looked at, of which `first` is one: a collector that would
 * be "ok" or "absent" is in "error" then.
 */
void bp_facts_trouble(struct bp_facts *facts, size_t count, const char *first);

/* Says that the facts were gathered behind a fence, and which parts of it held. */
struct bp_fence_parts;
void bp_facts_fenced(struct bp_facts *facts, const struct bp_fence_parts *parts);

/*
 * Says that `count` files are there and were not read, of which `first` is one. What seemed absent
 * is "denied" then where that one is closed to this user, else in "error".
 */
void bp_facts_refused(struct bp_facts *facts, size_t count, const char *first, bool closed);

/* Writes the end record (status, detail, unknowns) and frees *facts. */
void bp_facts_end(struct bp_facts *facts);

/* What the parent made of one collector's lines. */
struct bp_facts_report {
    bool ended; /* the end record was there */
    enum bp_status status;
    double ms;      /* from the start of the facts to their end record */
    char *detail;   /* owned, may be NULL */
    cJSON *fence;   /* owned; which parts of it held, or NULL: there was none */
    cJSON *unknown; /* owned, may be NULL: pointer to reason */
    int bad_lines;  /* lines that are no fact */
};

/*
 * Puts the facts of `lines` into `snapshot`, up to and with the first end record. Lines that
 * are no fact are counted and skipped. Returns how many bytes that took.
 */
size_t bp_facts_merge(cJSON *snapshot, const char *lines, size_t length,
                      struct bp_facts_report *report);
/* Whether a whole end record is among the lines. */
bool bp_facts_has_end(const char *lines, size_t length);

void bp_facts_report_free(struct bp_facts_report *report);

#endif
