/* The sections of a Mach-O file, which stand in its segment commands. */
#ifndef BP_PROBE_MACHO_SECTIONS_H
#define BP_PROBE_MACHO_SECTIONS_H

#include "base/cursor.h"
#include "probe/binary/macho.h"

/*
 * What the slice holds of its first section called `name` (at most 16 letters), whatever
 * its segment: empty where there is no such section, `failed` where it lies outside.
 */
struct bp_cursor bp_macho_section(const struct bp_macho *macho, const char *name);

#endif
