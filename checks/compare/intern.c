#include "checks/compare/intern.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"

/* FNV-1a. */
static uint64_t hash_of(const char *text) {
    uint64_t hash = 14695981039346656037U;
    for (; *text; text++) {
        hash = (hash ^ (uint8_t)*text) * 1099511628211U;
    }
    return hash;
}

/* The slot that holds the text or, where it is new, the free one for it. */
static size_t *slot_of(const struct bp_interned *texts, const char *text) {
    size_t at = (size_t)(hash_of(text) % texts->slot_count);
    while (texts->slots[at] && !bp_equal(texts->items[texts->slots[at] - 1], text)) {
        at = (at + 1) % texts->slot_count;
    }
    return &texts->slots[at];
}

static void grow(struct bp_interned *texts) {
    texts->slot_count = texts->slot_count ? texts->slot_count * 2 : 16;
    free(texts->slots);
    texts->slots = bp_alloc_array(texts->slot_count, sizeof *texts->slots);
    for (size_t i = 0; i < texts->count; i++) {
        *slot_of(texts, texts->items[i]) = i + 1;
    }
}

size_t bp_interned_number(struct bp_interned *texts, const char *text) {
    if (texts->count * 2 >= texts->slot_count) {
        grow(texts);
    }
    size_t *slot = slot_of(texts, text);
    if (*slot) {
        return *slot - 1;
    }
    if (texts->count == texts->capacity) {
        texts->capacity = texts->capacity ? texts->capacity * 2 : 8;
        texts->items = bp_realloc_array(texts->items, texts->capacity, sizeof *texts->items);
    }
    texts->items[texts->count] = bp_strdup(text);
    *slot = texts->count + 1;
    return texts->count++;
}

void bp_interned_free(struct bp_interned *texts) {
    for (size_t i = 0; i < texts->count; i++) {
        free(texts->items[i]);
    }
    free(texts->items);
    free(texts->slots);
    *texts = (struct bp_interned){0};
}
