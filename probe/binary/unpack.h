/*
 * Compressed data, of which often only the first bytes are wanted, through zlib and libzstd where
 * the program was built with them.
 */
#ifndef BP_PROBE_UNPACK_H
#define BP_PROBE_UNPACK_H

#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/error.h"

enum bp_packing { BP_PACKED_ZLIB, BP_PACKED_ZSTD };

/*
 * Unpacks at most `room` bytes from the start of `data` into `out`. Returns 0 with their
 * number in *length; where the data is damaged or ends early, -1 with what came before.
 * BP_E_ABSENT: this build has no library for that packing.
 */
int bp_unpack_head(enum bp_packing packing, struct bp_cursor data, uint8_t *out, size_t room,
                   size_t *length, struct bp_err *err);

/*
 * `size` bytes packed with zlib, their number in *length; NULL where this build has no zlib. The
 * caller frees them.
 */
uint8_t *bp_pack(const uint8_t *bytes, size_t size, size_t *length);

#endif
