/* The report's JSON Schema for reading: https://json-schema.org/draft/2020-12/schema */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "report/markup.h"
#include "report/papers.h"

/* "string or null", the values of an enum, "array of [finding]". The caller frees it. */
static char *type_words(const cJSON *node) {
    struct bp_str words = BP_STR_EMPTY;
    const cJSON *type = bp_json_get(node, "type");
    const cJSON *values = bp_json_get(node, "enum");
    const cJSON *constant = bp_json_get(node, "const");
    const char *reference = bp_json_text(node, "$ref");
    const char *items = bp_json_text_at(node, "/items/$ref");
    const cJSON *value;
    if (reference) {
        bp_str_addf(&words, "[%s](#%s)", bp_base_name(reference), bp_base_name(reference));
    } else if (constant) {
        bp_markup_code(&words, cJSON_GetStringValue(constant));
    } else if (values) {
        cJSON_ArrayForEach(value, values) {
            bp_str_add(&words, value == values->child ? "" : ", ");
            bp_markup_code(&words, cJSON_IsString(value) ? value->valuestring : "null");
        }
    } else if (cJSON_IsArray(type)) {
        cJSON_ArrayForEach(value, type) {
            bp_str_add(&words, value == type->child ? "" : " or ");
            bp_str_add(&words, cJSON_GetStringValue(value));
        }
    } else {
        bp_str_add(&words, type ? cJSON_GetStringValue(type) : "any");
    }
    if (items) {
        bp_str_addf(&words, " of [%s](#%s)", bp_base_name(items), bp_base_name(items));
    }
    return bp_str_detach(&words);
}

static void add_row(struct bp_str *out, const char *place, const cJSON *node) {
    const char *says = bp_json_text(node, "description");
    char *type = type_words(node);
    bp_str_add(out, "| ");
    bp_markup_code(out, place);
    bp_str_addf(out, " | %s | ", type);
    bp_markup_words(out, says ? says : "");
    bp_str_add(out, " |\n");
    free(type);
}

/* The members of a node and all that lies in them, each with its place below `place`. */
static void add_members(struct bp_str *out, const char *place, const cJSON *node) {
    const cJSON *member;
    cJSON_ArrayForEach(member, bp_json_get(node, "properties")) {
        char *below = bp_format("%s/%s", place, member->string);
        add_row(out, below, member);
        add_members(out, below, member);
        free(below);
    }
    const cJSON *inside[] = {bp_json_get(node, "items"), bp_json_get(node, "additionalProperties")};
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) {
        if (cJSON_IsObject(inside[i])) {
            char *below = bp_format("%s/*", place);
            add_members(out, below, inside[i]);
            free(below);
        }
    }
}

static void add_table(struct bp_str *out, const cJSON *node) {
    bp_str_add(out, "| fact | type | |\n| --- | --- | --- |\n");
    add_members(out, "", node);
}

void bp_schema_markdown(const cJSON *schema, struct bp_str *out) {
    const cJSON *definition;
    bp_str_add(out, "# ");
    bp_markup_words(out, bp_json_text(schema, "title"));
    bp_str_add(out,
               "\n\nEvery member of the document, with its place as a JSON Pointer; `*` stands "
               "for each element of an array or member of an object. A fact that is null or "
               "missing could not be learned; why stands in `/snapshot/collectors`.\n\n");
    add_table(out, schema);
    cJSON_ArrayForEach(definition, bp_json_get(schema, "$defs")) {
        const char *says = bp_json_text(definition, "description");
        bp_str_addf(out, "\n## %s\n\n", definition->string);
        if (says) {
            bp_markup_words(out, says);
            bp_str_add(out, "\n\n");
        }
        add_table(out, definition);
    }
}
