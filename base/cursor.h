/*
 * The one way to read foreign bytes: a view of a buffer that knows its bounds and
 * its byte order. Reads are at an offset from the start of the view; a read that
 * would leave the view gives zero and sets `failed`, which stays set. So a reader
 * may take several fields and ask once whether all of them were there.
 *
 * A view may note every byte that is read through it, or be of a file of which only some
 * ranges are held: a read of others fails like one that would leave the view, and the ranges
 * say that bytes were missed.
 */
#ifndef BP_BASE_CURSOR_H
#define BP_BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/byte_ranges.h"

struct bp_cursor {
    const uint8_t *data; /* not owned; NULL where only ranges are held */
    size_t size;         /* bytes */
    bool big_endian;
    bool failed;
    struct bp_byte_ranges *ranges; /* not owned; NULL: nothing is noted, and all bytes are held */
    uint64_t start;                /* of the view, in the file that the ranges are of */
};

struct bp_cursor bp_cursor_of(const void *data, size_t size);

/* The same; every byte that is read is noted in *notes, which has to outlive the view. */
struct bp_cursor bp_cursor_noting(const void *data, size_t size, struct bp_byte_ranges *notes);

/* A file of `size` bytes of which only *held is held, which has to outlive the view. */
struct bp_cursor bp_cursor_of_ranges(struct bp_byte_ranges *held, size_t size);

/* Whether `length` bytes at `offset` lie in the view. Never overflows, never sets `failed`. */
bool bp_cursor_has(const struct bp_cursor *cursor, uint64_t offset, uint64_t length);

uint8_t bp_cursor_u8(struct bp_cursor *cursor, uint64_t offset);
uint16_t bp_cursor_u16(struct bp_cursor *cursor, uint64_t offset);
uint32_t bp_cursor_u32(struct bp_cursor *cursor, uint64_t offset);
uint64_t bp_cursor_u64(struct bp_cursor *cursor, uint64_t offset);

/*
 * The part of the view at `offset`, `length` bytes long, in the same byte order.
 * Out of bounds gives an empty view and sets `failed` in both.
 */
struct bp_cursor bp_cursor_part(struct bp_cursor *cursor, uint64_t offset, uint64_t length);

/*
 * A zero-ended string at `offset` that ends inside the view, pointing into the
 * view, or NULL (and `failed` set) where there is none.
 */
const char *bp_cursor_string(struct bp_cursor *cursor, uint64_t offset);

/* `length` bytes at `offset`, pointing into the view, or NULL (and `failed` set). */
const uint8_t *bp_cursor_bytes(struct bp_cursor *cursor, uint64_t offset, uint64_t length);

/* Whether those bytes stand at `offset`. Never sets `failed`. */
bool bp_cursor_is(const struct bp_cursor *cursor, uint64_t offset, const void *bytes,
                  size_t length);

/*
 * What is held in one piece from `offset` on, for a reader that finds out by itself how much it
 * needs and tells it to bp_cursor_note. NULL with *length 0 where nothing is.
 */
const uint8_t *bp_cursor_run(const struct bp_cursor *cursor, uint64_t offset, size_t *length);

/*
 * Notes `length` bytes at `offset`, as far as they lie in the view, as if they had been read: a
 * table is worth keeping whole where its fields are read one by one. Nothing happens in a view
 * that notes nothing.
 */
void bp_cursor_note(const struct bp_cursor *cursor, uint64_t offset, uint64_t length);

#endif
