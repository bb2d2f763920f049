#include "report/fact_type.h"

#include <stdlib.h>
#include <string.h>

#include "base/embedded.h"
#include "base/json.h"
#include "base/str.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

/* Characters of the longest thing that is believed to be of a type with a grammar. */
enum { LONGEST = 200 };

static const struct {
    const char *name;
    const char *first; /* what it may start with; NULL: anything, and of any characters */
    const char *rest;
} types[BP_FACT_TYPES] = {
    [BP_FACT_TEXT] = {"text", NULL, NULL},
    [BP_FACT_ENUM] = {NULL, NULL, NULL},
    [BP_FACT_VERSION] = {"version", DIGITS "v", LETTERS DIGITS ".+!_~-"},
    [BP_FACT_FILE] = {"file", LETTERS DIGITS "_.", LETTERS DIGITS "_.+~-"},
    [BP_FACT_PATH] = {"path", NULL, NULL},
    [BP_FACT_WORD] = {"word", LETTERS DIGITS, LETTERS DIGITS "_.:+-"},
    [BP_FACT_NAME] = {"name", NULL, NULL},
    [BP_FACT_HEXADECIMAL] = {"hexadecimal", DIGITS "abcdefABCDEF", DIGITS "abcdefABCDEF"},
    [BP_FACT_TIME] = {"time", DIGITS, DIGITS "-T:.+Z"},
    [BP_FACT_ADDRESS] = {"address", DIGITS "abcdef", DIGITS "abcdef:."},
    [BP_FACT_POINTER] = {"pointer", "/", LETTERS DIGITS "_.+~/-"},
    [BP_FACT_SENTENCE] = {"sentence", NULL, NULL},
    [BP_FACT_COMMAND] = {"command", NULL, NULL},
    [BP_FACT_FACT] = {"fact", NULL, NULL},
    [BP_FACT_BYTES] = {"bytes", NULL, NULL},
    [BP_FACT_SNAPSHOT] = {"snapshot", NULL, NULL},
};

static enum bp_fact_type type_named(const cJSON *node) {
    const char *name = bp_json_text(node, "x-type");
    if (bp_json_get(node, "enum") || bp_json_get(node, "const")) {
        return BP_FACT_ENUM;
    }
    for (int i = 0; name && i < BP_FACT_TYPES; i++) {
        if (bp_equal(name, types[i].name)) {
            return (enum bp_fact_type)i;
        }
    }
    return BP_FACT_TEXT;
}

/* A node is asked for its type again and again: an object's number, else unused, keeps it. */
static void keep_types(cJSON *node) {
    if (cJSON_IsObject(node)) {
        node->valueint = (int)type_named(node);
    }
    for (cJSON *child = node ? node->child : NULL; child; child = child->next) {
        keep_types(child);
    }
}

cJSON *bp_fact_schema(void) {
    const struct bp_embedded_file *file = &bp_embedded_fact_types[0];
    cJSON *schema = bp_json_parse(file->data, file->size, NULL);
    keep_types(schema);
    return schema;
}

/* The node that a node stands for. */
static const cJSON *resolve(const cJSON *schema, const cJSON *node) {
    const char *reference = node ? bp_json_text(node, "$ref") : NULL;
    if (reference) {
        return bp_json_at(schema, *reference == '#' ? reference + 1 : reference);
    }
    return bp_fact_type(node) == BP_FACT_SNAPSHOT ? bp_json_at(schema, "/$defs/snapshot") : node;
}

const cJSON *bp_fact_node(const cJSON *schema, const char *place) {
    return resolve(schema, bp_json_at(schema, place));
}

bool bp_fact_names(const cJSON *node, const char *name) {
    return bp_json_get(bp_json_get(node, "properties"), name) != NULL;
}

const cJSON *bp_fact_inside(const cJSON *schema, const cJSON *node, const char *name) {
    if (!node) {
        return NULL;
    }
    if (!name) {
        return resolve(schema, bp_json_get(node, "items"));
    }
    const cJSON *member = bp_json_get(bp_json_get(node, "properties"), name);
    const cJSON *any = bp_json_get(node, "additionalProperties");
    return resolve(schema, member ? member : cJSON_IsObject(any) ? any : NULL);
}

const cJSON *bp_fact_at(const cJSON *schema, const char *pointer) {
    bool loader = bp_starts_with(pointer, "/loader/");
    bool text = bp_starts_with(pointer, "/text/");
    const cJSON *node = bp_fact_node(schema, loader ? "/$defs/loader"
                                             : text ? "/$defs/text"
                                                    : "/$defs/snapshot");
    pointer += loader ? strlen("/loader") : text ? strlen("/text") : 0;
    while (node && *pointer == '/') {
        char *part = bp_pointer_next(&pointer);
        bool list = bp_json_get(node, "items") != NULL;
        node = bp_fact_inside(schema, node, list ? NULL : part);
        free(part);
    }
    return node;
}

enum bp_fact_type bp_fact_type(const cJSON *node) {
    return node && cJSON_IsObject(node) ? (enum bp_fact_type)node->valueint : BP_FACT_TEXT;
}

static bool is_listed(const cJSON *node, const char *text) {
    const cJSON *choice;
    cJSON_ArrayForEach(choice, bp_json_get(node, "enum")) {
        if (cJSON_IsString(choice) && strcmp(choice->valuestring, text) == 0) {
            return true;
        }
    }
    return bp_equal(bp_json_text(node, "const"), text);
}

/* Free text and sentences take anything. */
static bool fits(enum bp_fact_type type, const cJSON *node, const char *text) {
    if (type == BP_FACT_ENUM) {
        return is_listed(node, text);
    }
    const char *first = types[type].first;
    size_t length = strlen(text);
    return !first || (length <= LONGEST && *text && strchr(first, *text) &&
                      strspn(text, types[type].rest) == length);
}

enum bp_fact_type bp_fact_type_of(const cJSON *node, const char *text) {
    enum bp_fact_type type = bp_fact_type(node);
    return fits(type, node, text) ? type : BP_FACT_TEXT;
}
