#include "base/json.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static void describe_place(const char *text, size_t length, const char *stop, size_t *line,
                           size_t *column) {
    *line = 1;
    *column = 1;
    for (const char *at = text; at < stop && at < text + length; at++) {
        if (*at == '\n') {
            ++*line;
            *column = 1;
        } else {
            ++*column;
        }
    }
}

cJSON *bp_json_parse(const char *text, size_t length, struct bp_err *err) {
    const char *end = NULL;
    cJSON *document = cJSON_ParseWithLengthOpts(text, length, &end, false);
    if (document) {
        while (end < text + length && *end && strchr(" \t\r\n", *end)) {
            end++;
        }
        if (end == text + length) {
            return document;
        }
        cJSON_Delete(document);
    }
    size_t line;
    size_t column;
    describe_place(text, length, end ? end : text, &line, &column);
    bp_fail(err, BP_E_FORMAT, "not JSON at line %zu, column %zu", line, column);
    return NULL;
}

/*
 * Bytes of a character beyond ASCII's visible ones that a terminal acts upon or that turns the
 * direction of writing (Unicode TR 36); 0: it is another. *code receives its number.
 */
static size_t acting_character(const char *text, unsigned *code) {
    const uint8_t *at = (const uint8_t *)text;
    if (at[0] == 0x7F) {
        *code = 0x7F;
        return 1;
    }
    if (at[0] == 0xC2 && at[1] >= 0x80 && at[1] <= 0x9F) {
        *code = at[1];
        return 2;
    }
    if (at[0] != 0xE2 || (at[1] != 0x80 && at[1] != 0x81)) {
        return 0;
    }
    *code = 0x2000U + (at[1] & 0x3FU) * 64 + (at[2] & 0x3FU);
    bool acts = *code == 0x200E || *code == 0x200F || (*code >= 0x2028 && *code <= 0x202E) ||
                (*code >= 0x2066 && *code <= 0x2069);
    return acts ? 3 : 0;
}

/* Such characters stand in strings alone, where an escape is the same to who reads it. */
static char *escape_acting(char *printed) {
    struct bp_str out = BP_STR_EMPTY;
    const char *kept = printed;
    for (const char *at = printed; (at = strpbrk(at, "\x7F\xC2\xE2"));) {
        unsigned code;
        size_t length = acting_character(at, &code);
        if (length) {
            bp_str_add_bytes(&out, kept, (size_t)(at - kept));
            bp_str_addf(&out, "\\u%04x", code);
            kept = at + length;
        }
        at += length ? length : 1;
    }
    if (kept == printed) {
        return printed;
    }
    bp_str_add(&out, kept);
    cJSON_free(printed);
    return bp_str_detach(&out);
}

char *bp_json_print(const cJSON *document, bool indented) {
    return escape_acting(indented ? cJSON_Print(document) : cJSON_PrintUnformatted(document));
}

char *bp_pointer_next(const char **pointer) {
    struct bp_str part = BP_STR_EMPTY;
    const char *at = *pointer + 1;
    const char *start = at;
    for (; *at && *at != '/'; at++) {
        if (*at == '~' && (at[1] == '0' || at[1] == '1')) {
            bp_str_add_bytes(&part, start, (size_t)(at - start));
            bp_str_add_char(&part, at[1] == '0' ? '~' : '/');
            at++;
            start = at + 1;
        }
    }
    bp_str_add_bytes(&part, start, (size_t)(at - start));
    *pointer = at;
    return bp_str_detach(&part);
}

static bool parse_index(const char *part, int *index) {
    char *end;
    if (*part < '0' || *part > '9' || (*part == '0' && part[1]) || strlen(part) > 8) {
        return false;
    }
    *index = (int)strtol(part, &end, 10);
    return *end == '\0';
}

cJSON *bp_json_child(const cJSON *parent, const char *part) {
    if (cJSON_IsArray(parent)) {
        int index;
        return parse_index(part, &index) ? cJSON_GetArrayItem(parent, index) : NULL;
    }
    return cJSON_IsObject(parent) ? cJSON_GetObjectItemCaseSensitive(parent, part) : NULL;
}

const cJSON *bp_json_at(const cJSON *document, const char *pointer) {
    const cJSON *at = document;
    while (at && *pointer == '/') {
        char *part = bp_pointer_next(&pointer);
        at = bp_json_child(at, part);
        free(part);
    }
    return *pointer ? NULL : at;
}

const char *bp_json_text_at(const cJSON *document, const char *pointer) {
    return cJSON_GetStringValue(bp_json_at(document, pointer));
}

static int put_child(cJSON *parent, const char *part, cJSON *value) {
    int index;
    if (cJSON_IsObject(parent)) {
        /* In its old place, so that a document's order does not depend on who came last. */
        if (!cJSON_ReplaceItemInObjectCaseSensitive(parent, part, value)) {
            cJSON_AddItemToObject(parent, part, value);
        }
        return 0;
    }
    if (cJSON_IsArray(parent) && strcmp(part, "-") == 0) {
        cJSON_AddItemToArray(parent, value);
        return 0;
    }
    if (cJSON_IsArray(parent) && parse_index(part, &index) && index < cJSON_GetArraySize(parent)) {
        cJSON_ReplaceItemInArray(parent, index, value);
        return 0;
    }
    cJSON_Delete(value);
    return -1;
}

int bp_json_put(cJSON *document, const char *pointer, cJSON *value) {
    cJSON *at = document;
    while (*pointer == '/') {
        char *part = bp_pointer_next(&pointer);
        if (!*pointer) {
            int result = put_child(at, part, value);
            free(part);
            return result;
        }
        cJSON *next = bp_json_child(at, part);
        if (!next && cJSON_IsObject(at)) {
            next = strcmp(pointer, "/-") == 0 ? cJSON_CreateArray() : cJSON_CreateObject();
            cJSON_AddItemToObject(at, part, next);
        }
        free(part);
        if (!next) {
            break;
        }
        at = next;
    }
    cJSON_Delete(value);
    return -1;
}

void bp_pointer_add(struct bp_str *pointer, const char *part) {
    bp_str_add_char(pointer, '/');
    for (; *part; part++) {
        if (*part == '~') {
            bp_str_add(pointer, "~0");
        } else if (*part == '/') {
            bp_str_add(pointer, "~1");
        } else {
            bp_str_add_char(pointer, *part);
        }
    }
}

static void set(cJSON *object, const char *key, cJSON *value) {
    cJSON_DeleteItemFromObjectCaseSensitive(object, key);
    cJSON_AddItemToObject(object, key, value);
}

void bp_json_set_text(cJSON *object, const char *key, const char *text) {
    set(object, key, text ? cJSON_CreateString(text) : cJSON_CreateNull());
}

void bp_json_set_number(cJSON *object, const char *key, double number) {
    set(object, key, cJSON_CreateNumber(number));
}

void bp_json_set_bool(cJSON *object, const char *key, bool value) {
    set(object, key, cJSON_CreateBool(value));
}

/* Debian 12's cJSON_InsertItemInArray refuses every place but the first and the one at the end. */
void bp_json_insert(cJSON *array, int index, cJSON *item) {
    int behind = cJSON_GetArraySize(array) - index;
    cJSON_AddItemToArray(array, item);
    for (; behind > 0; behind--) {
        cJSON_AddItemToArray(array, cJSON_DetachItemFromArray(array, index));
    }
}

cJSON *bp_json_of_strs(const struct bp_strs *list) {
    cJSON *array = cJSON_CreateArray();
    for (size_t i = 0; i < list->count; i++) {
        cJSON_AddItemToArray(array, cJSON_CreateString(list->items[i]));
    }
    return array;
}

const cJSON *bp_json_get(const cJSON *object, const char *key) {
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

const char *bp_json_text(const cJSON *object, const char *key) {
    return cJSON_GetStringValue(bp_json_get(object, key));
}

bool bp_json_is_true(const cJSON *object, const char *key) {
    return cJSON_IsTrue(bp_json_get(object, key));
}

void bp_json_move_members(cJSON *to, cJSON *from) {
    while (from->child) {
        cJSON *member = cJSON_DetachItemViaPointer(from, from->child);
        char *key = bp_strdup(member->string);
        cJSON_AddItemToObject(to, key, member);
        free(key);
    }
    cJSON_Delete(from);
}

double bp_json_number(const cJSON *object, const char *key, double fallback) {
    const cJSON *value = bp_json_get(object, key);
    return cJSON_IsNumber(value) ? value->valuedouble : fallback;
}

cJSON *bp_json_find(const cJSON *array, const char *key, const char *text) {
    cJSON *element;
    cJSON_ArrayForEach(element, array) {
        if (bp_equal(bp_json_text(element, key), text)) {
            return element;
        }
    }
    return NULL;
}
