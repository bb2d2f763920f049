#include "base/cursor.h"

#include <string.h>

struct bp_cursor bp_cursor_of(const void *data, size_t size) {
    return (struct bp_cursor){.data = data, .size = data ? size : 0};
}

bool bp_cursor_has(const struct bp_cursor *cursor, uint64_t offset, uint64_t length) {
    return offset <= cursor->size && length <= cursor->size - offset;
}

static uint64_t read_number(struct bp_cursor *cursor, uint64_t offset, unsigned bytes) {
    if (!bp_cursor_has(cursor, offset, bytes)) {
        cursor->failed = true;
        return 0;
    }
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i++) {
        unsigned shift = 8 * (cursor->big_endian ? bytes - 1 - i : i);
        value |= (uint64_t)cursor->data[offset + i] << shift;
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
    part.data = cursor->data + offset;
    part.size = (size_t)length;
    return part;
}

const char *bp_cursor_string(struct bp_cursor *cursor, uint64_t offset) {
    if (offset < cursor->size) {
        const char *start = (const char *)cursor->data + offset;
        if (memchr(start, '\0', cursor->size - (size_t)offset)) {
            return start;
        }
    }
    cursor->failed = true;
    return NULL;
}
