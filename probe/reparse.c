#include "probe/reparse.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/cursor.h"
#include "base/str.h"
#include "base/utf16.h"

static const uint32_t tag_symbolic_link = 0xa000000c;
static const uint32_t tag_junction = 0xa0000003;
static const uint32_t tag_store_program = 0x8000001b;

/* A path without the marks of the object tree and of long paths, with slashes. */
static char *portable(const char *path) {
    static const char *const marks[] = {"\\??\\", "\\\\?\\"};
    struct bp_str out = BP_STR_EMPTY;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (bp_starts_with(path, marks[i])) {
            path += 4;
            if (bp_starts_with(path, "UNC\\")) {
                path += 4;
                bp_str_add(&out, "//");
            }
            break;
        }
    }
    for (; *path; path++) {
        bp_str_add_char(&out, *path == '\\' ? '/' : *path);
    }
    return bp_str_detach(&out);
}

static char *text_at(struct bp_cursor *answer, uint64_t at, uint64_t bytes) {
    struct bp_cursor part = bp_cursor_part(answer, at, bytes);
    if (part.size != bytes || bytes < 2) {
        return NULL;
    }
    char *text = bp_utf8_of_utf16le(part.data, part.size / 2);
    char *path = portable(text);
    free(text);
    return path;
}

/*
 * u32 tag, u16 length, u16 0; offset and length of the name that is used and of the one that is
 * shown; for symbolic links, u32 flags; then the names.
 */
static char *target_of_link(struct bp_cursor *answer, bool symbolic) {
    uint64_t names = symbolic ? 20 : 16;
    uint16_t print_length = bp_cursor_u16(answer, 14);
    uint16_t offset = bp_cursor_u16(answer, print_length ? 12 : 8);
    uint16_t length = print_length ? print_length : bp_cursor_u16(answer, 10);
    return text_at(answer, names + offset, length);
}

/* u32 version 3; then texts that end in zeros: package, entry point, program. */
static char *target_of_store_program(struct bp_cursor *answer) {
    uint64_t at = 12;
    for (int number = 0;; number++) {
        uint64_t end = at;
        while (end + 2 <= answer->size && bp_cursor_u16(answer, end)) {
            end += 2;
        }
        if (number == 2 || end + 2 > answer->size) {
            return number == 2 ? text_at(answer, at, end - at) : NULL;
        }
        at = end + 2;
    }
}

char *bp_reparse_target(const void *bytes, size_t size) {
    struct bp_cursor answer = bp_cursor_of(bytes, size);
    uint32_t tag = bp_cursor_u32(&answer, 0);
    if (tag == tag_symbolic_link || tag == tag_junction) {
        return target_of_link(&answer, tag == tag_symbolic_link);
    }
    return tag == tag_store_program ? target_of_store_program(&answer) : NULL;
}
