/*
 * The code for GPUs inside a library or program: CUDA fat binaries and HIP bundles, in
 * ELF, PE and Mach-O files. Only their headers are touched, never the code itself.
 *
 * What is listed is in the file at least: a library may keep code elsewhere too (libcufft
 * has most of its own outside the sections that compilers use), or load it from another
 * file.
 */
#ifndef BP_PROBE_GPU_CODE_H
#define BP_PROBE_GPU_CODE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/cursor.h"
#include "base/error.h"

/* Pieces of code counted in one file; libcublasLt has about 6000. */
#define BP_GPU_CODE_ENTRY_LIMIT ((size_t)1 << 18)
/* Different rows kept of one file. */
#define BP_GPU_CODE_TARGET_LIMIT ((size_t)512)

enum bp_gpu_code_kind {
    BP_GPU_CUBIN, /* machine code for an NVIDIA GPU: target sm_90a */
    BP_GPU_PTX,   /* what the driver compiles for newer GPUs: compute_90 */
    BP_GPU_LTO,   /* what only a linker can use: lto_90 */
    BP_GPU_HIP,   /* machine code for an AMD GPU: gfx90a:sramecc+:xnack- */
};

struct bp_gpu_target {
    enum bp_gpu_code_kind kind;
    char *target;
    bool compressed;
    size_t count; /* pieces of this kind, target and compression */
};

/* Rows in the order in which the file has them. Start from {0}, end with bp_gpu_code_free. */
struct bp_gpu_code {
    struct bp_gpu_target *rows;
    size_t count;
    size_t capacity;
    size_t entry_count; /* pieces of any kind */
    struct bp_err err;  /* the first thing that could not be read, or BP_OK */
};

void bp_gpu_code_free(struct bp_gpu_code *code);

/* Counts one piece. Returns -1, with the reason in code->err, once a limit is reached. */
int bp_gpu_code_add(struct bp_gpu_code *code, enum bp_gpu_code_kind kind, const char *target,
                    bool compressed);

/* Keeps a reason why something could not be read, unless there is one already. Returns -1. */
int bp_gpu_code_fail(struct bp_gpu_code *code, enum bp_err_code reason, const char *format, ...)
    BP_PRINTF(3, 4);

/*
 * Where the next fat binary or bundle of a section may begin: the first multiple of
 * `alignment` (a power of two, 8 or more) from `offset` on that is not all zeros, or the
 * section's end. Gives up behind 64 KiB of zeros, which no linker leaves.
 */
uint64_t bp_gpu_code_skip_zeros(struct bp_cursor section, uint64_t offset, uint64_t alignment);

/* Lists the code in the bytes of a whole file, whatever its format. */
void bp_gpu_code_list(struct bp_cursor file, struct bp_gpu_code *code);

/*
 * Puts "gpu_code" into `facts`, and "gpu_code_error" where not all could be read; then
 * "gpu_code" holds what was, or null where that is nothing.
 */
void bp_gpu_code_facts(struct bp_cursor file, cJSON *facts);

#endif
