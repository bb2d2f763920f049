/* The known patterns: read, checked, kept. The format is described in checks/patterns/README.md. */
#ifndef BP_CHECKS_CATALOGUE_H
#define BP_CHECKS_CATALOGUE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct bp_catalogue;

/* The patterns built into the program. The caller frees it. */
struct bp_catalogue *bp_catalogue_builtin(void);

/*
 * Adds one pattern from the text of a file; `name` is the file's name, for messages. A
 * pattern whose id is already there replaces it. On error nothing is added, and the
 * message says file, place (JSON Pointer, or line and column) and reason.
 */
int bp_catalogue_add(struct bp_catalogue *catalogue, const char *name, const char *text,
                     size_t length, struct bp_err *err);

size_t bp_catalogue_count(const struct bp_catalogue *catalogue);

/* The pattern's document, in catalogue order; NULL where there is none. Owned by the catalogue. */
const cJSON *bp_catalogue_at(const struct bp_catalogue *catalogue, size_t index);
const cJSON *bp_catalogue_find(const struct bp_catalogue *catalogue, const char *id);

/*
 * Runs a pattern's proof. 0 when every case behaves; otherwise -1 and the message names
 * the first that does not.
 */
int bp_catalogue_prove(const struct bp_catalogue *catalogue, const char *id, struct bp_err *err);

void bp_catalogue_free(struct bp_catalogue *catalogue);

#endif
