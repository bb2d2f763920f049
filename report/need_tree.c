#include "report/need_tree.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"

/* Of a document of any origin: so deep, and so many of each list, and what is more is left out. */
enum { DEPTH_LIMIT = 16, LIST_LIMIT = 2000 };

static const struct {
    const char *outcome;
    const char *word;
    const char *counted; /* behind a number */
} states[BP_STATE_COUNT] = {
    [BP_STATE_FOUND] = {"found", "found", "found"},
    [BP_STATE_MAPPED] = {"mapped-by-torch", "loaded by torch before", "loaded by torch before"},
    [BP_STATE_UNUSABLE] = {"unusable", "NOT USABLE", "found but not usable"},
    [BP_STATE_NOT_FOUND] = {"not-found", "NOT FOUND", "not found"},
    [BP_STATE_UNKNOWN] = {"unknown", "not known", "not known"},
};

const char *bp_need_state_word(enum bp_need_state state) {
    return states[state].word;
}

bool bp_need_state_is_trouble(enum bp_need_state state) {
    return state == BP_STATE_UNUSABLE || state == BP_STATE_NOT_FOUND;
}

static enum bp_need_state state_of(const char *outcome) {
    for (int i = 0; i < BP_STATE_COUNT; i++) {
        if (bp_equal(outcome, states[i].outcome)) {
            return (enum bp_need_state)i;
        }
    }
    return BP_STATE_UNKNOWN;
}

/* The chosen library; where none is chosen, the one that is asked for. */
static const cJSON *chosen_file(const cJSON *loader) {
    const char *chosen = bp_json_text(loader, "chosen");
    const char *name = chosen ? chosen : bp_json_text(loader, "asks_for");
    return bp_json_find(bp_json_get(loader, "files"), "name", name);
}

/* What is still to be put into the tree; each entry is taken once, so a ring comes to an end. */
struct growing {
    struct bp_need_tree *tree;
    const cJSON **below;
    size_t below_count;
};

static void add_row(struct growing *growing, const cJSON *need, size_t depth, size_t parent) {
    struct bp_need_tree *tree = growing->tree;
    const char *library = bp_json_text(need, "library");
    size_t own = tree->count++;
    struct bp_need_row *row = &tree->rows[own];
    *row = (struct bp_need_row){.library = library ? library : "unnamed",
                                .path = bp_json_text(need, "path"),
                                .rule = bp_json_text(need, "rule"),
                                .reason = bp_json_text(need, "reason"),
                                .state = state_of(bp_json_text(need, "outcome")),
                                .depth = depth,
                                .parent = parent};
    tree->counts[row->state]++;
    for (size_t i = 0; i < growing->below_count && depth < DEPTH_LIMIT; i++) {
        const cJSON *below = growing->below[i];
        if (below && library && bp_equal(bp_json_text(below, "needed_by"), library)) {
            growing->below[i] = NULL;
            add_row(growing, below, depth + 1, own);
        }
    }
}

struct bp_need_tree bp_need_tree_of(const cJSON *document) {
    struct bp_need_tree tree = {.file = chosen_file(bp_json_get(document, "loader"))};
    const cJSON *direct = bp_json_get(tree.file, "needed");
    const cJSON *below = bp_json_get(tree.file, "needed_below");
    struct growing growing = {.tree = &tree, .below = bp_alloc_array(LIST_LIMIT, sizeof(cJSON *))};
    const cJSON *need;
    size_t direct_count = 0;
    tree.rows = bp_alloc_array((size_t)2 * LIST_LIMIT, sizeof *tree.rows);
    cJSON_ArrayForEach(need, below) {
        if (growing.below_count < LIST_LIMIT) {
            growing.below[growing.below_count++] = need;
        }
    }
    cJSON_ArrayForEach(need, direct) {
        if (direct_count++ < LIST_LIMIT) {
            add_row(&growing, need, 0, SIZE_MAX);
        }
    }
    free(growing.below);
    return tree;
}

void bp_need_tree_free(struct bp_need_tree *tree) {
    free(tree->rows);
    *tree = (struct bp_need_tree){0};
}

char *bp_need_row_says(const struct bp_need_row *row) {
    struct bp_str text = BP_STR_EMPTY;
    const char *detail = row->state == BP_STATE_FOUND || !row->reason ? row->rule : row->reason;
    bp_str_add(&text, row->path ? row->path : "");
    if (detail) {
        bp_str_addf(&text, row->path ? " (%s)" : "%s", detail);
    }
    return bp_str_detach(&text);
}

char *bp_need_tree_says(const struct bp_need_tree *tree) {
    struct bp_str text = BP_STR_EMPTY;
    const char *before = ": ";
    bp_str_addf(&text, "%zu needed %s", tree->count, tree->count == 1 ? "library" : "libraries");
    for (int i = 0; i < BP_STATE_COUNT; i++) {
        if (tree->counts[i]) {
            bp_str_addf(&text, "%s%zu %s", before, tree->counts[i], states[i].counted);
            before = ", ";
        }
    }
    bp_str_add_char(&text, '.');
    for (size_t i = 0; i < tree->count; i++) {
        if (bp_need_state_is_trouble(tree->rows[i].state)) {
            bp_str_addf(&text, " %s: %s.", tree->rows[i].library,
                        states[tree->rows[i].state].counted);
        }
    }
    return bp_str_detach(&text);
}
