/*
 * Ghosts (probe/binary/ghost.h) in the snapshot: of each native library of bitsandbytes and
 * each file that could be one that is needed, so that a report can be judged elsewhere with
 * what newer readers know to find in the headers.
 */
#ifndef BP_PROBE_GHOSTS_H
#define BP_PROBE_GHOSTS_H

#include <cjson/cJSON.h>

#include "base/error.h"

/* Ghosts of one snapshot, and bytes of JSON that they take when they are made. */
#define BP_GHOST_COUNT_LIMIT 4096
#define BP_GHOSTS_JSON_LIMIT ((size_t)8 << 20)
/* Bytes of ghosts that are read again, those of a file that is named twice counted twice. */
#define BP_GHOSTS_READ_LIMIT ((uint64_t)32 << 20)

/*
 * Reads the facts of the snapshot's libraries again from its ghosts, where it has any, and puts
 * them in place of those that it holds. What a ghost does not hold is left as it is. On error a
 * ghost is damaged, which the message names, and the snapshot not to be trusted.
 */
int bp_ghosts_apply(cJSON *snapshot, struct bp_err *err);

#endif
