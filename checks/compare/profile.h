/* One report as it is compared: its facts as texts. */
#ifndef BP_CHECKS_COMPARE_PROFILE_H
#define BP_CHECKS_COMPARE_PROFILE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "checks/compare/fact_table.h"

struct bp_profile_fact {
    size_t row;
    char *name; /* which of the row's facts; NULL: the row is one */
    char *value;
};

/* Start from {0}, end with bp_profile_free. */
struct bp_profile {
    struct bp_profile_fact *items; /* those that have a value */
    size_t count;
    size_t capacity;
    bool unknown[BP_COMPARE_ROW_MOST]; /* by row: why there is no value is that nobody could look */
};

/* Reads a bnb-probe/1 document; whatever of it is missing is unknown. */
void bp_profile_read(struct bp_profile *profile, const cJSON *document);

void bp_profile_free(struct bp_profile *profile);

#endif
