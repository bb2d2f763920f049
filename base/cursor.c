#include "base/cursor.h"

#include <string.h>

struct bp_cursor bp_cursor_of(const void *data, size_t size) {
    return (struct bp_cursor){.data = data, .size = data ? size : 0};
}

bool bp_cursor_has(const struct bp_cursor *cursor, uint64_t offset, uint64_t length) {
    return offset <= cursor->size && length <= cursor->size - offset;
}

struct bp_cursor bp_cursor_noting(const void *data, size_t size, struct bp_byte_ranges *notes) {
    struct bp_cursor cursor = bp_cursor_of(data, size);
    cursor.ranges = notes;
    return cursor;
}

struct bp_cursor bp_cursor_of_ranges(struct bp_byte_ranges *held, size_t size) {
    return (struct bp_cursor){.size = size, .ranges = held};
}

void bp_cursor_note(const struct bp_cursor *cursor, uint64_t offset, uint64_t length) {
    if (!cursor->ranges || cursor->ranges->holds || offset >= cursor->size) {
        return;
    }
    uint64_t rest = cursor->size - offset;
    bp_byte_ranges_note(cursor->ranges, cursor->start + offset, length < rest ? length : rest);
}

const uint8_t *bp_cursor_run(const struct bp_cursor *cursor, uint64_t offset, size_t *length) {
    *length = 0;
    if (offset >= cursor->size) {
        return NULL;
    }
    uint64_t rest = cursor->size - offset;
    uint64_t held = rest;
    const uint8_t *bytes = cursor->ranges && cursor->ranges->holds
                               ? bp_byte_ranges_at(cursor->ranges, cursor->start + offset, &held)
                               : cursor->data + offset;
    *length = (size_t)(held < rest ? held : rest);
    return bytes;
}

/* The bytes of a range that lies in the view, noted; NULL where they are not held. */
static const uint8_t *look(const struct bp_cursor *cursor, uint64_t offset, uint64_t length) {
    if (!cursor->ranges) {
        return cursor->data + offset;
    }
    size_t held = 0;
    const uint8_t *bytes = bp_cursor_run(cursor, offset, &held);
    if (held < length) {
        cursor->ranges->missed = true;
        return NULL;
    }
    bp_cursor_note(cursor, offset, length);
    return bytes;
}

const uint8_t *bp_cursor_bytes(struct bp_cursor *cursor, uint64_t offset, uint64_t length) {
    static const uint8_t none;
    const uint8_t *bytes = NULL;
    if (bp_cursor_has(cursor, offset, length)) {
        bytes = length ? look(cursor, offset, length) : &none;
    }
    cursor->failed |= !bytes;
    return bytes;
}

bool bp_cursor_is(const struct bp_cursor *cursor, uint64_t offset, const void *bytes,
                  size_t length) {
    if (!length || !bp_cursor_has(cursor, offset, length)) {
        return !length;
    }
    const uint8_t *there = look(cursor, offset, length);
    return there && memcmp(there, bytes, length) == 0;
}

static uint64_t read_number(struct bp_cursor *cursor, uint64_t offset, unsigned bytes) {
    const uint8_t *data = bp_cursor_has(cursor, offset, bytes) ? look(cursor, offset, bytes) : NULL;
    if (!data) {
        cursor->failed = true;
        return 0;
    }
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i++) {
        unsigned shift = 8 * (cursor->big_endian ? bytes - 1 - i : i);
        value |= (uint64_t)data[i] << shift;
    }
    return value;
}

uint8_t bp_cursor_u8(struct bp_cursor *cursor, uint64_t offset) {
    return (uint8_t)read_number(cursor, offset, 1);
}

uint16_t bp_cursor_u16(struct bp_cursor *cursor, uint64_t offset) {
    return (uint16_t)read_number(cursor, offset, 2);
}

uint32_t bp_cursor_u32(struct bp_cursor *cursor, uint64_t offset) {
    return (uint32_t)read_number(cursor, offset, 4);
}

uint64_t bp_cursor_u64(struct bp_cursor *cursor, uint64_t offset) {
    return read_number(cursor, offset, 8);
}

struct bp_cursor bp_cursor_part(struct bp_cursor *cursor, uint64_t offset, uint64_t length) {
    struct bp_cursor part = *cursor;
    if (!bp_cursor_has(cursor, offset, length)) {
        cursor->failed = true;
        part.failed = true;
        part.size = 0;
        return part;
    }
    part.data = cursor->data ? cursor->data + offset : NULL;
    part.start = cursor->start + offset;
    part.size = (size_t)length;
    return part;
}

const char *bp_cursor_string(struct bp_cursor *cursor, uint64_t offset) {
    size_t length = 0;
    const uint8_t *start = bp_cursor_run(cursor, offset, &length);
    const uint8_t *end = start ? memchr(start, '\0', length) : NULL;
    if (end) {
        bp_cursor_note(cursor, offset, (uint64_t)(end - start) + 1);
        return (const char *)start;
    }
    if (start && cursor->ranges) { /* it takes all of the view to know that no end is in it */
        cursor->ranges->missed |= length < cursor->size - offset;
        bp_cursor_note(cursor, offset, length);
    }
    cursor->failed = true;
    return NULL;
}
