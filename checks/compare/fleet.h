/* Reports by the facts that they share: the ground on which they are compared. */
#ifndef BP_CHECKS_COMPARE_FLEET_H
#define BP_CHECKS_COMPARE_FLEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "checks/compare.h"
#include "checks/compare/fact_table.h"
#include "checks/compare/intern.h"

/* A fact that some report has. */
struct bp_fleet_fact {
    size_t row;
    char *name; /* as in a profile */
    struct bp_interned values;
};

/* What a fact is in a report: one of these, or the number of its value and BP_VALUE_FIRST. */
enum { BP_VALUE_NONE, BP_VALUE_UNKNOWN, BP_VALUE_FIRST };

/* Reports with the same facts. */
struct bp_cluster {
    uint32_t *values; /* by fact; a fact that came later has none here */
    size_t value_count;
    bool unknown[BP_COMPARE_ROW_MOST];
    size_t count;
    struct bp_strs names; /* the first BP_FLEET_NAMES */
};

struct bp_fleet {
    struct bp_fleet_fact *facts;
    size_t fact_count;
    size_t fact_capacity;
    struct bp_interned fact_keys; /* row and name; the number is that of the fact */
    struct bp_cluster *clusters;
    size_t cluster_count;
    size_t cluster_capacity;
    struct bp_interned cluster_keys; /* the values; the number is that of the cluster */
    size_t count;
};

/* What the fact is in the cluster's reports. */
uint32_t bp_cluster_value(const struct bp_fleet *fleet, const struct bp_cluster *cluster,
                          size_t fact);

#endif
