/*
 * A Windows library or program (PE/COFF) as its loader sees it: headers and sections.
 * PE32 and PE32+. Format: Microsoft's "PE Format".
 *
 * Every count, offset and address comes from the file and may be a lie: reads go through
 * the cursor, and the limits below bound the work on any file.
 */
#ifndef BP_PROBE_PE_H
#define BP_PROBE_PE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/error.h"

/* Sections of one file; compilers make some ten. */
#define BP_PE_SECTION_LIMIT 1024
/* Bytes of all names of DLLs copied out of one file. */
#define BP_PE_NAMES_LIMIT ((size_t)1 << 20)

struct bp_binary_wishes;

struct bp_pe_section {
    uint64_t header; /* where its 40 bytes stand in the file */
    uint32_t address;
    uint32_t mapped_size; /* bytes of address space */
    uint32_t file_offset;
    uint32_t file_size; /* bytes that the file holds of it */
};

struct bp_pe {
    struct bp_cursor file; /* the whole file */
    bool found;            /* a PE header stands where the DOS header says */
    unsigned bits;         /* 32 or 64; 0 where it is not known */
    uint16_t machine;      /* IMAGE_FILE_MACHINE_* */
    uint64_t image_base;
    uint32_t header_size; /* bytes of the headers, which are mapped at address 0 */
    uint64_t symbols;     /* COFF symbols, behind which the long section names stand; 0: none */
    uint32_t symbol_count;
    uint64_t directories; /* where the table of data directories stands in the file */
    uint32_t directory_count;
    struct bp_pe_section *sections;
    size_t section_count;
};

/* The data directories that are read, by their index. */
enum bp_pe_directory {
    BP_PE_EXPORTS = 0,
    BP_PE_IMPORTS = 1,
    BP_PE_RESOURCES = 2,
    BP_PE_LOAD_CONFIG = 10,
    BP_PE_DELAY_IMPORTS = 13,
};

/* Whether the file begins as a DOS program or PE file does. */
bool bp_pe_is(struct bp_cursor file);

/*
 * Reads the headers of `file` (which must outlive *pe). On error *pe holds what could be
 * read. Close in either case.
 */
int bp_pe_open(struct bp_pe *pe, struct bp_cursor file, struct bp_err *err);
void bp_pe_close(struct bp_pe *pe);

/*
 * The machine as `uname -m` says it on Linux there, or NULL. Hybrids of Windows on Arm
 * (ARM64EC, ARM64X) are aarch64, although the header of the first says x64.
 */
const char *bp_pe_machine(const struct bp_pe *pe);

/*
 * What the file holds of the image from the relative virtual address `rva` to the end of
 * its section: empty and `failed` where the file holds nothing of it.
 */
struct bp_cursor bp_pe_at(const struct bp_pe *pe, uint32_t rva);

/* The address of a data directory; 0 where the file has none. */
uint32_t bp_pe_directory(const struct bp_pe *pe, enum bp_pe_directory which);

/*
 * What the file holds of its first section called `name`: a name of up to 8 bytes, or a
 * longer one as linkers write it that keep such names in the symbols' string table. Empty
 * and `failed` where there is none.
 */
struct bp_cursor bp_pe_section(const struct bp_pe *pe, const char *name);

/*
 * The zero-ended name at `rva`, as valid UTF-8, or NULL with *err filled. Its bytes are
 * taken off *names_left. The caller frees it.
 */
char *bp_pe_name(const struct bp_pe *pe, uint32_t rva, size_t *names_left, struct bp_err *err);

/*
 * Puts the members of the JSON Schema's "binary" into `facts`; what is damaged is told in
 * "error", and the rest read all the same.
 */
void bp_pe_facts(struct bp_cursor file, const struct bp_binary_wishes *wishes, cJSON *facts);

#endif
