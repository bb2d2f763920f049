/*
 * Header facts of a native library or program, whatever its format. Only headers and
 * tables are touched: a file of 500 MB costs what its headers cost.
 */
#ifndef BP_PROBE_BINARY_H
#define BP_PROBE_BINARY_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/cursor.h"
#include "base/error.h"
#include "probe/os/files.h"

struct bp_binary_wishes {
    const char *const
        *symbols;             /* names to look up among the exported symbols, NULL-ended, or NULL */
    bool version_definitions; /* list the symbol versions that the file defines */
    bool gpu_code;            /* list the code for GPUs inside */
    const char *machine;      /* which part of a universal Mach-O file, as `uname -m` says it, or
                                 NULL: the first */
};

/*
 * The members of the JSON Schema's "binary" (and "symbols", "exported_count" when
 * symbols are wished for, "gpu_code" and "gpu_code_error" when that is). A damaged file gives what
 * could be read plus "error". NULL with *err filled where the file cannot be opened at all. The
 * caller deletes it.
 */
cJSON *bp_binary_facts(const struct bp_root *root, const char *path,
                       const struct bp_binary_wishes *wishes, struct bp_err *err);

/*
 * What is put in their place where there are none: "error" with the reason, or "not_read" where
 * the file is left alone, so that nothing is said of it.
 */
cJSON *bp_binary_no_facts(const struct bp_err *err);

/* As bp_binary_facts, of a file whose bytes are at hand. Never NULL; the caller deletes it. */
cJSON *bp_binary_facts_of(struct bp_cursor file, const struct bp_binary_wishes *wishes);

/*
 * The architecture that a program or library file is for, as `uname -m` says it, or NULL.
 * The caller frees it.
 */
char *bp_binary_machine(const struct bp_root *root, const char *path);

/* The same; of a file for several, `wanted` where it is among them ("arm64"), else the first. */
char *bp_binary_machine_wanted(const struct bp_root *root, const char *path, const char *wanted);

#endif
