/* A fact as it is compared: one text, so that equal texts are equal facts. */
#ifndef BP_CHECKS_COMPARE_VALUE_H
#define BP_CHECKS_COMPARE_VALUE_H

#include <cjson/cJSON.h>

#include "checks/compare/fact_table.h"

/* What values are seen against. */
struct bp_compare_view {
    const char *prefix; /* of the interpreter in use, or NULL */
    const char *opened; /* name of the library that bitsandbytes opens, or NULL */
};

/* What of one row counts, or NULL where the row does not. The caller frees it. */
char *bp_compare_row(const cJSON *row, const char *members, const struct bp_compare_view *view);

/* The value of a row that is one fact; NULL: there is none. The caller frees it. */
char *bp_compare_value(const struct bp_compared *row, const cJSON *fact,
                       const struct bp_compare_view *view);

/*
 * The values of a row that is several facts: an object of texts. NULL where the row is one
 * fact. The caller deletes it.
 */
cJSON *bp_compare_values(const struct bp_compared *row, const cJSON *fact,
                         const struct bp_compare_view *view);

#endif
