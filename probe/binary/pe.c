#include "probe/binary/pe.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"

enum {
    HEADER_POINTER = 0x3c,  /* in the DOS header: where the PE signature stands */
    SIGNATURE = 0x00004550, /* "PE", 0, 0 */
    COFF_HEADER = 4,        /* from the signature on */
    OPTIONAL_HEADER = 24,
    MAGIC_32 = 0x10b,
    MAGIC_64 = 0x20b,
    DIRECTORY_LIMIT = 16, /* the loader looks at no more */
    DIRECTORY_SIZE = 8,
    SECTION_SIZE = 40,
    SHORT_NAME = 8,
    SYMBOL_SIZE = 18,
    PAGE = 4096,
    SECTOR = 512, /* the loader rounds the place of a section in the file down to this */
};

bool bp_pe_is(struct bp_cursor file) {
    return bp_cursor_is(&file, 0, "MZ", 2);
}

/* --- headers --- */

/* Where the fields of the optional header stand, by word size. */
static int read_optional_header(struct bp_pe *pe, uint64_t start, uint64_t size,
                                struct bp_err *err) {
    struct bp_cursor header = bp_cursor_part(&pe->file, start, size);
    uint16_t magic = bp_cursor_u16(&header, 0);
    if (magic != MAGIC_32 && magic != MAGIC_64) {
        return bp_fail(err, BP_E_FORMAT,
                       header.failed ? "the file ends within its PE header"
                                     : "neither a 32-bit nor a 64-bit PE file");
    }
    pe->bits = magic == MAGIC_64 ? 64 : 32;
    pe->image_base = pe->bits == 64 ? bp_cursor_u64(&header, 24) : bp_cursor_u32(&header, 28);
    pe->header_size = bp_cursor_u32(&header, 60);
    uint64_t count_at = pe->bits == 64 ? 108 : 92;
    uint32_t count = bp_cursor_u32(&header, count_at);
    if (header.failed) {
        return bp_fail(err, BP_E_FORMAT, "the PE header is too short for its kind");
    }
    uint64_t room = (size - count_at - 4) / DIRECTORY_SIZE;
    pe->directories = start + count_at + 4;
    pe->directory_count = count < DIRECTORY_LIMIT ? count : DIRECTORY_LIMIT;
    if (pe->directory_count > room) {
        pe->directory_count = (uint32_t)room;
    }
    return 0;
}

static struct bp_pe_section read_section(struct bp_pe *pe, uint64_t at, bool rounds) {
    struct bp_pe_section section = {
        .header = at,
        .mapped_size = bp_cursor_u32(&pe->file, at + 8),
        .address = bp_cursor_u32(&pe->file, at + 12),
        .file_size = bp_cursor_u32(&pe->file, at + 16),
        .file_offset = bp_cursor_u32(&pe->file, at + 20),
    };
    if (!section.mapped_size) {
        section.mapped_size = section.file_size;
    }
    if (rounds) {
        section.file_offset -= section.file_offset % SECTOR;
    }
    return section;
}

static int read_sections(struct bp_pe *pe, uint64_t table, size_t count, uint32_t alignment,
                         struct bp_err *err) {
    if (!bp_cursor_has(&pe->file, table, (uint64_t)count * SECTION_SIZE)) {
        return bp_fail(err, BP_E_FORMAT, "the file ends within its table of sections");
    }
    if (count > BP_PE_SECTION_LIMIT) {
        return bp_fail(err, BP_E_LIMIT, "more than %d sections", BP_PE_SECTION_LIMIT);
    }
    bp_cursor_note(&pe->file, 0, table + count * SECTION_SIZE);
    pe->sections = bp_alloc_array(count, sizeof *pe->sections);
    pe->section_count = count;
    for (size_t i = 0; i < count; i++) {
        pe->sections[i] = read_section(pe, table + i * SECTION_SIZE, alignment >= PAGE);
    }
    return 0;
}

int bp_pe_open(struct bp_pe *pe, struct bp_cursor file, struct bp_err *err) {
    *pe = (struct bp_pe){.file = file};
    uint32_t start = bp_cursor_u32(&file, HEADER_POINTER);
    uint32_t signature = bp_cursor_u32(&file, start);
    struct bp_cursor coff = bp_cursor_part(&file, (uint64_t)start + COFF_HEADER, 20);
    if (file.failed) {
        return bp_fail(err, BP_E_FORMAT, "the file ends before its PE header");
    }
    if (signature != SIGNATURE) {
        return bp_fail(err, BP_E_FORMAT, "a DOS program: no PE header where it should stand");
    }
    pe->found = true;
    pe->machine = bp_cursor_u16(&coff, 0);
    uint16_t section_count = bp_cursor_u16(&coff, 2);
    pe->symbols = bp_cursor_u32(&coff, 8);
    pe->symbol_count = bp_cursor_u32(&coff, 12);
    uint16_t optional_size = bp_cursor_u16(&coff, 16);
    uint64_t optional = (uint64_t)start + OPTIONAL_HEADER;
    if (read_optional_header(pe, optional, optional_size, err) != 0) {
        return -1;
    }
    uint32_t alignment = bp_cursor_u32(&file, optional + 32);
    return read_sections(pe, optional + optional_size, section_count, alignment, err);
}

void bp_pe_close(struct bp_pe *pe) {
    free(pe->sections);
    *pe = (struct bp_pe){0};
}

/* --- addresses --- */

static struct bp_cursor nothing(const struct bp_pe *pe) {
    struct bp_cursor none = pe->file;
    none.size = 0;
    none.failed = true;
    return none;
}

/* `length` bytes of the file at `offset`, cut to what it holds. */
static struct bp_cursor cut_to_file(const struct bp_pe *pe, uint64_t offset, uint64_t length) {
    struct bp_cursor file = pe->file;
    if (offset >= file.size) {
        return nothing(pe);
    }
    uint64_t rest = file.size - offset;
    return bp_cursor_part(&file, offset, length < rest ? length : rest);
}

struct bp_cursor bp_pe_at(const struct bp_pe *pe, uint32_t rva) {
    for (size_t i = 0; i < pe->section_count; i++) {
        const struct bp_pe_section *section = &pe->sections[i];
        uint32_t into = rva - section->address;
        if (rva >= section->address && into < section->mapped_size) {
            return into < section->file_size
                       ? cut_to_file(pe, (uint64_t)section->file_offset + into,
                                     section->file_size - into)
                       : nothing(pe);
        }
    }
    return rva < pe->header_size ? cut_to_file(pe, rva, pe->header_size - rva) : nothing(pe);
}

uint32_t bp_pe_directory(const struct bp_pe *pe, enum bp_pe_directory which) {
    struct bp_cursor file = pe->file;
    bool there = (uint32_t)which < pe->directory_count;
    return there ? bp_cursor_u32(&file, pe->directories + DIRECTORY_SIZE * (uint64_t)which) : 0;
}

char *bp_pe_name(const struct bp_pe *pe, uint32_t rva, size_t *names_left, struct bp_err *err) {
    struct bp_cursor bytes = bp_pe_at(pe, rva);
    if (bytes.failed) {
        bp_fail(err, BP_E_FORMAT, "a name lies outside the file");
        return NULL;
    }
    const char *name = bp_cursor_string(&bytes, 0);
    if (!name) {
        bp_fail(err, BP_E_FORMAT, "a name runs over the end of its section");
        return NULL;
    }
    size_t length = strlen(name);
    if (length >= *names_left) {
        bp_fail(err, BP_E_LIMIT, "names of more than %zu bytes", BP_PE_NAMES_LIMIT);
        return NULL;
    }
    *names_left -= length + 1;
    return bp_utf8_clean(name, length);
}

/* --- sections by name --- */

/* "/123": the long name stands at offset 123 of the string table behind the symbols. */
static bool has_long_name(const struct bp_pe *pe, const char *field, const char *name) {
    uint64_t offset = 0;
    if (field[0] != '/' || !pe->symbols) {
        return false;
    }
    for (size_t i = 1; i < SHORT_NAME && field[i]; i++) {
        if (field[i] < '0' || field[i] > '9') {
            return false;
        }
        offset = 10 * offset + (uint64_t)(field[i] - '0');
    }
    uint64_t at = pe->symbols + (uint64_t)pe->symbol_count * SYMBOL_SIZE + offset;
    size_t size = strlen(name) + 1;
    return bp_cursor_is(&pe->file, at, name, size);
}

static bool is_called(const struct bp_pe *pe, const struct bp_pe_section *section,
                      const char *name) {
    struct bp_cursor file = pe->file;
    const char *field = (const char *)bp_cursor_bytes(&file, section->header, SHORT_NAME);
    size_t length = strlen(name);
    if (!field || length > SHORT_NAME) {
        return field && has_long_name(pe, field, name);
    }
    return memcmp(field, name, length) == 0 && (length == SHORT_NAME || !field[length]);
}

struct bp_cursor bp_pe_section(const struct bp_pe *pe, const char *name) {
    for (size_t i = 0; i < pe->section_count; i++) {
        const struct bp_pe_section *section = &pe->sections[i];
        if (is_called(pe, section, name)) {
            /* The rest of its last sector is filling, where the section says how long it is. */
            uint32_t size = section->mapped_size < section->file_size ? section->mapped_size
                                                                      : section->file_size;
            return cut_to_file(pe, section->file_offset, size);
        }
    }
    return nothing(pe);
}

/* --- the machine --- */

enum {
    MACHINE_I386 = 0x014c,
    MACHINE_ARM = 0x01c0,
    MACHINE_THUMB = 0x01c2,
    MACHINE_ARMNT = 0x01c4,
    MACHINE_AMD64 = 0x8664,
    MACHINE_ARM64EC = 0xa641,
    MACHINE_ARM64X = 0xa64e,
    MACHINE_ARM64 = 0xaa64,
    HYBRID_METADATA = 200, /* in the 64-bit load configuration: CHPEMetadataPointer */
};

/* Code for Arm behind a header for x64: it loads into emulated x64 processes on Arm alone. */
static bool is_hybrid(const struct bp_pe *pe) {
    uint32_t rva = bp_pe_directory(pe, BP_PE_LOAD_CONFIG);
    if (!rva || pe->bits != 64) {
        return false;
    }
    struct bp_cursor config = bp_pe_at(pe, rva);
    uint32_t size = bp_cursor_u32(&config, 0);
    return size >= HYBRID_METADATA + 8 && bp_cursor_u64(&config, HYBRID_METADATA) != 0;
}

const char *bp_pe_machine(const struct bp_pe *pe) {
    switch (pe->machine) {
    case MACHINE_AMD64:
        return is_hybrid(pe) ? "aarch64" : "x86_64";
    case MACHINE_I386:
        return "i686";
    case MACHINE_ARM64:
    case MACHINE_ARM64EC:
    case MACHINE_ARM64X:
        return "aarch64";
    case MACHINE_ARM:
    case MACHINE_THUMB:
    case MACHINE_ARMNT:
        return "arm";
    default:
        return NULL;
    }
}
