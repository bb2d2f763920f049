/* Between the files that read checks/releases.json (checks/releases.h describes it). */
#ifndef BP_CHECKS_RELEASE_TABLES_H
#define BP_CHECKS_RELEASE_TABLES_H

#include <cjson/cJSON.h>
#include <stddef.h>

/*
 * An element of an array. The file has one a line, and of its thousand few are asked for: so
 * each is parsed when it is.
 */
struct bp_row {
    const char *text; /* its line; NULL where it was parsed with the whole document */
    size_t length;
    cJSON *value; /* owned where there is a text; NULL until asked for */
};

struct bp_table {
    struct bp_row *rows;
    size_t count;
};

/* A library as a snapshot has it, in a package folder. */
struct bp_made_library {
    const cJSON *row; /* of which it is made */
    char *folder;     /* NULL: none */
    cJSON *library;
};

/* Those that were made to be shared; they live as long as the releases. */
struct bp_made_libraries {
    struct bp_made_library *items;
    size_t count;
    size_t capacity;
};

struct bp_releases {
    char *text;      /* what the rows' texts point into */
    cJSON *document; /* without the rows that have a text */
    struct bp_table kinds;
    struct bp_table lists;
    struct bp_table folders;
    struct bp_table versions;
    struct bp_table gpu_code;
    struct bp_table exports;
    struct bp_table markers;
    struct bp_table libraries;
    struct bp_table releases;
    struct bp_made_libraries
        *made; /* apart, so that it grows while the releases stay as they are */
};

/* The row that `place` points to, or NULL: a place that is null is a fact that is not known. */
const cJSON *bp_table_at(const struct bp_table *table, const cJSON *place);

#endif
