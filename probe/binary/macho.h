/*
 * Which machine a macOS library or program (Mach-O) is for; of a universal file, its
 * first slice. Format: <mach-o/loader.h> and <mach-o/fat.h> of Apple's cctools.
 */
#ifndef BP_PROBE_MACHO_H
#define BP_PROBE_MACHO_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/cursor.h"

/* Whether the file begins as a Mach-O or universal file does. */
bool bp_macho_is(struct bp_cursor file);

/* Puts "bits", "big_endian" and "machine" (and "error") into `facts`. */
void bp_macho_facts(struct bp_cursor file, cJSON *facts);

#endif
