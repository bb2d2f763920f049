#include "probe/binary/elf.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "probe/binary/elf_format.h"

/* Where the fields of the file header stand, by word size. */
struct header_layout {
    uint64_t program_headers; /* e_phoff */
    uint64_t entry_size;      /* e_phentsize */
    uint64_t entry_count;     /* e_phnum */
    uint64_t size;
    uint16_t program_header_size;
};

static const struct header_layout header_32 = {28, 42, 44, BP_ELF32_EHDR_SIZE, BP_ELF32_PHDR_SIZE};
static const struct header_layout header_64 = {32, 54, 56, BP_ELF64_EHDR_SIZE, BP_ELF64_PHDR_SIZE};

uint64_t bp_elf_word(const struct bp_elf *elf, struct bp_cursor *cursor, uint64_t offset) {
    return elf->bits == 64 ? bp_cursor_u64(cursor, offset) : bp_cursor_u32(cursor, offset);
}

static int read_identification(struct bp_elf *elf, struct bp_err *err) {
    struct bp_cursor *file = &elf->file;
    uint8_t word_size = bp_cursor_u8(file, BP_EI_CLASS);
    uint8_t byte_order = bp_cursor_u8(file, BP_EI_DATA);
    if (file->failed) {
        return bp_fail(err, BP_E_FORMAT, "the file ends within its ELF header");
    }
    if (word_size != BP_ELFCLASS32 && word_size != BP_ELFCLASS64) {
        return bp_fail(err, BP_E_FORMAT, "damaged ELF header: word size %u is neither 1 nor 2",
                       word_size);
    }
    if (byte_order != BP_ELFDATA2LSB && byte_order != BP_ELFDATA2MSB) {
        return bp_fail(err, BP_E_FORMAT, "damaged ELF header: byte order %u is neither 1 nor 2",
                       byte_order);
    }
    elf->bits = word_size == BP_ELFCLASS64 ? 64 : 32;
    file->big_endian = byte_order == BP_ELFDATA2MSB;
    elf->machine = bp_cursor_u16(file, 18);
    return 0;
}

static void read_segment(const struct bp_elf *elf, struct bp_cursor *entry,
                         struct bp_elf_segment *segment) {
    segment->type = bp_cursor_u32(entry, 0);
    if (elf->bits == 64) {
        segment->offset = bp_cursor_u64(entry, 8);
        segment->address = bp_cursor_u64(entry, 16);
        segment->file_size = bp_cursor_u64(entry, 32);
        segment->alignment = bp_cursor_u64(entry, 48);
    } else {
        segment->offset = bp_cursor_u32(entry, 4);
        segment->address = bp_cursor_u32(entry, 8);
        segment->file_size = bp_cursor_u32(entry, 16);
        segment->alignment = bp_cursor_u32(entry, 28);
    }
}

static int read_segments(struct bp_elf *elf, struct bp_err *err) {
    const struct header_layout *layout = elf->bits == 64 ? &header_64 : &header_32;
    struct bp_cursor *file = &elf->file;
    if (!bp_cursor_has(file, 0, layout->size)) {
        return bp_fail(err, BP_E_FORMAT, "the file ends within its ELF header");
    }
    uint64_t offset = bp_elf_word(elf, file, layout->program_headers);
    uint16_t entry_size = bp_cursor_u16(file, layout->entry_size);
    uint16_t count = bp_cursor_u16(file, layout->entry_count);
    if (!count) {
        return 0; /* an object file has none */
    }
    if (entry_size != layout->program_header_size) {
        return bp_fail(err, BP_E_FORMAT, "damaged ELF header: program headers of %u bytes",
                       entry_size);
    }
    if (count > BP_ELF_SEGMENT_LIMIT) {
        return bp_fail(err, BP_E_LIMIT, "%u program headers, more than %d", count,
                       BP_ELF_SEGMENT_LIMIT);
    }
    if (!bp_cursor_has(file, offset, (uint64_t)count * entry_size)) {
        return bp_fail(err, BP_E_FORMAT, "the program headers lie outside the file");
    }
    bp_cursor_note(file, 0, layout->size);
    bp_cursor_note(file, offset, (uint64_t)count * entry_size);
    elf->segments = bp_alloc_array(count, sizeof *elf->segments);
    elf->segment_count = count;
    for (size_t i = 0; i < count; i++) {
        struct bp_cursor entry = bp_cursor_part(file, offset + i * entry_size, entry_size);
        read_segment(elf, &entry, &elf->segments[i]);
    }
    return 0;
}

int bp_elf_open(struct bp_elf *elf, struct bp_cursor file, struct bp_err *err) {
    *elf = (struct bp_elf){.file = file};
    if (read_identification(elf, err) != 0) {
        return -1;
    }
    return read_segments(elf, err);
}

void bp_elf_close(struct bp_elf *elf) {
    free(elf->segments);
    *elf = (struct bp_elf){0};
}

struct bp_cursor bp_elf_segment_bytes(const struct bp_elf *elf,
                                      const struct bp_elf_segment *segment) {
    struct bp_cursor file = elf->file;
    uint64_t size = segment->file_size;
    if (segment->offset <= file.size && size > file.size - segment->offset) {
        size = file.size - segment->offset;
    }
    return bp_cursor_part(&file, segment->offset, size);
}

struct bp_cursor bp_elf_at_address(const struct bp_elf *elf, uint64_t address) {
    for (size_t i = 0; i < elf->segment_count; i++) {
        const struct bp_elf_segment *segment = &elf->segments[i];
        if (segment->type != BP_PT_LOAD || address < segment->address ||
            address - segment->address >= segment->file_size) {
            continue;
        }
        struct bp_cursor bytes = bp_elf_segment_bytes(elf, segment);
        uint64_t start = address - segment->address;
        return bp_cursor_part(&bytes, start, start < bytes.size ? bytes.size - start : 0);
    }
    struct bp_cursor nothing = elf->file;
    nothing.size = 0;
    nothing.failed = true;
    return nothing;
}

const struct bp_elf_segment *bp_elf_segment_of(const struct bp_elf *elf, uint32_t type) {
    for (size_t i = 0; i < elf->segment_count; i++) {
        if (elf->segments[i].type == type) {
            return &elf->segments[i];
        }
    }
    return NULL;
}

char *bp_elf_interpreter(const struct bp_elf *elf) {
    const struct bp_elf_segment *segment = bp_elf_segment_of(elf, BP_PT_INTERP);
    if (!segment) {
        return NULL;
    }
    struct bp_cursor bytes = bp_elf_segment_bytes(elf, segment);
    const char *name = bp_cursor_string(&bytes, 0);
    size_t length = name ? strlen(name) : 0;
    return length && length <= BP_ELF_NAMES_LIMIT ? bp_utf8_clean(name, length) : NULL;
}
