/* Keeps part of what a command prints; the input is cut where it holds a byte 0xff. */
#include "probe/kept_output.h"

#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

void fuzz_one(const uint8_t *data, size_t size) {
    struct bp_kept_output *kept = bp_kept_output_new();
    int stream = 0;
    size_t total = 0;
    /* Said again and again, so that the beginning, the end and the places between all fill. */
    for (int turn = 0; turn < 1 + (int)(size % 16 == 0) * 2000 / (int)(size / 64 + 1); turn++) {
        for (size_t at = 0; at < size;) {
            const uint8_t *cut = memchr(data + at, 0xff, size - at);
            size_t length = cut ? (size_t)(cut - data) - at : size - at;
            bp_kept_output_add(kept, stream, (const char *)data + at, length);
            total += length;
            at += length + 1;
            stream = !stream;
        }
    }
    struct bp_str text = BP_STR_EMPTY;
    bp_kept_output_write(kept, &text);
    if (bp_kept_output_total(kept) != total) {
        abort();
    }
    bp_str_free(&text);
    bp_kept_output_free(kept);
}
