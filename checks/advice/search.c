#include "checks/advice/search.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/assume.h"
#include "checks/releases.h"

enum {
    STEP_LIMIT = 3,
    SET_LIMIT = 2, /* changes made together, beside the release */
    /* Releases that are tried under one set of several changes: more would take long. */
    RELEASES_OF_SET = 6,
};

/* Something that helps. */
struct solution {
    unsigned kinds; /* of its changes */
    int cost;
    char *says;
    char *command;
    char *outcome;
    struct bp_strs assume;
};

struct searching {
    const struct bp_advising *advising;
    struct bp_changes changes;
    struct solution solutions[64];
    size_t count;
};

/* Changes that are made together; the release, where there is one, comes last. */
struct set {
    const struct bp_change *items[SET_LIMIT + 1];
    size_t count;
};

static bool is_solved(const struct searching *searching) {
    return searching->count > 0;
}

static bool in_new_environment(const struct set *set) {
    for (size_t i = 0; i < set->count; i++) {
        if (set->items[i]->new_environment) {
            return true;
        }
    }
    return false;
}

static struct bp_strs assumptions_of(const struct set *set) {
    struct bp_strs assume = {0};
    for (size_t i = 0; i < set->count; i++) {
        for (size_t j = 0; j < set->items[i]->assume.count; j++) {
            bp_strs_add_once(&assume, set->items[i]->assume.items[j]);
        }
    }
    return assume;
}

static unsigned kinds_of(const struct set *set) {
    unsigned kinds = 0;
    for (size_t i = 0; i < set->count; i++) {
        kinds |= 1U << set->items[i]->kind;
    }
    return kinds;
}

/* One that asks for the same kinds of change, found before and so better, is enough. */
static bool is_variant(const struct searching *searching, const struct set *set) {
    int cost = 0;
    for (size_t i = 0; i < set->count; i++) {
        cost += set->items[i]->cost;
    }
    for (size_t i = 0; i < searching->count; i++) {
        if (searching->solutions[i].kinds == kinds_of(set) &&
            searching->solutions[i].cost <= cost) {
            return true;
        }
    }
    return false;
}

static void keep(struct searching *searching, const struct set *set, const char *outcome) {
    const size_t limit = sizeof searching->solutions / sizeof *searching->solutions;
    if (searching->count == limit || is_variant(searching, set)) {
        return;
    }
    struct solution *solution = &searching->solutions[searching->count++];
    const struct bp_shell *shell = &searching->advising->shell;
    struct bp_str says = BP_STR_EMPTY;
    *solution = (struct solution){
        .kinds = kinds_of(set), .outcome = bp_strdup(outcome), .assume = assumptions_of(set)};
    for (size_t i = 0; i < set->count; i++) {
        const struct bp_change *change = set->items[i];
        char *longer = bp_shell_join(shell, solution->command, change->command);
        free(solution->command);
        solution->command = longer;
        solution->cost += change->cost;
        bp_str_addf(&says, "%s%s", i == 0 ? "" : " ", change->says);
    }
    if (solution->kinds & (1U << BP_CHANGE_SYSTEM)) {
        /* What would be typed there is not known here. */
        free(solution->command);
        solution->command = NULL;
    }
    if (solution->command && shell->powershell) {
        bp_str_add(&says, " The command is for PowerShell.");
    }
    solution->says = bp_str_detach(&says);
}

/* What came of trying a set. */
enum end {
    END_BAD,
    END_GOOD,
    END_BEYOND_RELEASES, /* what is wrong lies elsewhere than in the release, for any of them */
};

/* Tries what is assumed on a snapshot; keeps the set, which that comes to, where it helps. */
static enum end try_on(struct searching *searching, const cJSON *snapshot,
                       const struct bp_strs *assume, const struct set *set) {
    struct bp_advising advising = *searching->advising;
    advising.snapshot = snapshot;
    struct bp_trial trial = bp_trial_make(&advising, assume);
    const char *outcome = bp_json_text(trial.loader, "outcome");
    enum end end = trial.good ? END_GOOD : END_BAD;
    if (trial.good) {
        keep(searching, set, outcome);
    } else if (bp_equal(outcome, "torch-missing") || bp_equal(outcome, "torch-fails")) {
        end = END_BEYOND_RELEASES;
    }
    bp_trial_free(&trial);
    return end;
}

/* Tries the set as it is. */
static enum end try_set(struct searching *searching, const struct set *set) {
    struct bp_strs assume = assumptions_of(set);
    enum end end = try_on(searching, searching->advising->snapshot, &assume, set);
    bp_strs_free(&assume);
    return end;
}

/* The release comes last, so that it is tried on top of what the set made. */
static enum end try_release(struct searching *searching, const struct set *set,
                            const struct bp_trial *under, const char *version) {
    struct bp_change change =
        bp_change_to_release(searching->advising, version, in_new_environment(set));
    struct set longer = *set;
    longer.items[longer.count++] = &change;
    enum end end = try_on(searching, under->snapshot, &change.assume, &longer);
    bp_change_free(&change);
    return end;
}

/* The newest release that can be installed under the set and works with it. */
static void try_releases(struct searching *searching, const struct set *set,
                         const struct bp_trial *under) {
    const struct bp_releases *releases = searching->advising->releases;
    size_t tried = 0;
    for (size_t i = 0; i < bp_releases_count(releases); i++) {
        struct bp_strs why_not = {0};
        bool fits = bp_release_can_be_installed(releases, i, under->snapshot, &why_not);
        bp_strs_free(&why_not);
        if (set->count > 1 && tried == RELEASES_OF_SET) {
            return;
        }
        tried += fits;
        if (fits &&
            try_release(searching, set, under, bp_release_at(releases, i).version) != END_BAD) {
            return;
        }
    }
}

/* The set alone, unless it makes an environment in which nothing is yet, and with a release. */
static void try_with_releases(struct searching *searching, const struct set *set) {
    struct bp_strs assume = assumptions_of(set);
    struct bp_trial trial = bp_trial_make(searching->advising, &assume);
    bp_strs_free(&assume);
    if (!trial.snapshot) {
        return; /* changes that contradict each other */
    }
    if (trial.good && set->count && !in_new_environment(set)) {
        keep(searching, set, bp_json_text(trial.loader, "outcome"));
    } else {
        try_releases(searching, set, &trial);
    }
    bp_trial_free(&trial);
}

static bool is_of(const struct bp_change *change, unsigned kinds) {
    return (kinds & (1U << change->kind)) != 0;
}

static void try_singles(struct searching *searching, unsigned kinds) {
    for (size_t i = 0; i < searching->changes.count; i++) {
        if (is_of(&searching->changes.items[i], kinds)) {
            struct set set = {.items = {&searching->changes.items[i]}, .count = 1};
            try_with_releases(searching, &set);
        }
    }
}

static void try_pairs(struct searching *searching, unsigned kinds, unsigned other_kinds) {
    for (size_t i = 0; i < searching->changes.count; i++) {
        for (size_t j = 0; j < searching->changes.count; j++) {
            const struct bp_change *one = &searching->changes.items[i];
            const struct bp_change *other = &searching->changes.items[j];
            if (one->kind < other->kind && is_of(one, kinds) && is_of(other, other_kinds) &&
                !(one->kind == BP_CHANGE_PYTHON && other->kind == BP_CHANGE_TORCH)) {
                struct set set = {.items = {one, other}, .count = 2};
                try_with_releases(searching, &set);
            }
        }
    }
}

/* A library that is built here, where torch is one to build for. */
static void try_source(struct searching *searching) {
    const struct bp_advising *advising = searching->advising;
    const char *cuda = bp_json_text_at(advising->interpreter, "/torch/cuda");
    const char *hip = bp_json_text_at(advising->interpreter, "/torch/hip");
    if (!bp_equal(advising->os, "linux") || !(cuda || hip)) {
        return;
    }
    struct bp_change source = bp_change_to_source(advising);
    struct set set = {.items = {&source}, .count = 1};
    if (try_set(searching, &set) != END_GOOD) {
        for (size_t i = 0; i < searching->changes.count; i++) {
            if (searching->changes.items[i].kind == BP_CHANGE_VARIABLE) {
                struct set longer = {.items = {&searching->changes.items[i], &source}, .count = 2};
                try_set(searching, &longer);
            }
        }
    }
    bp_change_free(&source);
}

#define KIND(name) (1U << BP_CHANGE_##name)

/* From what asks least of a person on; what asks more is tried where nothing before helped. */
static void search(struct searching *searching) {
    const unsigned light = KIND(VARIABLE) | KIND(LIBRARY);
    const unsigned heavy = KIND(TORCH) | KIND(DRIVER) | KIND(PYTHON);
    struct set nothing = {0};
    if (!bp_machine_lacks_torch(searching->advising->interpreter)) {
        try_with_releases(searching, &nothing);
    }
    try_singles(searching, light);
    if (!is_solved(searching)) {
        try_singles(searching, heavy);
    }
    if (!is_solved(searching)) {
        try_pairs(searching, light | heavy, light | heavy);
    }
    if (!is_solved(searching)) {
        try_source(searching);
        try_singles(searching, KIND(SYSTEM));
    }
    if (!is_solved(searching)) {
        try_pairs(searching, KIND(SYSTEM), light | heavy);
    }
}

/* The cheapest first; of equals the one that was found first. */
static void sort_solutions(struct searching *searching) {
    struct solution *solutions = searching->solutions;
    for (size_t i = 1; i < searching->count; i++) {
        for (size_t j = i; j > 0 && solutions[j - 1].cost > solutions[j].cost; j--) {
            struct solution other = solutions[j];
            solutions[j] = solutions[j - 1];
            solutions[j - 1] = other;
        }
    }
}

static cJSON *step_of(const struct solution *solution) {
    cJSON *step = cJSON_CreateObject();
    bp_json_set_text(step, "says", solution->says);
    bp_json_set_text(step, "command", solution->command);
    cJSON_AddItemToObject(step, "assume", bp_json_of_strs(&solution->assume));
    bp_json_set_text(step, "outcome", solution->outcome);
    return step;
}

cJSON *bp_advice_search(const struct bp_advising *advising) {
    struct searching searching = {.advising = advising};
    cJSON *steps = cJSON_CreateArray();
    bp_changes_find(advising, &searching.changes);
    search(&searching);
    sort_solutions(&searching);
    for (size_t i = 0; i < searching.count; i++) {
        struct solution *solution = &searching.solutions[i];
        if (i < STEP_LIMIT) {
            cJSON_AddItemToArray(steps, step_of(solution));
        }
        free(solution->says);
        free(solution->command);
        free(solution->outcome);
        bp_strs_free(&solution->assume);
    }
    bp_changes_free(&searching.changes);
    return steps;
}
