#include "checks/schema.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "checks/view.h"

/* The node that stands for a node, "$ref" followed. */
static const cJSON *resolve(const cJSON *schema, const cJSON *node) {
    /* A reference to a reference is as far as any schema goes. */
    for (int i = 0; i < 8; i++) {
        const char *reference = node ? bp_json_text(node, "$ref") : NULL;
        if (!reference) {
            return node;
        }
        node = bp_json_at(schema, *reference == '#' ? reference + 1 : reference);
    }
    return NULL;
}

static const cJSON *find(const cJSON *schema, const cJSON *node, const char *pointer);

/* "*" stands for any element and any member: the first that leads on. */
static const cJSON *find_in_any(const cJSON *schema, const cJSON *node, const char *rest) {
    const cJSON *found = find(schema, bp_json_get(node, "items"), rest);
    if (!found) {
        found = find(schema, bp_json_get(node, "additionalProperties"), rest);
    }
    const cJSON *member;
    cJSON_ArrayForEach(member, bp_json_get(node, "properties")) {
        if (!found) {
            found = find(schema, member, rest);
        }
    }
    return found;
}

static const cJSON *find_in(const cJSON *schema, const cJSON *node, const char *part,
                            const char *rest) {
    const cJSON *member = bp_json_get(bp_json_get(node, "properties"), part);
    if (member) {
        return find(schema, member, rest);
    }
    if (part[0] && strspn(part, "0123456789") == strlen(part) && bp_json_get(node, "items")) {
        return find(schema, bp_json_get(node, "items"), rest);
    }
    return find(schema, bp_json_get(node, "additionalProperties"), rest);
}

/* The schema's node for what `pointer` leads to from `node`, or NULL. */
static const cJSON *find(const cJSON *schema, const cJSON *node, const char *pointer) {
    node = resolve(schema, node);
    if (!node || !cJSON_IsObject(node)) {
        return NULL;
    }
    if (!*pointer) {
        return node;
    }
    if (!node->child) {
        return node; /* {} allows anything, whatever its inside */
    }
    char *part = bp_pointer_next(&pointer);
    const cJSON *found = strcmp(part, "*") == 0 ? find_in_any(schema, node, pointer)
                                                : find_in(schema, node, part, pointer);
    free(part);
    return found;
}

static const cJSON *node_of(const cJSON *schema, const char *pointer) {
    if (bp_pointer_in_loader(pointer)) {
        return find(schema, bp_json_at(schema, "/properties/loader"), pointer + strlen("/loader"));
    }
    if (bp_pointer_in_text(pointer)) {
        return find(schema, bp_json_at(schema, "/$defs/text"), pointer + strlen("/text"));
    }
    return find(schema, bp_json_at(schema, "/properties/snapshot"), pointer);
}

static bool well_formed(const char *pointer) {
    for (const char *at = strchr(pointer, '~'); at; at = strchr(at + 1, '~')) {
        if (at[1] != '0' && at[1] != '1') {
            return false;
        }
    }
    return pointer[0] == '/' && pointer[1] != '\0';
}

int bp_schema_check_pointer(const cJSON *schema, const char *pointer, struct bp_err *err) {
    if (!well_formed(pointer)) {
        return bp_fail(err, BP_E_FORMAT, "\"%s\" is not a JSON Pointer that starts with \"/\"",
                       pointer);
    }
    if (schema && !node_of(schema, pointer)) {
        return bp_fail(err, BP_E_FORMAT, "there is no fact \"%s\"", pointer);
    }
    return 0;
}

static bool names_type(const cJSON *types, const char *type) {
    const cJSON *name;
    if (cJSON_IsString(types)) {
        return strcmp(types->valuestring, type) == 0;
    }
    cJSON_ArrayForEach(name, types) {
        if (cJSON_IsString(name) && strcmp(name->valuestring, type) == 0) {
            return true;
        }
    }
    return false;
}

static const char *type_of(const cJSON *value) {
    return cJSON_IsString(value)   ? "string"
           : cJSON_IsNumber(value) ? "number"
           : cJSON_IsBool(value)   ? "boolean"
           : cJSON_IsArray(value)  ? "array"
           : cJSON_IsObject(value) ? "object"
                                   : "null";
}

static bool node_allows_type(const cJSON *node, const char *type) {
    const cJSON *types = bp_json_get(node, "type");
    const cJSON *choices = bp_json_get(node, "enum");
    const cJSON *choice;
    if (types) {
        return names_type(types, type) ||
               (strcmp(type, "number") == 0 && names_type(types, "integer"));
    }
    cJSON_ArrayForEach(choice, choices) {
        if (strcmp(type_of(choice), type) == 0) {
            return true;
        }
    }
    return !choices;
}

static bool node_allows_value(const cJSON *node, const cJSON *value) {
    const cJSON *choices = bp_json_get(node, "enum");
    const cJSON *choice;
    cJSON_ArrayForEach(choice, choices) {
        if (cJSON_Compare(choice, value, true)) {
            return true;
        }
    }
    return !choices && node_allows_type(node, type_of(value));
}

bool bp_schema_allows_type(const cJSON *schema, const char *pointer, const char *type) {
    const cJSON *node = schema ? node_of(schema, pointer) : NULL;
    return !node || node_allows_type(node, type);
}

bool bp_schema_allows_value(const cJSON *schema, const char *pointer, const cJSON *value) {
    const cJSON *node = schema ? node_of(schema, pointer) : NULL;
    return !node || node_allows_value(node, value);
}

static int check_value(const cJSON *schema, const cJSON *value, struct bp_str *pointer,
                       struct bp_err *err) {
    const cJSON *node = node_of(schema, pointer->data);
    if (pointer->length &&
        (!node || bp_pointer_in_loader(pointer->data) || bp_pointer_in_text(pointer->data))) {
        return bp_fail(err, BP_E_FORMAT, "there is no fact \"%s\"", pointer->data);
    }
    if (pointer->length && !cJSON_IsNull(value) && !node_allows_value(node, value)) {
        return bp_fail(err, BP_E_FORMAT, "the fact \"%s\" is never such a %s", pointer->data,
                       type_of(value));
    }
    size_t index = 0;
    size_t length = pointer->length;
    for (const cJSON *child = value->child; child; child = child->next) {
        if (child->string) {
            bp_pointer_add(pointer, child->string);
        } else {
            bp_str_addf(pointer, "/%zu", index++);
        }
        if (check_value(schema, child, pointer, err) != 0) {
            return -1;
        }
        bp_str_truncate(pointer, length);
    }
    return 0;
}

int bp_schema_check_snapshot(const cJSON *schema, const cJSON *snapshot, struct bp_err *err) {
    if (!schema) {
        return 0;
    }
    struct bp_str pointer = BP_STR_EMPTY;
    int result = check_value(schema, snapshot, &pointer, err);
    bp_str_free(&pointer);
    return result;
}
