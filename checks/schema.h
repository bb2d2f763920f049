/*
 * The report's JSON Schema as a list of the facts there are. It holds pattern files to it,
 * since a misspelt pointer would never be learned and so never be true or, worse, never
 * rule anything out. Understands what that schema uses: $ref, type, enum, properties,
 * additionalProperties, items.
 */
#ifndef BP_CHECKS_SCHEMA_H
#define BP_CHECKS_SCHEMA_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/error.h"

/*
 * Whether the pointer is well-formed and leads to a fact that the schema knows, in the
 * snapshot or, from "/loader", in the loader's verdict or, from "/text", in what is known of a
 * text. A NULL schema knows all facts.
 */
int bp_schema_check_pointer(const cJSON *schema, const char *pointer, struct bp_err *err);

/* Whether the fact at `pointer` may be of the JSON type named, "string" or "array" say. */
bool bp_schema_allows_type(const cJSON *schema, const char *pointer, const char *type);

/* Whether the fact at `pointer` may have the scalar value. */
bool bp_schema_allows_value(const cJSON *schema, const char *pointer, const cJSON *value);

/* Whether each fact of a snapshot is one the schema knows; names the first that is not. */
int bp_schema_check_snapshot(const cJSON *schema, const cJSON *snapshot, struct bp_err *err);

#endif
