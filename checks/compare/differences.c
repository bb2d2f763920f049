#include "checks/compare/differences.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* So many reports are needed before a fact that differs in most of them is called scattered. */
enum { SCATTER_LEAST = 8 };

/* Facts in the order in which they are shown. */
struct place {
    size_t row;
    const char *name;
    size_t fact;
};

static int by_place(const void *left, const void *right) {
    const struct place *a = left;
    const struct place *b = right;
    if (a->row != b->row) {
        return a->row < b->row ? -1 : 1;
    }
    return a->name && b->name ? strcmp(a->name, b->name) : (a->name != NULL) - (b->name != NULL);
}

static int more_first(const void *left, const void *right) {
    const struct bp_difference_value *a = left;
    const struct bp_difference_value *b = right;
    if (a->count != b->count) {
        return a->count > b->count ? -1 : 1;
    }
    return (a->first > b->first) - (a->first < b->first);
}

/* Counts the values of a fact. The caller frees them. */
static struct bp_difference_value *count_values(const struct bp_fleet *fleet, size_t fact,
                                                size_t *count) {
    size_t most = fleet->facts[fact].values.count + BP_VALUE_FIRST;
    struct bp_difference_value *values = bp_alloc_array(most, sizeof *values);
    for (size_t i = 0; i < fleet->cluster_count; i++) {
        struct bp_difference_value *value =
            &values[bp_cluster_value(fleet, &fleet->clusters[i], fact)];
        value->first = value->count ? value->first : i;
        value->count += fleet->clusters[i].count;
    }
    *count = 0;
    for (size_t i = 0; i < most; i++) {
        if (values[i].count) {
            values[*count] = values[i];
            values[(*count)++].value = (uint32_t)i;
        }
    }
    qsort(values, *count, sizeof *values, more_first);
    return values;
}

/* Whether the values are different ones. */
static bool differs(const struct bp_fleet *fleet, const struct bp_difference *one) {
    enum bp_compare_kind kind = bp_compare_table[fleet->facts[one->fact].row].kind;
    size_t different = 0;
    for (size_t i = 0; i < one->value_count; i++) {
        different += one->values[i].value >= BP_VALUE_FIRST || bp_compare_none_counts(kind);
    }
    return different > 1;
}

static void find(struct bp_differences *differences, const struct bp_fleet *fleet) {
    struct place *places = bp_alloc_array(fleet->fact_count + 1, sizeof *places);
    differences->items = bp_alloc_array(fleet->fact_count + 1, sizeof *differences->items);
    for (size_t i = 0; i < fleet->fact_count; i++) {
        places[i] = (struct place){fleet->facts[i].row, fleet->facts[i].name, i};
    }
    qsort(places, fleet->fact_count, sizeof *places, by_place);
    for (size_t i = 0; i < fleet->fact_count; i++) {
        struct bp_difference one = {.fact = places[i].fact};
        one.values = count_values(fleet, one.fact, &one.value_count);
        one.scattered = fleet->count >= SCATTER_LEAST && one.value_count > fleet->count / 2;
        if (differs(fleet, &one)) {
            differences->items[differences->count++] = one;
        } else {
            free(one.values);
        }
    }
    free(places);
}

/* What tells a cluster apart from others, scattered facts aside. The caller frees it. */
static char *key_of(const struct bp_differences *differences, const struct bp_fleet *fleet,
                    const struct bp_cluster *cluster) {
    struct bp_str key = BP_STR_EMPTY;
    for (size_t i = 0; i < differences->count; i++) {
        const struct bp_difference *one = &differences->items[i];
        if (!one->scattered) {
            bp_str_addf(&key, "%u ", (unsigned)bp_cluster_value(fleet, cluster, one->fact));
        }
    }
    return bp_str_detach(&key);
}

static void join(struct bp_alike *alike, const struct bp_cluster *cluster) {
    if (alike->cluster_count == alike->cluster_capacity) {
        alike->cluster_capacity = alike->cluster_capacity ? alike->cluster_capacity * 2 : 1;
        alike->clusters =
            bp_realloc_array(alike->clusters, alike->cluster_capacity, sizeof *alike->clusters);
    }
    alike->clusters[alike->cluster_count++] = cluster;
    alike->count += cluster->count;
}

/* The largest first; of like size the one whose first report came first. */
static int larger_first(const void *left, const void *right) {
    const struct bp_alike *a = left;
    const struct bp_alike *b = right;
    if (a->count != b->count) {
        return a->count > b->count ? -1 : 1;
    }
    return (a->clusters[0] > b->clusters[0]) - (a->clusters[0] < b->clusters[0]);
}

/* Verdict and loader outcome of a cluster as one text. The caller frees it. */
static char *outcome_of(const struct bp_fleet *fleet, const struct bp_cluster *cluster) {
    struct bp_str text = BP_STR_EMPTY;
    for (size_t i = 0; i < fleet->fact_count; i++) {
        if (bp_compare_table[fleet->facts[i].row].kind == BP_COMPARE_RESULT) {
            bp_str_addf(&text, "%zu=%u ", i, (unsigned)bp_cluster_value(fleet, cluster, i));
        }
    }
    return bp_str_detach(&text);
}

static void group(struct bp_differences *differences, const struct bp_fleet *fleet) {
    struct bp_interned keys = {0};
    struct bp_interned outcomes = {0};
    differences->alike = bp_alloc_array(fleet->cluster_count + 1, sizeof *differences->alike);
    for (size_t i = 0; i < fleet->cluster_count; i++) {
        char *key = key_of(differences, fleet, &fleet->clusters[i]);
        size_t number = bp_interned_number(&keys, key);
        if (number == differences->alike_count) {
            char *outcome = outcome_of(fleet, &fleet->clusters[i]);
            differences->alike_count++;
            differences->alike[number].outcome = bp_interned_number(&outcomes, outcome);
            free(outcome);
        }
        join(&differences->alike[number], &fleet->clusters[i]);
        free(key);
    }
    differences->outcome_count = outcomes.count;
    qsort(differences->alike, differences->alike_count, sizeof *differences->alike, larger_first);
    bp_interned_free(&outcomes);
    bp_interned_free(&keys);
}

/*
 * Whether reports with one value of the fact all have one outcome. With a value or more for
 * every few reports that is no wonder and means nothing.
 */
static bool goes_with_outcome(const struct bp_differences *differences,
                              const struct bp_fleet *fleet, const struct bp_difference *one) {
    if (differences->outcome_count < 2 || fleet->count < 3 || one->scattered ||
        one->value_count > differences->outcome_count * 2 || one->value_count >= fleet->count) {
        return false;
    }
    size_t most = fleet->facts[one->fact].values.count + BP_VALUE_FIRST;
    size_t *outcomes = bp_alloc_array(most, sizeof *outcomes); /* by value, and one; 0: not seen */
    bool same = true;
    for (size_t i = 0; i < differences->alike_count; i++) {
        const struct bp_alike *alike = &differences->alike[i];
        size_t *outcome = &outcomes[bp_cluster_value(fleet, alike->clusters[0], one->fact)];
        same = same && (*outcome == 0 || *outcome == alike->outcome + 1);
        *outcome = alike->outcome + 1;
    }
    free(outcomes);
    return same;
}

struct bp_differences bp_differences_of(const struct bp_fleet *fleet) {
    struct bp_differences differences = {0};
    find(&differences, fleet);
    group(&differences, fleet);
    for (size_t i = 0; i < differences.count; i++) {
        struct bp_difference *one = &differences.items[i];
        enum bp_compare_group of = bp_compare_table[fleet->facts[one->fact].row].group;
        one->goes_with_outcome =
            of != BP_COMPARE_OUTCOME && goes_with_outcome(&differences, fleet, one);
    }
    return differences;
}

void bp_differences_free(struct bp_differences *differences) {
    for (size_t i = 0; i < differences->count; i++) {
        free(differences->items[i].values);
    }
    for (size_t i = 0; i < differences->alike_count; i++) {
        free(differences->alike[i].clusters);
    }
    free(differences->items);
    free(differences->alike);
    *differences = (struct bp_differences){0};
}
