/* Between the files that read checks/releases.json (checks/releases.h describes it). */
#ifndef BP_CHECKS_RELEASE_TABLES_H
#define BP_CHECKS_RELEASE_TABLES_H

#include <cjson/cJSON.h>
#include <stddef.h>

/* An array with its elements at hand: finding one in cJSON's list walks it. */
struct bp_table {
    const cJSON **rows;
    size_t count;
};

struct bp_releases {
    cJSON *document;
    struct bp_table kinds;
    struct bp_table lists;
    struct bp_table folders;
    struct bp_table versions;
    struct bp_table gpu_code;
    struct bp_table exports;
    struct bp_table markers;
    struct bp_table libraries;
    struct bp_table releases;
};

/* The row that `place` points to, or NULL: a place that is null is a fact that is not known. */
const cJSON *bp_table_at(const struct bp_table *table, const cJSON *place);

#endif
