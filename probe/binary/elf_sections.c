#include "probe/binary/elf_sections.h"

#include <string.h>

#include "probe/binary/elf_format.h"

/* Where the fields of a section header stand, by word size. */
struct section_layout {
    uint64_t table;       /* e_shoff, in the file header */
    uint64_t entry_size;  /* e_shentsize; behind it e_shnum and e_shstrndx */
    uint64_t offset;      /* sh_offset, in a section header; behind it sh_size and sh_link */
    uint16_t header_size; /* of a section header */
};

static const struct section_layout layout_32 = {32, 46, 16, BP_ELF32_SHDR_SIZE};
static const struct section_layout layout_64 = {40, 58, 24, BP_ELF64_SHDR_SIZE};

static const struct section_layout *layout_of(const struct bp_elf *elf) {
    return elf->bits == 64 ? &layout_64 : &layout_32;
}

/* What the file holds of the section whose header is `header`. */
static struct bp_cursor content_of(const struct bp_elf *elf, struct bp_cursor *header) {
    struct bp_cursor file = elf->file;
    uint64_t word = elf->bits / 8;
    uint64_t at = layout_of(elf)->offset;
    uint64_t offset = bp_elf_word(elf, header, at);
    uint64_t size = bp_elf_word(elf, header, at + word);
    if (bp_cursor_u32(header, 4) == BP_SHT_NOBITS) {
        size = 0;
        offset = 0;
    }
    return bp_cursor_part(&file, offset, size);
}

static struct bp_cursor header_at(const struct bp_elf_sections *sections, size_t index) {
    struct bp_cursor headers = sections->headers;
    return bp_cursor_part(&headers, (uint64_t)index * sections->entry_size, sections->entry_size);
}

/* With 65280 sections or more, count and index stand in the first header. */
static void read_counts(const struct bp_elf *elf, struct bp_cursor *file, uint64_t table,
                        uint64_t *count, uint64_t *names) {
    const struct section_layout *layout = layout_of(elf);
    *count = bp_cursor_u16(file, layout->entry_size + 2);
    *names = bp_cursor_u16(file, layout->entry_size + 4);
    uint64_t word = elf->bits / 8;
    if (!*count) {
        *count = bp_elf_word(elf, file, table + layout->offset + word);
    }
    if (*names == BP_SHN_XINDEX) {
        *names = bp_cursor_u32(file, table + layout->offset + 2 * word);
    }
}

int bp_elf_sections_open(struct bp_elf_sections *sections, const struct bp_elf *elf,
                         struct bp_err *err) {
    const struct section_layout *layout = layout_of(elf);
    struct bp_cursor file = elf->file;
    *sections = (struct bp_elf_sections){.entry_size = layout->header_size};
    uint64_t table = bp_elf_word(elf, &file, layout->table);
    if (!table) {
        return bp_fail(err, BP_E_ABSENT, "the file has no section headers");
    }
    uint64_t count = 0;
    uint64_t names = 0;
    uint16_t entry_size = bp_cursor_u16(&file, layout->entry_size);
    read_counts(elf, &file, table, &count, &names);
    if (count > BP_ELF_SECTION_LIMIT) {
        return bp_fail(err, BP_E_LIMIT, "more than %d sections", BP_ELF_SECTION_LIMIT);
    }
    if (file.failed || entry_size != layout->header_size ||
        !bp_cursor_has(&file, table, count * entry_size) || names >= count) {
        return bp_fail(err, BP_E_FORMAT, "the section headers are damaged or cut off");
    }
    sections->headers = bp_cursor_part(&file, table, count * entry_size);
    sections->count = (size_t)count;
    struct bp_cursor header = header_at(sections, (size_t)names);
    sections->names = content_of(elf, &header);
    bp_cursor_note(&sections->headers, 0, sections->headers.size);
    bp_cursor_note(&sections->names, 0, sections->names.size);
    return sections->names.failed
               ? bp_fail(err, BP_E_FORMAT, "the names of the sections lie outside the file")
               : 0;
}

struct bp_cursor bp_elf_section(const struct bp_elf *elf, const struct bp_elf_sections *sections,
                                const char *name) {
    size_t size = strlen(name) + 1;
    for (size_t i = 0; i < sections->count; i++) {
        struct bp_cursor header = header_at(sections, i);
        uint32_t at = bp_cursor_u32(&header, 0);
        if (bp_cursor_is(&sections->names, at, name, size)) {
            return content_of(elf, &header);
        }
    }
    struct bp_cursor file = elf->file;
    return bp_cursor_part(&file, 0, 0);
}
