/*
 * A macOS library or program (Mach-O): its header and load commands. 32 and 64 bits, both
 * byte orders, and universal files, which hold one such file ("slice") a machine. Format:
 * <mach-o/loader.h> and <mach-o/fat.h> of Apple's cctools.
 *
 * Every count, offset and size comes from the file and may be a lie: reads go through the
 * cursor, and the limits below bound the work on any file.
 */
#ifndef BP_PROBE_MACHO_H
#define BP_PROBE_MACHO_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/error.h"

/* Load commands of one slice; large libraries have some hundred. */
#define BP_MACHO_COMMAND_LIMIT 65536
/* Needed libraries, and folders of the search path. */
#define BP_MACHO_NAME_LIMIT 1024
/* Bytes of all names copied out of one file. */
#define BP_MACHO_NAMES_LIMIT ((size_t)1 << 20)

struct bp_binary_wishes;

struct bp_macho {
    struct bp_cursor file; /* the slice, in its byte order */
    unsigned bits;         /* 32 or 64; 0 where it is not known */
    uint32_t cpu;          /* CPU_TYPE_* */
    uint32_t subtype;      /* CPU_SUBTYPE_*, without the capability bits */
    uint32_t command_count;
    struct bp_cursor commands; /* the load commands, cut to what the file holds */
};

/* Whether the file begins as a Mach-O or universal file does. */
bool bp_macho_is(struct bp_cursor file);

/*
 * Reads the header of `file`; of a universal one, of the slice for `machine` (as `uname -m`
 * says it on any system), or of the first where `machine` is NULL or has none. On error
 * *macho holds what could be read. It owns nothing.
 */
int bp_macho_open(struct bp_macho *macho, struct bp_cursor file, const char *machine,
                  struct bp_err *err);

/* The machine as `uname -m` says it there (arm64e for that variant), or NULL. */
const char *bp_macho_machine(const struct bp_macho *macho);

/*
 * Puts the members of the JSON Schema's "binary" into `facts`; what is damaged is told in
 * "error", and the rest read all the same. The oldest system that the file is for stands in
 * "requires", by the system's name: {"macOS": "14.0"}.
 */
void bp_macho_facts(struct bp_cursor file, const struct bp_binary_wishes *wishes, cJSON *facts);

#endif
