/* What differs between machines that should be alike. Pure, as all of checks/ is. */
#ifndef BP_CHECKS_COMPARE_H
#define BP_CHECKS_COMPARE_H

#include <cjson/cJSON.h>
#include <stddef.h>

/*
 * Reports that are compared. What it holds grows with the number of clusters, not of reports:
 * reports with the same facts are counted, and of each cluster so many are named.
 */
struct bp_fleet;
#define BP_FLEET_NAMES 1000

/* The caller frees it with bp_fleet_free. */
struct bp_fleet *bp_fleet_new(void);
void bp_fleet_free(struct bp_fleet *fleet);

/* Adds a bnb-probe/1 document, which is not needed afterwards. */
void bp_fleet_add(struct bp_fleet *fleet, const char *name, const cJSON *document);

size_t bp_fleet_count(const struct bp_fleet *fleet);

/*
 * The comparison as bnb-probe-compare/1 describes it ($defs/compare of the schema): clusters of
 * reports that are alike, the largest first, and the facts in which they differ, by group. A
 * fact that is another one in most reports tells nobody apart and is only named. The caller
 * deletes it.
 */
cJSON *bp_fleet_compare(const struct bp_fleet *fleet);

#endif
