/*
 * Every pattern over the examples of every other. The table that is printed has a row for
 * each pattern's own examples that must be found and a column for each pattern: how many of
 * them it was found in as at least likely.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/cmocka_all.h"
#include "base/json.h"
#include "base/memory.h"
#include "checks/catalogue.h"
#include "checks/check.h"
#include "checks/finding.h"

/* Patterns that rightly meet in one example although neither explains the other. */
static const struct {
    const char *owner;
    const char *other;
} neighbours[] = {
    {"third-party-app", "windows-pre-support"}, /* an application on Windows */
    {"windows-pre-support", "third-party-app"}, /* the same, seen from the other side */
    {"third-party-app", "legacy-cuda-setup"},   /* one that brings an old release */
    {"legacy-cuda-setup", "third-party-app"},   /* parts of it that a set-up copied */
};

/* Examples are cut short, so that what is said of short reports is true of some of them. */
static const char short_report[] = "insufficient-info";

struct table {
    struct bp_catalogue *catalogue;
    size_t size;
    int *cells; /* row by row */
    int *examples;
};

static const char *id_at(const struct table *table, size_t index) {
    return bp_json_text(bp_catalogue_at(table->catalogue, index), "id");
}

static size_t place_of(const struct table *table, const char *id) {
    size_t index = 0;
    while (index < table->size && strcmp(id_at(table, index), id) != 0) {
        index++;
    }
    return index;
}

static void count_findings(struct table *table, size_t row, const cJSON *findings) {
    const cJSON *finding;
    cJSON_ArrayForEach(finding, findings) {
        size_t column = place_of(table, bp_json_text(finding, "pattern"));
        if (bp_status_of(bp_json_text(finding, "status")) >= BP_LIKELY) {
            table->cells[row * table->size + column]++;
        }
        count_findings(table, row, bp_json_get(finding, "symptoms"));
    }
}

static void judge_examples(struct table *table, size_t row) {
    const cJSON *proof = bp_json_get(bp_catalogue_at(table->catalogue, row), "proof");
    const cJSON *example;
    cJSON_ArrayForEach(example, bp_json_get(proof, "fires")) {
        const char *words = bp_json_text(example, "text");
        if (words && bp_status_of(bp_json_text(example, "status")) != BP_POSSIBLE) {
            struct bp_text text = {.source = "-", .data = words, .length = strlen(words)};
            cJSON *answer = bp_check(bp_json_get(example, "snapshot"), &text, table->catalogue);
            count_findings(table, row, bp_json_get(answer, "findings"));
            table->examples[row]++;
            cJSON_Delete(answer);
        }
    }
}

static bool names(const cJSON *pattern, const char *id) {
    const cJSON *item;
    cJSON_ArrayForEach(item, bp_json_get(pattern, "explains")) {
        if (bp_equal(cJSON_GetStringValue(item), id)) {
            return true;
        }
    }
    return false;
}

static bool may_meet(const struct table *table, size_t row, size_t column) {
    const char *owner = id_at(table, row);
    const char *other = id_at(table, column);
    for (size_t i = 0; i < sizeof neighbours / sizeof *neighbours; i++) {
        if (strcmp(neighbours[i].owner, owner) == 0 && strcmp(neighbours[i].other, other) == 0) {
            return true;
        }
    }
    if (strcmp(owner, short_report) == 0 || strcmp(other, short_report) == 0) {
        return true;
    }
    return row == column || names(bp_catalogue_at(table->catalogue, row), other) ||
           names(bp_catalogue_at(table->catalogue, column), owner);
}

static void print_row(const struct table *table, size_t row) {
    print_message("%-30s %2d:", id_at(table, row), table->examples[row]);
    for (size_t column = 0; column < table->size; column++) {
        int count = table->cells[row * table->size + column];
        if (count) {
            print_message(" %s %d", id_at(table, column), count);
        }
    }
    print_message("\n");
}

static void test_confusion(void **state) {
    (void)state;
    struct table table = {.catalogue = bp_catalogue_builtin()};
    size_t strangers = 0;
    table.size = bp_catalogue_count(table.catalogue);
    table.cells = bp_alloc_array(table.size * table.size, sizeof *table.cells);
    table.examples = bp_alloc_array(table.size, sizeof *table.examples);
    for (size_t row = 0; row < table.size; row++) {
        judge_examples(&table, row);
        print_row(&table, row);
        for (size_t column = 0; column < table.size; column++) {
            if (table.cells[row * table.size + column] && !may_meet(&table, row, column)) {
                print_error("%s is found in examples of %s\n", id_at(&table, column),
                            id_at(&table, row));
                strangers++;
            }
        }
    }
    free(table.cells);
    free(table.examples);
    bp_catalogue_free(table.catalogue);
    assert_int_equal(strangers, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_confusion)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
