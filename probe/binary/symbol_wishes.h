/* Names looked up among the exported symbols of a file, whatever its format. */
#ifndef BP_PROBE_SYMBOL_WISHES_H
#define BP_PROBE_SYMBOL_WISHES_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"

struct bp_symbol_wish {
    const char *name;
    size_t length;
    bool met;
};

struct bp_symbol_wishes {
    struct bp_symbol_wish *items;
    size_t count;
    uint64_t exported; /* symbols seen */
};

/* The wishes for `names`, NULL-ended, which must outlive them. End with bp_symbol_wishes_free. */
struct bp_symbol_wishes bp_symbol_wishes_of(const char *const *names);
void bp_symbol_wishes_free(struct bp_symbol_wishes *wishes);

/* Counts an exported symbol whose name is these `length` bytes. */
void bp_symbol_wishes_see(struct bp_symbol_wishes *wishes, const void *name, size_t length);

/* The same, its name being zero-ended at `offset` of `names`; one that does not end there counts.
 */
void bp_symbol_wishes_see_at(struct bp_symbol_wishes *wishes, const struct bp_cursor *names,
                             uint64_t offset);

/*
 * Puts the schema's "symbols" and "exported_count" into `facts`; null for both where the
 * symbols could not be read.
 */
void bp_symbol_wishes_put(const struct bp_symbol_wishes *wishes, bool read, cJSON *facts);

#endif
