/*
 * A ghost of a library: the bytes of its headers and tables without the code, a few KB where
 * the file has hundreds of MB. The readers of this folder read it as if it was the file, so
 * that a newer reader can find more in it than was written down when it was made.
 *
 * Held are the bytes that the readers looked at, and the whole of the headers, tables of
 * sections, symbols and load commands that they look into. As JSON:
 *
 *   size      bytes of the file
 *   ranges    [[offset, length], ...] of the file, in order and apart
 *   packing   how the bytes of all ranges, one after another, are packed: "zlib" or "none"
 *   bytes     the packed bytes in base64
 */
#ifndef BP_PROBE_GHOST_H
#define BP_PROBE_GHOST_H

#include <cjson/cJSON.h>
#include <stdint.h>

#include "base/byte_ranges.h"
#include "base/error.h"
#include "probe/binary/binary.h"
#include "probe/os/files.h"

/* Bytes held of one file, and ranges they lie in; a library that needs more gets no ghost. */
#define BP_GHOST_BYTE_LIMIT ((uint64_t)256 << 10)
#define BP_GHOST_RANGE_LIMIT ((size_t)16384)
/* Largest file that a ghost may speak of: numbers in JSON are exact up to here. */
#define BP_GHOST_SIZE_LIMIT ((uint64_t)1 << 53)

struct bp_ghost {
    uint64_t size; /* bytes of the file */
    struct bp_byte_ranges ranges;
    uint8_t *bytes; /* of all ranges, one after another */
};

/* What the readers look at for these facts. Free in either case. */
int bp_ghost_take(struct bp_ghost *ghost, const struct bp_root *root, const char *path,
                  const struct bp_binary_wishes *wishes, struct bp_err *err);

/*
 * Reads the members described above. BP_E_ABSENT: this build cannot unpack it. Free in either
 * case.
 */
int bp_ghost_read(struct bp_ghost *ghost, const cJSON *object, struct bp_err *err);

/* Puts those members into `object`, in place of what is there of them. */
void bp_ghost_put(const struct bp_ghost *ghost, cJSON *object);

/*
 * What bp_binary_facts says of the file, or NULL where the readers look at bytes that are not
 * held. The caller deletes it.
 */
cJSON *bp_ghost_facts(struct bp_ghost *ghost, const struct bp_binary_wishes *wishes);

void bp_ghost_free(struct bp_ghost *ghost);

#endif
