/* Whether a pattern file keeps to the format that is described in patterns/README.md. */
#ifndef BP_CHECKS_PATTERN_CHECK_H
#define BP_CHECKS_PATTERN_CHECK_H

#include <cjson/cJSON.h>

#include "base/error.h"
#include "base/str.h"

/* Where in which file a check is. Internal to the checks of pattern files. */
struct bp_place {
    const char *file;
    struct bp_str pointer;
    const cJSON *schema; /* the report's; NULL: facts are not looked up */
    struct bp_err *err;
};

/*
 * Checks all of a pattern's document: members, types, conditions, regexes, specifiers,
 * pointers, placeholders, proof. `file` is the file's name, which the id has to be. The
 * message is "FILE: /pointer: reason" for the first mistake.
 */
int bp_pattern_check(const cJSON *pattern, const char *file, const cJSON *schema,
                     struct bp_err *err);

/* Checks a condition, and all inside it. */
int bp_condition_check(struct bp_place *place, const cJSON *condition);

/* Checks a sentence with placeholders: a text that is not empty. */
int bp_sentence_check(struct bp_place *place, const cJSON *sentence);

/* Goes to a member (or, with a NULL name, an element) below; *back is for bp_place_leave. */
void bp_place_enter(struct bp_place *place, const char *member, size_t index, size_t *back);
void bp_place_leave(struct bp_place *place, size_t back);

/* Fails with "FILE: /pointer: " and the reason. */
int bp_place_refuse(const struct bp_place *place, const char *format, ...) BP_PRINTF(2, 3);

/* Puts "FILE: /pointer: " before the reason that the error already holds. Returns -1. */
int bp_place_refuse_in(const struct bp_place *place);

#endif
