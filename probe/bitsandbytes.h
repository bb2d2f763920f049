/* The parts of the bitsandbytes collector. */
#ifndef BP_PROBE_BITSANDBYTES_H
#define BP_PROBE_BITSANDBYTES_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/str.h"
#include "probe/binary/binary.h"
#include "probe/collector.h"

/*
 * Functions that came or went with a release, so that their presence tells which release
 * a library is from, and those that error messages name. Ended by NULL.
 */
extern const char *const bp_bitsandbytes_symbols[];

/* What is read of a native library of bitsandbytes for an interpreter of that machine, or NULL. */
struct bp_binary_wishes bp_bitsandbytes_wishes(const char *machine);

/*
 * Puts the facts of each libbitsandbytes* file of the package folder one by one. `record`
 * is the path of the RECORD that lists the package's files, or NULL; `machine` the one that
 * the interpreter is for, or NULL.
 */
void bp_bitsandbytes_libraries(const struct bp_root *root, const char *folder, const char *record,
                               const char *machine, struct bp_facts *facts);

/*
 * Every copy along the search path, the one that `import bitsandbytes` would use first
 * where `place` (folder of the search path that holds it) and `path` (the package's
 * folder) are not NULL. `interpreter` is the python section's entry.
 */
cJSON *bp_bitsandbytes_copies(const struct bp_root *root, const cJSON *interpreter,
                              const char *place, const char *path, struct bp_facts *facts);

/*
 * The root of the source tree whose package folder is `path`, or NULL where it is an
 * installed copy. The caller frees it.
 */
char *bp_bitsandbytes_checkout(const struct bp_root *root, const char *path);

/* The schema's "sources": source trees in and around the current folder. */
cJSON *bp_bitsandbytes_sources(const struct bp_probe *probe);

/* Entry points of group bitsandbytes.backends among the installed packages. */
cJSON *bp_bitsandbytes_backends(const struct bp_root *root, const struct bp_strs *site_folders);

#endif
