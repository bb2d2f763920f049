/* Programs on a Windows machine that a source build uses. */
#ifndef BP_PROBE_WINDOWS_PROGRAMS_H
#define BP_PROBE_WINDOWS_PROGRAMS_H

#include <cjson/cJSON.h>

#include "probe/collector.h"

/* As bp_probe_find_program: NAME.exe on PATH, in another root in the usual folders. */
char *bp_windows_find_program(const struct bp_probe *probe, const char *name);

/*
 * The JSON Schema's entry for Microsoft's C++ compiler: the newest that an installation of
 * Visual Studio or its build tools has, by the installer's own records. The caller deletes it.
 */
cJSON *bp_windows_visual_c(const struct bp_probe *probe);

#endif
