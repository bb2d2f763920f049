/* Checking a JSON document from a file, and saying in which place of it a mistake is. */
#ifndef BP_CHECKS_PLACE_H
#define BP_CHECKS_PLACE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/str.h"

/* Where in which file a check is. */
struct bp_place {
    const char *file;
    struct bp_str pointer;
    const cJSON *schema; /* the report's JSON Schema; NULL: facts are not looked up */
    struct bp_err *err;
};

/*
 * Goes to a member (or, with a NULL name, an element) below; *back is for bp_place_leave,
 * which a failing check may skip, so that the place stays that of the mistake.
 */
void bp_place_enter(struct bp_place *place, const char *member, size_t index, size_t *back);
void bp_place_leave(struct bp_place *place, size_t back);

/* Fails with "FILE: /pointer: " and the reason. Returns -1. */
int bp_place_refuse(const struct bp_place *place, const char *format, ...) BP_PRINTF(2, 3);

/* Puts "FILE: /pointer: " before the reason that the error already holds. Returns -1. */
int bp_place_refuse_in(const struct bp_place *place);

/* A member that an object may have. A list of them ends with one that has no name. */
struct bp_member {
    const char *name;
    int (*check)(struct bp_place *place, const cJSON *value);
    bool required;
};

/* Whether the value is an object with all required members and none that is not listed. */
int bp_place_check_object(struct bp_place *place, const cJSON *object,
                          const struct bp_member *members);

/* Whether the value is an array, and each of its elements passes the check. */
int bp_place_check_array(struct bp_place *place, const cJSON *array,
                         int (*check)(struct bp_place *place, const cJSON *value),
                         bool may_be_empty);

/* Whether the value is a text that is not empty. */
int bp_place_check_text(struct bp_place *place, const cJSON *value);

#endif
