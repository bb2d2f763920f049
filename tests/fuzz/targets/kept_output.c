/* Keeps part of what a command prints; the input is cut where it holds a byte 0xff. */
#include "probe/kept_output.h"

#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

/* Adds the input part by part, to one stream and the other. */
static size_t add_parts(struct bp_kept_output *kept, const uint8_t *data, size_t size) {
    size_t total = 0;
    int stream = 0;
    for (size_t at = 0; at < size;) {
        const uint8_t *cut = memchr(data + at, 0xff, size - at);
        size_t length = cut ? (size_t)(cut - data) - at : size - at;
        bp_kept_output_add(kept, stream, (const char *)data + at, length);
        total += length;
        at += length + 1;
        stream = !stream;
    }
    return total;
}

/* Adds it again and again, at once, so that beginning, end and the places between all fill. */
static size_t add_much(struct bp_kept_output *kept, const uint8_t *data, size_t size) {
    struct bp_str much = BP_STR_EMPTY;
    while (size && much.length < BP_KEPT_HEAD + BP_KEPT_TAIL) {
        bp_str_add_bytes(&much, data, size);
    }
    size_t total = much.length;
    bp_kept_output_add(kept, 0, much.data, total);
    bp_str_free(&much);
    return total;
}

void fuzz_one(const uint8_t *data, size_t size) {
    struct bp_kept_output *kept = bp_kept_output_new();
    size_t total = add_parts(kept, data, size);
    if (size % 16 == 0) {
        total += add_much(kept, data, size);
    }
    struct bp_str text = BP_STR_EMPTY;
    bp_kept_output_write(kept, &text);
    if (bp_kept_output_total(kept) != total) {
        abort();
    }
    bp_str_free(&text);
    bp_kept_output_free(kept);
}
