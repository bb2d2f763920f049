/*
 * The type of each fact, which decides what redaction does with it. It stands in the report's
 * JSON Schema (report/bnb-probe-1.schema.json): "enum" and "const" are types of their own, for
 * every other string "x-type" names one of the schema's "x-types". What the schema does not know
 * is free text.
 */
#ifndef BP_REPORT_FACT_TYPE_H
#define BP_REPORT_FACT_TYPE_H

#include <cjson/cJSON.h>
#include <stdbool.h>

enum bp_fact_type {
    BP_FACT_TEXT,
    BP_FACT_ENUM, /* one of the schema's own words */
    BP_FACT_VERSION,
    BP_FACT_FILE,
    BP_FACT_PATH,
    BP_FACT_WORD,
    BP_FACT_NAME,
    BP_FACT_HEXADECIMAL,
    BP_FACT_TIME,
    BP_FACT_ADDRESS,
    BP_FACT_POINTER,
    BP_FACT_SENTENCE,
    BP_FACT_COMMAND,
    BP_FACT_FACT,     /* as the fact that "pointer" beside it leads to */
    BP_FACT_BYTES,    /* redacted on its own (report/redact_ghosts.c) */
    BP_FACT_SNAPSHOT, /* an object: a snapshot with only some of its members */
};
#define BP_FACT_TYPES 16

/* The schema, read. The caller deletes it with cJSON_Delete. */
cJSON *bp_fact_schema(void);

/*
 * Nodes of the schema; NULL: not known. They belong to the schema. `place` is a pointer into it:
 * "" for the report, "/$defs/triage_result" for one of its parts.
 */
const cJSON *bp_fact_node(const cJSON *schema, const char *place);

/* The node of an object's member or of an array's elements (`name` is NULL). */
const cJSON *bp_fact_inside(const cJSON *schema, const cJSON *node, const char *name);

/* The node of the fact at `pointer`, as findings name it: in the snapshot, or from "/loader" or
 * "/text" in those. */
const cJSON *bp_fact_at(const cJSON *schema, const char *pointer);

/* Whether the node says itself which members an object has: `name` is one of them. */
bool bp_fact_names(const cJSON *node, const char *name);

enum bp_fact_type bp_fact_type(const cJSON *node);

/* The type of a text that stands there: free text where it does not look like what is said. */
enum bp_fact_type bp_fact_type_of(const cJSON *node, const char *text);

#endif
