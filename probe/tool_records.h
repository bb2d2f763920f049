/* What a machine's own records say of a tool's version, without starting the tool. */
#ifndef BP_PROBE_TOOL_RECORDS_H
#define BP_PROBE_TOOL_RECORDS_H

#include "probe/os/files.h"

/*
 * The version of the program at `path`, known as `name` (cmake, ninja, gcc, g++, nvcc), from
 * the package that owns it or from its toolkit's version.json; *from then says which, and
 * the caller frees both. NULL where no record is sure: then the program has to be asked.
 */
char *bp_tool_recorded_version(const struct bp_root *root, const char *name, const char *path,
                               char **from);

#endif
