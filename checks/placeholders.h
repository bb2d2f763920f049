/* Sentences with {/pointer}, {match} and [[parts that may be left out]]; see patterns/README.md. */
#ifndef BP_CHECKS_PLACEHOLDERS_H
#define BP_CHECKS_PLACEHOLDERS_H

#include <stdbool.h>

#include "base/error.h"
#include "checks/evidence.h"
#include "checks/install.h"

/*
 * The sentence with its placeholders filled in. A "*" means the element that the evidence
 * is about, where it is about one, else the first that has a value. *complete says whether
 * every placeholder outside brackets had one. With `shell` (may be NULL) a value is quoted
 * where that shell would take it apart. The caller frees the result.
 */
char *bp_placeholders_fill(const char *sentence, const struct bp_view *view,
                           const struct bp_evidence *evidence, const struct bp_shell *shell,
                           bool *complete);

/*
 * Whether the sentence is well-formed: brackets closed and each with a placeholder inside,
 * no placeholder but the known ones, and each pointer one that the report's JSON Schema
 * knows (`schema` may be NULL: then any).
 */
int bp_placeholders_check(const char *sentence, const cJSON *schema, struct bp_err *err);

#endif
