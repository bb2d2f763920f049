#include "base/byte_ranges.h"

#include <stdlib.h>

#include "base/memory.h"

/* Whether the two lie beside each other or overlap. */
static bool touch(const struct bp_byte_range *range, uint64_t offset, uint64_t length) {
    return offset <= range->offset + range->length && range->offset <= offset + length;
}

static void join(struct bp_byte_range *range, uint64_t offset, uint64_t length) {
    uint64_t end = range->offset + range->length;
    uint64_t other_end = offset + length;
    range->offset = offset < range->offset ? offset : range->offset;
    range->length = (other_end > end ? other_end : end) - range->offset;
}

void bp_byte_ranges_note(struct bp_byte_ranges *ranges, uint64_t offset, uint64_t length) {
    if (!length) {
        return;
    }
    /* Readers go forward, so most of what they read touches what they read before. */
    for (size_t i = ranges->count; i > 0 && i + 2 > ranges->count; i--) {
        if (touch(&ranges->items[i - 1], offset, length)) {
            join(&ranges->items[i - 1], offset, length);
            return;
        }
    }
    if (ranges->count == ranges->capacity) {
        bp_byte_ranges_settle(ranges);
        if (2 * ranges->count >= ranges->capacity) {
            ranges->capacity = ranges->capacity ? 2 * ranges->capacity : 64;
            ranges->items =
                bp_realloc_array(ranges->items, ranges->capacity, sizeof *ranges->items);
        }
    }
    ranges->items[ranges->count++] = (struct bp_byte_range){.offset = offset, .length = length};
}

static int compare(const void *left, const void *right) {
    uint64_t a = ((const struct bp_byte_range *)left)->offset;
    uint64_t b = ((const struct bp_byte_range *)right)->offset;
    return a < b ? -1 : a > b;
}

void bp_byte_ranges_settle(struct bp_byte_ranges *ranges) {
    if (!ranges->count) {
        return;
    }
    qsort(ranges->items, ranges->count, sizeof *ranges->items, compare);
    size_t kept = 0;
    for (size_t i = 1; i < ranges->count; i++) {
        const struct bp_byte_range *range = &ranges->items[i];
        if (touch(&ranges->items[kept], range->offset, range->length)) {
            join(&ranges->items[kept], range->offset, range->length);
        } else {
            ranges->items[++kept] = *range;
        }
    }
    ranges->count = kept + 1;
}

uint64_t bp_byte_ranges_total(const struct bp_byte_ranges *ranges) {
    uint64_t total = 0;
    for (size_t i = 0; i < ranges->count; i++) {
        total += ranges->items[i].length;
    }
    return total;
}

const uint8_t *bp_byte_ranges_at(struct bp_byte_ranges *ranges, uint64_t offset, uint64_t *length) {
    size_t low = 0;
    size_t high = ranges->count;
    while (low < high) { /* the first range that ends behind `offset` */
        size_t middle = low + (high - low) / 2;
        const struct bp_byte_range *range = &ranges->items[middle];
        if (offset >= range->offset + range->length) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == ranges->count || offset < ranges->items[low].offset) {
        ranges->missed = true;
        *length = 0;
        return NULL;
    }
    uint64_t into = offset - ranges->items[low].offset;
    *length = ranges->items[low].length - into;
    return ranges->items[low].data + into;
}

void bp_byte_ranges_free(struct bp_byte_ranges *ranges) {
    free(ranges->items);
    *ranges = (struct bp_byte_ranges){0};
}
