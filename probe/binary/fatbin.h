/*
 * CUDA fat binaries, as nvcc and clang put them into the sections .nv_fatbin (code that
 * the driver loads) and __nv_relfatbin (pieces of separate compilation, from which the
 * driver can compile and link for a GPU that the first has nothing for).
 *
 * NVIDIA does not document the format. What is used here was measured on files of CUDA
 * 11.0 to 13.2 and agrees with what cuobjdump says of them:
 *
 *   fat binary   u32 magic ba55ed50, u16 version 1, u16 size of this header (16),
 *                u64 size of the entries that follow
 *   entry        u16 kind (1 PTX, 2 cubin, 8 LTO), u16 version 0101, u32 size of this
 *                header (64 or more), u64 size of the code as stored, u32 size of the
 *                code as compressed (0: it is not), at 28 u32 architecture (90),
 *                at 40 u64 flags (100000: suffix "a", 200000: suffix "f"); then the code
 *
 * All little-endian. Kind, architecture and suffix are readable whatever the compression.
 */
#ifndef BP_PROBE_FATBIN_H
#define BP_PROBE_FATBIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"
#include "probe/binary/gpu_code.h"

/* Whether a fat binary begins at `offset`. */
bool bp_fatbin_is_at(struct bp_cursor bytes, uint64_t offset);

/*
 * Counts the entries of the fat binary at `offset`. Returns where it ends, or 0 where
 * that cannot be said; trouble is told in code->err.
 */
uint64_t bp_fatbin_read(struct bp_cursor bytes, uint64_t offset, struct bp_gpu_code *code);

/* Counts the entries of all fat binaries of a section, one after another. */
void bp_fatbin_section(struct bp_cursor section, struct bp_gpu_code *code);

#endif
