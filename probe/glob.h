/* Paths by pattern, inside a root. */
#ifndef BP_PROBE_GLOB_H
#define BP_PROBE_GLOB_H

#include "base/str.h"
#include "probe/os/files.h"

/* Paths that one pattern gives. */
#define BP_GLOB_LIMIT 1024

/*
 * Appends the existing paths below `folder` (taken as it is) that match `pattern` (*, ? and
 * [...] within a part of the path, as glob(7) has them), sorted by part, at most
 * BP_GLOB_LIMIT of them.
 */
void bp_root_glob(const struct bp_root *root, const char *folder, const char *pattern,
                  struct bp_strs *paths);

#endif
