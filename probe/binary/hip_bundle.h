/*
 * HIP bundles, as clang and hipcc put them into the section .hip_fatbin: the code of one
 * source file for several AMD GPUs. Format: "Bundled Binary File Layout" and "Compressed
 * offload bundle" in LLVM's ClangOffloadBundler documentation.
 *
 *   plain        "__CLANG_OFFLOAD_BUNDLE__", u64 count, then per entry u64 offset from the
 *                bundle's start, u64 size, u64 length of the id and the id
 *                (hipv4-amdgcn-amd-amdhsa--gfx90a:sramecc+:xnack-)
 *   compressed   "CCOB", u16 version, u16 method (0 zlib, 1 zstd), then
 *                version 1: u32 size once unpacked, u64 hash
 *                version 2: u32 size of it all, u32 size once unpacked, u64 hash
 *                version 3: the same with u64 sizes; then a plain bundle, compressed
 *
 * Of a compressed bundle only the beginning is unpacked, where the ids stand.
 */
#ifndef BP_PROBE_HIP_BUNDLE_H
#define BP_PROBE_HIP_BUNDLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"
#include "probe/binary/gpu_code.h"

/* Bytes unpacked of a compressed bundle: room for the ids of about 200 targets. */
#define BP_HIP_HEAD_SIZE ((size_t)16 << 10)

/* Whether a bundle begins at `offset`. */
bool bp_hip_bundle_is_at(struct bp_cursor bytes, uint64_t offset);

/*
 * Counts the GPU targets of the bundle at `offset` (its part for the host is none).
 * Returns where it ends, or 0 where that cannot be said; trouble is told in code->err.
 */
uint64_t bp_hip_bundle_read(struct bp_cursor bytes, uint64_t offset, struct bp_gpu_code *code);

/* Counts the targets of all bundles of a section, one after another. */
void bp_hip_bundle_section(struct bp_cursor section, struct bp_gpu_code *code);

#endif
