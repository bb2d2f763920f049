/* Finding the sections with GPU code in files of each format. */
#include <elf.h>
#include <string.h>

#include "probe/binary/elf.h"
#include "probe/binary/elf_sections.h"
#include "probe/binary/fatbin.h"
#include "probe/binary/gpu_code.h"
#include "probe/binary/hip_bundle.h"
#include "probe/binary/macho.h"

/* Bytes looked through for fat binaries in a file without section headers. */
static const uint64_t search_limit = (uint64_t)64 << 20;

/* The names by format; a PE file keeps the first 8 letters. */
static const struct code_section {
    const char *elf;
    const char *pe;
    void (*read)(struct bp_cursor section, struct bp_gpu_code *code);
} code_sections[] = {
    {".nv_fatbin", ".nv_fatb", bp_fatbin_section},
    {"__nv_relfatbin", "__nv_rel", bp_fatbin_section},
    {".hip_fatbin", ".hip_fat", bp_hip_bundle_section},
};
enum { CODE_SECTION_COUNT = sizeof code_sections / sizeof *code_sections };

static void read_section(const struct code_section *kind, struct bp_cursor section,
                         struct bp_gpu_code *code) {
    if (section.failed) {
        bp_gpu_code_fail(code, BP_E_FORMAT, "section %s lies outside the file", kind->elf);
    } else {
        kind->read(section, code);
    }
}

/* Reads what begins at `at` of a segment; returns where to look on. */
static uint64_t search_at(struct bp_cursor bytes, uint64_t at, bool new_page,
                          struct bp_gpu_code *code) {
    uint64_t end = 0;
    if (bp_fatbin_is_at(bytes, at)) {
        end = bp_fatbin_read(bytes, at, code);
    } else if (new_page && bp_hip_bundle_is_at(bytes, at)) {
        end = bp_hip_bundle_read(bytes, at, code);
    }
    return end > at ? (end + 7) / 8 * 8 : at + 8;
}

/*
 * A file stripped of its section headers, or cut off before them, which stand last: what
 * it maps is looked through, but not the code that is found on the way.
 */
static void search_segments(const struct bp_elf *elf, struct bp_gpu_code *code) {
    uint64_t left = search_limit;
    for (size_t i = 0; i < elf->segment_count; i++) {
        const struct bp_elf_segment *segment = &elf->segments[i];
        if (segment->type != PT_LOAD) {
            continue;
        }
        struct bp_cursor bytes = bp_elf_segment_bytes(elf, segment);
        uint64_t at = 0;
        while (at < bytes.size && left) {
            bool new_page = (segment->address + at) % 4096 == 0;
            at = search_at(bytes, at, new_page, code);
            left = left > 8 ? left - 8 : 0;
        }
    }
    if (!left) {
        bp_gpu_code_fail(code, BP_E_LIMIT,
                         "the file has no section headers; GPU code was looked for in its first "
                         "%llu MiB alone",
                         (unsigned long long)(search_limit >> 20));
    }
}

static void list_elf(struct bp_cursor file, struct bp_gpu_code *code) {
    struct bp_elf elf;
    struct bp_elf_sections sections;
    struct bp_err err = {0};
    if (bp_elf_open(&elf, file, &err) != 0 && !elf.bits) {
        bp_gpu_code_fail(code, err.code, "%s", bp_err_text(&err));
    } else if (bp_elf_sections_open(&sections, &elf, NULL) != 0) {
        search_segments(&elf, code);
    } else {
        for (size_t i = 0; i < CODE_SECTION_COUNT; i++) {
            const struct code_section *kind = &code_sections[i];
            read_section(kind, bp_elf_section(&elf, &sections, kind->elf), code);
        }
    }
    bp_err_clear(&err);
    bp_elf_close(&elf);
}

/* What a PE file holds of its first section called `name`, which has 8 letters. */
static struct bp_cursor pe_section(struct bp_cursor file, const char *name) {
    uint64_t coff = (uint64_t)bp_cursor_u32(&file, 0x3c) + 4;
    uint16_t count = bp_cursor_u16(&file, coff + 2);
    uint64_t table = coff + 20 + bp_cursor_u16(&file, coff + 16);
    for (uint16_t i = 0; i < count && !file.failed; i++) {
        struct bp_cursor header = bp_cursor_part(&file, table + 40 * (uint64_t)i, 40);
        if (!header.failed && memcmp(header.data, name, 8) == 0) {
            uint32_t used = bp_cursor_u32(&header, 8);
            uint32_t held = bp_cursor_u32(&header, 16);
            return bp_cursor_part(&file, bp_cursor_u32(&header, 20), used < held ? used : held);
        }
    }
    return bp_cursor_part(&file, 0, 0);
}

void bp_gpu_code_list(struct bp_cursor file, struct bp_gpu_code *code) {
    if (bp_cursor_has(&file, 0, 4) && memcmp(file.data, ELFMAG, SELFMAG) == 0) {
        list_elf(file, code);
    } else if (bp_cursor_has(&file, 0, 2) && memcmp(file.data, "MZ", 2) == 0) {
        for (size_t i = 0; i < CODE_SECTION_COUNT; i++) {
            read_section(&code_sections[i], pe_section(file, code_sections[i].pe), code);
        }
    } else if (!bp_macho_is(file)) {
        bp_gpu_code_fail(code, BP_E_FORMAT, "neither an ELF, PE nor Mach-O file");
    }
}
