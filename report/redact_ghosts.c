#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/binary/ghost.h"
#include "probe/bitsandbytes.h"
#include "probe/library_files.h"
#include "report/fact_type.h"
#include "report/redact.h"
#include "report/redact_scan.h"

/* Bytes of a string that could name anyone; shorter ones are chance. */
enum { SHORTEST = 4 };

enum outcome { UNCHANGED, CHANGED, TOO_LONG };

static void leave_out(cJSON *object, const char *reason) {
    static const char *const members[] = {"size", "ranges", "packing", "bytes", "left_out"};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        cJSON_DeleteItemFromObjectCaseSensitive(object, members[i]);
    }
    bp_json_set_text(object, "left_out", reason);
}

/* Redacts the string of `length` bytes in place; zero bytes fill what it becomes shorter by. */
static enum outcome redact_string(struct bp_redactor *redactor, uint8_t *bytes, size_t length) {
    char *text = bp_strndup((const char *)bytes, length);
    char *redacted = bp_redact_text(redactor, text);
    size_t new_length = strlen(redacted);
    enum outcome outcome = UNCHANGED;
    if (strcmp(text, redacted) != 0) {
        outcome = new_length <= length ? CHANGED : TOO_LONG;
    }
    if (outcome == CHANGED) {
        memset(bytes, 0, length);
        memcpy(bytes, redacted, new_length);
    }
    free(redacted);
    free(text);
    return outcome;
}

static enum outcome redact_range(struct bp_redactor *redactor, uint8_t *bytes, size_t size) {
    enum outcome outcome = UNCHANGED;
    size_t at = 0;
    while (at < size && outcome != TOO_LONG) {
        size_t end = at;
        while (end < size && bytes[end] >= 0x20 && bytes[end] != 0x7f) {
            end++;
        }
        if (end - at >= SHORTEST) {
            enum outcome this_one = redact_string(redactor, bytes + at, end - at);
            outcome = this_one == UNCHANGED ? outcome : this_one;
        }
        at = end + 1;
    }
    return outcome;
}

static enum outcome redact_bytes(struct bp_redactor *redactor, struct bp_ghost *ghost) {
    enum outcome outcome = UNCHANGED;
    uint8_t *bytes = ghost->bytes;
    for (size_t i = 0; i < ghost->ranges.count && outcome != TOO_LONG; i++) {
        size_t length = (size_t)ghost->ranges.items[i].length;
        enum outcome this_one = redact_range(redactor, bytes, length);
        outcome = this_one == UNCHANGED ? outcome : this_one;
        bytes += length;
    }
    return outcome;
}

/* What is read of ghosts. One that lacks the bytes for the first may do for the second. */
enum { WISH_COUNT = 2 };

static cJSON *facts_for(struct bp_ghost *ghost, size_t wish) {
    struct bp_binary_wishes wishes = wish == 0 ? bp_bitsandbytes_wishes(NULL) : bp_library_wishes;
    return bp_ghost_facts(ghost, &wishes);
}

/* Names in a table may share their ends, so that what was put over one may stand in another. */
static bool says_the_same(struct bp_ghost *ghost, cJSON *const expected[]) {
    bool same = true;
    for (size_t i = 0; i < WISH_COUNT; i++) {
        cJSON *facts = facts_for(ghost, i);
        same = same && (expected[i] ? cJSON_Compare(facts, expected[i], true) : !facts);
        cJSON_Delete(facts);
    }
    return same;
}

static void redact_held(struct bp_redactor *redactor, struct bp_ghost *ghost, cJSON *object) {
    cJSON *expected[WISH_COUNT];
    for (size_t i = 0; i < WISH_COUNT; i++) {
        expected[i] = facts_for(ghost, i);
        if (expected[i]) {
            bp_redact_item(redactor, expected[i], NULL); /* as its bytes: free text */
        }
    }
    enum outcome outcome = redact_bytes(redactor, ghost);
    if (outcome == TOO_LONG || (outcome == CHANGED && !says_the_same(ghost, expected))) {
        leave_out(object, "what has to be redacted cannot be taken out of its bytes");
    } else if (outcome == CHANGED) {
        bp_ghost_put(ghost, object);
    }
    for (size_t i = 0; i < WISH_COUNT; i++) {
        cJSON_Delete(expected[i]);
    }
}

void bp_redact_ghost(struct bp_redactor *redactor, cJSON *object, const cJSON *node) {
    cJSON *member = NULL;
    cJSON_ArrayForEach(member, object) {
        if (!bp_equal(member->string, "bytes")) {
            bp_redact_item(redactor, member,
                           bp_fact_inside(redactor->schema, node, member->string));
        }
    }
    const char *reason = bp_json_text(object, "left_out");
    if (reason) {
        char *kept = bp_strdup(reason);
        leave_out(object, kept);
        free(kept);
        return;
    }
    struct bp_ghost ghost;
    struct bp_err err = {0};
    if (bp_ghost_read(&ghost, object, &err) == 0) {
        redact_held(redactor, &ghost, object);
    } else {
        leave_out(object, bp_err_text(&err));
    }
    bp_ghost_free(&ghost);
    bp_err_clear(&err);
}
