/* The operators of a condition on a fact; what each takes and means is in patterns/README.md. */
#ifndef BP_CHECKS_OPERATORS_H
#define BP_CHECKS_OPERATORS_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/error.h"
#include "checks/view.h"

/* What a leaf's operator says of a fact. */
struct bp_answer {
    enum bp_truth truth;
    bool matched; /* a regex was found in the fact, at `match` */
    struct bp_span match;
};

/* Judges the fact (NULL: not known) by the operator of a condition `{"fact": ...}`. */
struct bp_answer bp_operator_judge(const cJSON *leaf, const cJSON *fact,
                                   const struct bp_view *view);

/* The pointer that the leaf's operator compares with, or NULL where it takes none. */
const char *bp_operator_other_pointer(const cJSON *leaf);

bool bp_operator_exists(const char *name);

/* The names of all operators, for a message. */
const char *bp_operator_names(void);

/* Whether the operator takes this operand, and takes facts such as the one at `pointer`. */
int bp_operator_check(const char *name, const cJSON *operand, const char *pointer,
                      const cJSON *schema, struct bp_err *err);

#endif
