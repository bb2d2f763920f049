#include "probe/binary/elf_notes.h"

#include "base/str.h"
#include "probe/binary/elf_format.h"

enum { NOTE_HEADER = 12 };

static uint64_t round_up(uint64_t size, uint64_t alignment) {
    return (size + alignment - 1) / alignment * alignment;
}

/* The note at `offset` as hexadecimal if it is a build id. */
static char *build_id_at(struct bp_cursor *notes, uint64_t offset, uint64_t name_size,
                         uint64_t content_offset, uint64_t content_size) {
    static const char owner[] = "GNU";
    if (bp_cursor_u32(notes, offset + 8) != BP_NT_GNU_BUILD_ID || name_size != sizeof owner ||
        content_size == 0 || content_size > BP_ELF_BUILD_ID_LIMIT ||
        !bp_cursor_has(notes, content_offset, content_size) ||
        !bp_cursor_is(notes, offset + NOTE_HEADER, owner, sizeof owner)) {
        return NULL;
    }
    struct bp_str text = BP_STR_EMPTY;
    for (uint64_t i = 0; i < content_size; i++) {
        bp_str_add_hex(&text, bp_cursor_u8(notes, content_offset + i));
    }
    return bp_str_detach(&text);
}

static char *build_id_in(const struct bp_elf *elf, const struct bp_elf_segment *segment,
                         int *notes_left) {
    struct bp_cursor notes = bp_elf_segment_bytes(elf, segment);
    uint64_t alignment = segment->alignment == 8 ? 8 : 4;
    uint64_t offset = 0;
    while (*notes_left > 0 && bp_cursor_has(&notes, offset, NOTE_HEADER)) {
        (*notes_left)--;
        uint64_t name_size = bp_cursor_u32(&notes, offset);
        uint64_t content_size = bp_cursor_u32(&notes, offset + 4);
        uint64_t content = offset + round_up(NOTE_HEADER + name_size, alignment);
        char *found = build_id_at(&notes, offset, name_size, content, content_size);
        if (found) {
            return found;
        }
        offset = content + round_up(content_size, alignment);
    }
    return NULL;
}

char *bp_elf_build_id(const struct bp_elf *elf) {
    int notes_left = BP_ELF_NOTE_LIMIT;
    for (size_t i = 0; i < elf->segment_count; i++) {
        if (elf->segments[i].type == BP_PT_NOTE) {
            char *found = build_id_in(elf, &elf->segments[i], &notes_left);
            if (found) {
                return found;
            }
        }
    }
    return NULL;
}
