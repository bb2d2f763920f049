/*
 * The dynamic section (PT_DYNAMIC): what a loader needs to know of a library.
 * Tags: gABI chapter 5 and, for symbol versions and the GNU hash table, the
 * Linux Standard Base core specification.
 */
#ifndef BP_PROBE_ELF_DYNAMIC_H
#define BP_PROBE_ELF_DYNAMIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "probe/binary/elf.h"

/* Entries of the dynamic section looked at, and needed libraries among them. */
#define BP_ELF_DYNAMIC_LIMIT 8192
#define BP_ELF_NEEDED_LIMIT 1024

struct bp_elf_value {
    bool present;
    uint64_t value; /* an address, an offset into the names, or a number */
};

struct bp_elf_dynamic {
    const struct bp_elf *elf; /* not owned */
    struct bp_cursor names;   /* the string table */
    size_t names_left;        /* bytes of names that may still be copied out */
    uint64_t *needed;         /* offsets into the names, in order */
    size_t needed_count;
    struct bp_elf_value soname;
    struct bp_elf_value rpath;
    struct bp_elf_value runpath;
    struct bp_elf_value flags_1;
    struct bp_elf_value names_address;
    struct bp_elf_value names_size;
    struct bp_elf_value symbols;
    struct bp_elf_value hash;
    struct bp_elf_value gnu_hash;
    struct bp_elf_value version_needs;
    struct bp_elf_value version_need_count;
    struct bp_elf_value version_definitions;
    struct bp_elf_value version_definition_count;
};

/* Whether the file has a dynamic section at all: a static program has none. */
bool bp_elf_is_dynamic(const struct bp_elf *elf);

/* Reads the dynamic section, which must be there. Close in either case. */
int bp_elf_dynamic_read(struct bp_elf_dynamic *dynamic, const struct bp_elf *elf,
                        struct bp_err *err);
void bp_elf_dynamic_close(struct bp_elf_dynamic *dynamic);

/*
 * The name at `offset` of the string table as valid UTF-8, or NULL with *err filled.
 * The caller frees it.
 */
char *bp_elf_name(struct bp_elf_dynamic *dynamic, uint64_t offset, struct bp_err *err);

/* Appends the needed libraries, in order. */
int bp_elf_needed(struct bp_elf_dynamic *dynamic, struct bp_strs *needed, struct bp_err *err);

/* Appends the folders of a DT_RPATH or DT_RUNPATH as written; empty ones are kept. */
int bp_elf_folders(struct bp_elf_dynamic *dynamic, const struct bp_elf_value *value,
                   struct bp_strs *folders, struct bp_err *err);

#endif
