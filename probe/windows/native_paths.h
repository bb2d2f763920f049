/* Paths of a Windows machine in the form that people and Windows itself write. */
#ifndef BP_PROBE_WINDOWS_NATIVE_PATHS_H
#define BP_PROBE_WINDOWS_NATIVE_PATHS_H

#include <cjson/cJSON.h>

/*
 * Puts backslashes for the slashes of every string in `snapshot` that begins as a path on a
 * drive does (C:/...). To be called once, on a Windows machine's facts when all are there.
 */
void bp_native_paths(cJSON *snapshot);

#endif
