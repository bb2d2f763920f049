/*
 * What the chosen native library needs, as a tree in the order of a person's reading: each
 * needed library, and under it what that one brings in its turn (the loader's `needed` and
 * `needed_below` of the report document).
 */
#ifndef BP_REPORT_NEED_TREE_H
#define BP_REPORT_NEED_TREE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

enum bp_need_state {
    BP_STATE_FOUND,
    BP_STATE_MAPPED,   /* in the process before, with torch */
    BP_STATE_UNUSABLE, /* found, and the load fails */
    BP_STATE_NOT_FOUND,
    BP_STATE_UNKNOWN,
};
#define BP_STATE_COUNT 5

/* A row of the tree; texts point into the document. */
struct bp_need_row {
    const char *library;
    const char *path;   /* or NULL */
    const char *rule;   /* or NULL */
    const char *reason; /* or NULL */
    enum bp_need_state state;
    size_t depth;  /* 0: needed by the chosen library itself */
    size_t parent; /* row of what needs it; SIZE_MAX: the chosen library */
};

struct bp_need_tree {
    const cJSON *file; /* the chosen library's member of /loader/files; NULL: there is none */
    struct bp_need_row *rows;
    size_t count;
    size_t counts[BP_STATE_COUNT];
};

/* Free with bp_need_tree_free; `document` must outlive it. */
struct bp_need_tree bp_need_tree_of(const cJSON *document);
void bp_need_tree_free(struct bp_need_tree *tree);

/* "found", "NOT FOUND" ...: a word for a state, so that no colour has to say it. */
const char *bp_need_state_word(enum bp_need_state state);

/* Whether the library cannot be loaded because of it. */
bool bp_need_state_is_trouble(enum bp_need_state state);

/* Path and rule, or the reason: what is to be said beside the name. The caller frees it. */
char *bp_need_row_says(const struct bp_need_row *row);

/* "12 needed libraries: 3 found, 9 with torch ..." in one sentence. The caller frees it. */
char *bp_need_tree_says(const struct bp_need_tree *tree);

#endif
