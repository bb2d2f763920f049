/*
 * What is kept of a command's output, however much it prints: the beginning, the end, and
 * the places that explain a failure (tracebacks, messages of the C++ and CUDA runtimes, lines that
 * name bitsandbytes) with what stands around them. Of such places the first and the last few are
 * kept, so that the whole stays bounded.
 */
#ifndef BP_PROBE_KEPT_OUTPUT_H
#define BP_PROBE_KEPT_OUTPUT_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* Bytes that are kept of the beginning and of the end. */
#define BP_KEPT_HEAD ((size_t)64 << 10)
#define BP_KEPT_TAIL ((size_t)256 << 10)

struct bp_kept_output;

/* The caller frees it. */
struct bp_kept_output *bp_kept_output_new(void);
void bp_kept_output_free(struct bp_kept_output *kept);

/*
 * Takes what was printed. `stream` tells apart where: where one goes on after another that
 * stopped inside a line, a line end is put between, so that no two lines become one.
 */
void bp_kept_output_add(struct bp_kept_output *kept, int stream, const char *bytes, size_t length);

/* How many bytes were printed. */
uint64_t bp_kept_output_total(const struct bp_kept_output *kept);

/*
 * Appends what was kept, in order; a line "[... N bytes left out ...]" stands for each gap.
 * Returns how many bytes were left out.
 */
uint64_t bp_kept_output_write(const struct bp_kept_output *kept, struct bp_str *text);

#endif
