/* Where reports differ, and which of them are alike when that is put together. */
#ifndef BP_CHECKS_COMPARE_DIFFERENCES_H
#define BP_CHECKS_COMPARE_DIFFERENCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checks/compare/fleet.h"

/* One value of a fact, and how many reports have it. */
struct bp_difference_value {
    uint32_t value; /* as bp_cluster_value says it */
    size_t count;
    size_t first; /* the first cluster that has it */
};

/* A fact that is not the same everywhere. */
struct bp_difference {
    size_t fact;
    struct bp_difference_value *values; /* the most frequent first */
    size_t value_count;
    bool scattered;         /* another value in most reports: it tells nobody apart */
    bool goes_with_outcome; /* who has which value is who has which outcome */
};

/* Reports that are alike in all facts that are not scattered. */
struct bp_alike {
    const struct bp_cluster **clusters; /* of the fleet, not owned; the first stands for all */
    size_t cluster_count;
    size_t cluster_capacity;
    size_t count;   /* of reports */
    size_t outcome; /* a number for verdict and loader outcome */
};

struct bp_differences {
    struct bp_difference *items; /* in the order of the table, then by name */
    size_t count;
    struct bp_alike *alike; /* the largest first */
    size_t alike_count;
    size_t outcome_count;
};

/* Points into the fleet; end with bp_differences_free. */
struct bp_differences bp_differences_of(const struct bp_fleet *fleet);
void bp_differences_free(struct bp_differences *differences);

#endif
