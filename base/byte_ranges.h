/*
 * Ranges of a file's bytes, in order and apart. Either they note which bytes a reader looked at
 * (base/cursor.h), or they hold the bytes of a file that is not here itself.
 */
#ifndef BP_BASE_BYTE_RANGES_H
#define BP_BASE_BYTE_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bp_byte_range {
    uint64_t offset;     /* from the start of the file */
    uint64_t length;     /* bytes; never 0 */
    const uint8_t *data; /* not owned; NULL where the range only notes */
};

/* Start from {0} for notes, end with bp_byte_ranges_free. */
struct bp_byte_ranges {
    struct bp_byte_range *items;
    size_t count;
    size_t capacity;
    bool holds;  /* the ranges hold bytes, and nothing can be noted */
    bool missed; /* bytes were asked for that the ranges do not hold */
};

/* Notes `length` bytes at `offset`, in any order. */
void bp_byte_ranges_note(struct bp_byte_ranges *ranges, uint64_t offset, uint64_t length);

/* Puts the notes in order and joins those that touch. */
void bp_byte_ranges_settle(struct bp_byte_ranges *ranges);

/* Bytes in all ranges, which have to be settled. */
uint64_t bp_byte_ranges_total(const struct bp_byte_ranges *ranges);

/*
 * The bytes held from `offset` on, their number in *length; NULL with *length 0 where none are,
 * which sets `missed`.
 */
const uint8_t *bp_byte_ranges_at(struct bp_byte_ranges *ranges, uint64_t offset, uint64_t *length);

void bp_byte_ranges_free(struct bp_byte_ranges *ranges);

#endif
