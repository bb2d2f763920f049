/* Whether a pattern file keeps to the format that is described in patterns/README.md. */
#ifndef BP_CHECKS_PATTERN_CHECK_H
#define BP_CHECKS_PATTERN_CHECK_H

#include <cjson/cJSON.h>

#include "base/error.h"
#include "checks/place.h"

/*
 * Checks all of a pattern's document: members, types, conditions, regexes, specifiers,
 * pointers, placeholders, proof. `file` is the file's name, which the id has to be;
 * `schema` is the report's, or NULL to take any fact for one. The message is
 * "FILE: /pointer: reason" for the first mistake.
 */
int bp_pattern_check(const cJSON *pattern, const char *file, const cJSON *schema,
                     struct bp_err *err);

/* Checks a condition, and all inside it. */
int bp_condition_check(struct bp_place *place, const cJSON *condition);

/* Checks a sentence with placeholders: a text that is not empty. */
int bp_sentence_check(struct bp_place *place, const cJSON *sentence);

#endif
