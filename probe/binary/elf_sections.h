/*
 * The sections of an ELF file, which a loader never looks at and which may be missing.
 * Format: System V gABI chapter 4, "Sections".
 */
#ifndef BP_PROBE_ELF_SECTIONS_H
#define BP_PROBE_ELF_SECTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/error.h"
#include "probe/binary/elf.h"

/* Sections looked at; a linked library has about 40. */
#define BP_ELF_SECTION_LIMIT 65536

struct bp_elf_sections {
    struct bp_cursor headers; /* the table */
    struct bp_cursor names;   /* the section of their names */
    size_t entry_size;        /* bytes of one header */
    size_t count;             /* 0: the file says that it has none */
};

/*
 * Finds the section headers of *elf. BP_E_ABSENT where the file has none, and another
 * error where they cannot be read.
 */
int bp_elf_sections_open(struct bp_elf_sections *sections, const struct bp_elf *elf,
                         struct bp_err *err);

/*
 * What the file holds of its first section called `name`: empty where there is no such
 * section or it has no bytes in this file; `failed` where they lie outside it.
 */
struct bp_cursor bp_elf_section(const struct bp_elf *elf, const struct bp_elf_sections *sections,
                                const char *name);

#endif
