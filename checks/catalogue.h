/* The known patterns: read, checked, kept. The format is described in checks/patterns/README.md. */
#ifndef BP_CHECKS_CATALOGUE_H
#define BP_CHECKS_CATALOGUE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct bp_catalogue;
struct bp_regexes;
struct bp_releases;
struct bp_search;

/*
 * The patterns built into the program. They are taken as they are, so that a start costs
 * little: `patterns --lint` and the tests hold them to the format (bp_catalogue_validate)
 * and run their proof. The caller frees it.
 */
struct bp_catalogue *bp_catalogue_builtin(void);

/* The same without the patterns' proofs: half as much to read, for judging only. */
struct bp_catalogue *bp_catalogue_for_judging(void);

/* A catalogue without any pattern. The caller frees it. */
struct bp_catalogue *bp_catalogue_empty(void);

/*
 * Adds one pattern from the text of a file; `name` is the file's name, for messages, and
 * may have folders before it. A pattern whose id is already there replaces it. On error
 * nothing is added, and the message says file, place (JSON Pointer, or line and column)
 * and reason: all that can be told from the file alone is checked, regexes and all.
 */
int bp_catalogue_add(struct bp_catalogue *catalogue, const char *name, const char *text,
                     size_t length, struct bp_err *err);

size_t bp_catalogue_count(const struct bp_catalogue *catalogue);

/* The pattern's document, in catalogue order; NULL where there is none. Owned by the catalogue. */
const cJSON *bp_catalogue_at(const struct bp_catalogue *catalogue, size_t index);
const cJSON *bp_catalogue_find(const struct bp_catalogue *catalogue, const char *id);

/*
 * What `patterns --lint` asks of a pattern beside its proof: that it keeps to the format,
 * and that the patterns it explains are in the catalogue (so add all files first). 0, or
 * -1 and "FILE: /pointer: reason".
 */
int bp_catalogue_validate(const struct bp_catalogue *catalogue, const char *id, struct bp_err *err);

/*
 * Runs a pattern's proof. 0 when every case behaves; otherwise -1 and the message names
 * the first that does not, and how it was judged.
 */
int bp_catalogue_prove(const struct bp_catalogue *catalogue, const char *id, struct bp_err *err);

/* The releases of bitsandbytes that the built-in catalogue knows; NULL in an empty one. */
const struct bp_releases *bp_catalogue_releases(const struct bp_catalogue *catalogue);

/* Where the catalogue keeps compiled regexes from one text to the next. Owned by it. */
struct bp_regexes *bp_catalogue_regexes(const struct bp_catalogue *catalogue);

/*
 * What the catalogue's patterns look for in a text, made when it is first asked for: add
 * all files before. Owned by the catalogue.
 */
struct bp_search *bp_catalogue_search(const struct bp_catalogue *catalogue);

void bp_catalogue_free(struct bp_catalogue *catalogue);

#endif
