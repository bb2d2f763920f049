/*
 * What this project asks of cJSON beyond its own interface: reading with limits,
 * JSON Pointers (RFC 6901), and setters that turn "no value" into null, which is
 * how a document says that a fact is unknown.
 */
#ifndef BP_BASE_JSON_H
#define BP_BASE_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

/*
 * Parses one JSON document, white space allowed around it. NULL on error; the
 * message says line and column. The caller deletes the result.
 */
cJSON *bp_json_parse(const char *text, size_t length, struct bp_err *err);

/*
 * The document as text without white space, or indented. It may be shown on a terminal: what one
 * would act upon is escaped. The caller frees it.
 */
char *bp_json_print(const cJSON *document, bool indented);

/* The value at `pointer` ("" is the document itself), or NULL where there is none. */
const cJSON *bp_json_at(const cJSON *document, const char *pointer);

/* The string at `pointer`, or NULL where there is none or it is not a string. */
const char *bp_json_text_at(const cJSON *document, const char *pointer);

/* The first element of `array` whose member `key` is the string `text`, or NULL; no `text` is NULL.
 */
cJSON *bp_json_find(const cJSON *array, const char *key, const char *text);

/*
 * Puts `value` (owned by the document afterwards) at `pointer`, making objects on
 * the way and replacing what was there. "-" as a last part appends to an array,
 * which is made if it is missing. Where something on the way is neither object nor
 * array, `value` is deleted and -1 returned.
 */
int bp_json_put(cJSON *document, const char *pointer, cJSON *value);

/*
 * The first part of the pointer at *pointer, which starts with "/", unescaped; *pointer
 * moves behind it. The caller frees it.
 */
char *bp_pointer_next(const char **pointer);

/* The member or element that one unescaped part of a pointer names, or NULL. */
cJSON *bp_json_child(const cJSON *parent, const char *part);

/* Appends one part to a pointer, with "~" and "/" escaped. */
void bp_pointer_add(struct bp_str *pointer, const char *part);

/* Setters. A NULL text is null. Numbers beyond 2^53 lose digits, as in all JSON. */
void bp_json_set_text(cJSON *object, const char *key, const char *text);
void bp_json_set_number(cJSON *object, const char *key, double number);
void bp_json_set_bool(cJSON *object, const char *key, bool value);

/* Moves every member of `from` behind those of `to`, and deletes `from`. */
void bp_json_move_members(cJSON *to, cJSON *from);

/* Puts `item` (owned by the array afterwards) in front of element `index`, or at the end. */
void bp_json_insert(cJSON *array, int index, cJSON *item);

/* An array of the list's strings. */
cJSON *bp_json_of_strs(const struct bp_strs *list);

/* Members of an object, case-sensitive; NULL object or other type gives NULL / fallback. */
const cJSON *bp_json_get(const cJSON *object, const char *key);
const char *bp_json_text(const cJSON *object, const char *key);
bool bp_json_is_true(const cJSON *object, const char *key);
double bp_json_number(const cJSON *object, const char *key, double fallback);

#endif
