/*
 * The one way to read foreign bytes: a view of a buffer that knows its bounds and
 * its byte order. Reads are at an offset from the start of the view; a read that
 * would leave the view gives zero and sets `failed`, which stays set. So a reader
 * may take several fields and ask once whether all of them were there.
 */
#ifndef BP_BASE_CURSOR_H
#define BP_BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bp_cursor {
    const uint8_t *data; /* not owned */
    size_t size;         /* bytes */
    bool big_endian;
    bool failed;
};

struct bp_cursor bp_cursor_of(const void *data, size_t size);

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

#endif
