/* Patterns for names of files. */
#ifndef BP_PROBE_OS_NAME_MATCH_H
#define BP_PROBE_OS_NAME_MATCH_H

#include <stdbool.h>

/*
 * Whether `name` matches a pattern of a shell ("*", "?", "[...]"); a dot at its start has to be in
 * the pattern. Capitals count as they do for names of files on this system.
 */
bool bp_name_matches(const char *pattern, const char *name);

#endif
