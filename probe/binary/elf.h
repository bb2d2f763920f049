/*
 * An ELF file as a loader sees it: header and program headers. Sections are not
 * used, so that a file stripped of them reads the same. Both word sizes, both byte
 * orders. Format: System V gABI chapters 4 and 5, elf(5).
 *
 * Every count, offset and size comes from the file and may be a lie: reads go
 * through the cursor, and the limits below bound the work on any file.
 */
#ifndef BP_PROBE_ELF_H
#define BP_PROBE_ELF_H

#include <cjson/cJSON.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/error.h"

/* Program headers looked at; Linux itself refuses more than 64 KiB of them. */
#define BP_ELF_SEGMENT_LIMIT 1024
/* Bytes of all names (needed libraries, versions, search paths) read from one file. */
#define BP_ELF_NAMES_LIMIT ((size_t)1 << 20)

struct bp_binary_wishes;

struct bp_elf_segment {
    uint32_t type; /* PT_LOAD, PT_DYNAMIC, ... */
    uint64_t offset;
    uint64_t address;
    uint64_t file_size;
    uint64_t alignment;
};

struct bp_elf {
    struct bp_cursor file; /* the whole file, in its byte order */
    unsigned bits;         /* 32 or 64 */
    uint16_t machine;      /* EM_* */
    struct bp_elf_segment *segments;
    size_t segment_count;
};

/*
 * Reads header and program headers of `file` (which must outlive *elf). On error
 * *elf holds what could be read, bits 0 where not even the word size is known.
 * Close in either case.
 */
int bp_elf_open(struct bp_elf *elf, struct bp_cursor file, struct bp_err *err);
void bp_elf_close(struct bp_elf *elf);

/* The machine as `uname -m` says it there, or NULL where none is known by that number. */
const char *bp_elf_machine(const struct bp_elf *elf);

/*
 * What the file maps at `address`, to the end of the part that it holds: empty and
 * `failed` where nothing is mapped there.
 */
struct bp_cursor bp_elf_at_address(const struct bp_elf *elf, uint64_t address);

/* An address, offset or size field: as wide as the file's words. */
uint64_t bp_elf_word(const struct bp_elf *elf, struct bp_cursor *cursor, uint64_t offset);

/* The first segment of `type`, or NULL. */
const struct bp_elf_segment *bp_elf_segment_of(const struct bp_elf *elf, uint32_t type);

/* The part of the file that a segment covers, cut to what the file holds. */
struct bp_cursor bp_elf_segment_bytes(const struct bp_elf *elf,
                                      const struct bp_elf_segment *segment);

/* The program interpreter (PT_INTERP), or NULL. The caller frees it. */
char *bp_elf_interpreter(const struct bp_elf *elf);

/*
 * Puts the ELF members of the JSON Schema's "binary" into `facts`; what is damaged
 * is told in "error", and the rest read all the same.
 */
void bp_elf_facts(struct bp_cursor file, const struct bp_binary_wishes *wishes, cJSON *facts);

#endif
