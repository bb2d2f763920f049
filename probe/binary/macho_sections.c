#include "probe/binary/macho_sections.h"

#include <string.h>

/* A segment command by word size; both begin with u32 command, u32 size. */
struct segment_layout {
    uint32_t command;      /* LC_SEGMENT, LC_SEGMENT_64 */
    uint64_t count;        /* where the number of sections stands */
    uint64_t sections;     /* where they begin */
    uint64_t section_size; /* bytes of one: its name first, at 32 address and size */
};

static const struct segment_layout layout_32 = {0x01, 48, 56, 68};
static const struct segment_layout layout_64 = {0x19, 64, 72, 80};

enum { NAME_SIZE = 16, COMMAND_HEADER = 8 };

static bool is_called(const struct bp_cursor *section, const char *name) {
    size_t length = strlen(name);
    return length <= NAME_SIZE &&
           bp_cursor_is(section, 0, name, length == NAME_SIZE ? length : length + 1);
}

/* Where the section is that a segment command has by that name; false where it has none. */
static bool find_in_segment(struct bp_cursor *command, const struct segment_layout *layout,
                            const char *name, uint64_t *offset, uint64_t *size) {
    uint32_t count = bp_cursor_u32(command, layout->count);
    for (uint32_t i = 0; i < count && !command->failed; i++) {
        struct bp_cursor section = bp_cursor_part(
            command, layout->sections + i * layout->section_size, layout->section_size);
        if (!section.failed && is_called(&section, name)) {
            bool wide = layout == &layout_64;
            *size = wide ? bp_cursor_u64(&section, 40) : bp_cursor_u32(&section, 36);
            *offset = bp_cursor_u32(&section, wide ? 48 : 40);
            return true;
        }
    }
    return false;
}

struct bp_cursor bp_macho_section(const struct bp_macho *macho, const char *name) {
    const struct segment_layout *layout = macho->bits == 64 ? &layout_64 : &layout_32;
    struct bp_cursor file = macho->file;
    struct bp_cursor commands = macho->commands;
    uint64_t at = 0;
    uint64_t offset = 0;
    uint64_t size = 0;
    for (uint32_t i = 0; i < macho->command_count && i < BP_MACHO_COMMAND_LIMIT; i++) {
        uint32_t length = bp_cursor_u32(&commands, at + 4);
        struct bp_cursor command = bp_cursor_part(&commands, at, length);
        if (commands.failed || length < COMMAND_HEADER) {
            break;
        }
        if (bp_cursor_u32(&command, 0) == layout->command &&
            find_in_segment(&command, layout, name, &offset, &size)) {
            break;
        }
        at += length;
    }
    return bp_cursor_part(&file, offset, size);
}
