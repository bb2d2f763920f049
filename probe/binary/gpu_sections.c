/* Finding the sections with GPU code in files of each format. */

#include "probe/binary/elf.h"
#include "probe/binary/elf_format.h"
#include "probe/binary/elf_sections.h"
#include "probe/binary/fatbin.h"
#include "probe/binary/gpu_code.h"
#include "probe/binary/hip_bundle.h"
#include "probe/binary/macho.h"
#include "probe/binary/macho_sections.h"
#include "probe/binary/pe.h"

/* Bytes looked through for fat binaries in a file without section headers. */
static const uint64_t search_limit = (uint64_t)64 << 20;

/* The names by format; linkers of DLLs keep the first 8 letters, if not all of them. */
static const struct code_section {
    const char *elf;
    const char *pe;
    const char *macho;
    void (*read)(struct bp_cursor section, struct bp_gpu_code *code);
} code_sections[] = {
    {".nv_fatbin", ".nv_fatb", "__nv_fatbin", bp_fatbin_section},
    {"__nv_relfatbin", "__nv_rel", "__nv_relfatbin", bp_fatbin_section},
    {".hip_fatbin", ".hip_fat", "__hip_fatbin", bp_hip_bundle_section},
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
        if (segment->type != BP_PT_LOAD) {
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

static void list_pe(struct bp_cursor file, struct bp_gpu_code *code) {
    struct bp_pe pe;
    struct bp_err err = {0};
    if (bp_pe_open(&pe, file, &err) != 0) {
        bp_gpu_code_fail(code, err.code, "%s", bp_err_text(&err));
    }
    for (size_t i = 0; i < CODE_SECTION_COUNT; i++) {
        struct bp_cursor section = bp_pe_section(&pe, code_sections[i].pe);
        if (section.failed) {
            section = bp_pe_section(&pe, code_sections[i].elf);
        }
        if (!section.failed) {
            code_sections[i].read(section, code);
        }
    }
    for (size_t i = 0; i < pe.section_count; i++) {
        if (!bp_cursor_has(&file, pe.sections[i].file_offset, pe.sections[i].file_size)) {
            bp_gpu_code_fail(code, BP_E_FORMAT, "the file is cut short");
        }
    }
    bp_err_clear(&err);
    bp_pe_close(&pe);
}

/* CUDA was to be had for Intel Macs up to CUDA 10.2. */
static void list_macho(struct bp_cursor file, struct bp_gpu_code *code) {
    struct bp_macho macho;
    struct bp_err err = {0};
    if (bp_macho_open(&macho, file, "x86_64", &err) != 0) {
        bp_gpu_code_fail(code, err.code, "%s", bp_err_text(&err));
    } else {
        for (size_t i = 0; i < CODE_SECTION_COUNT; i++) {
            const struct code_section *kind = &code_sections[i];
            read_section(kind, bp_macho_section(&macho, kind->macho), code);
        }
    }
    bp_err_clear(&err);
}

void bp_gpu_code_list(struct bp_cursor file, struct bp_gpu_code *code) {
    if (bp_cursor_is(&file, 0, BP_ELF_MAGIC, sizeof BP_ELF_MAGIC - 1)) {
        list_elf(file, code);
    } else if (bp_pe_is(file)) {
        list_pe(file, code);
    } else if (bp_macho_is(file)) {
        list_macho(file, code);
    } else {
        bp_gpu_code_fail(code, BP_E_FORMAT, "neither an ELF, PE nor Mach-O file");
    }
}
