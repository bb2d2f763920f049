/* Every pattern that is built in keeps to the format, and behaves as its own proof says. */
#include "tests/unit/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "base/embedded.h"
#include "base/json.h"
#include "base/memory.h"
#include "checks/catalogue.h"

static int make_catalogue(void **state) {
    *state = bp_catalogue_builtin();
    return 0;
}

static int free_catalogue(void **state) {
    bp_catalogue_free(*state);
    return 0;
}

static void every_file_is_a_pattern(void **state) {
    size_t files = 0;
    for (; bp_embedded_patterns[files].name; files++) {
        const char *name = bp_embedded_patterns[files].name;
        char *id = bp_strndup(name, strlen(name) - strlen(".json"));
        assert_non_null(bp_catalogue_find(*state, id));
        assert_string_equal(bp_embedded_proofs[files].name, name);
        free(id);
    }
    assert_null(bp_embedded_proofs[files].name);
    assert_int_equal(bp_catalogue_count(*state), files);
}

/* Runs a check on every pattern and reports all that fail, not only the first. */
static void assert_all(const struct bp_catalogue *catalogue,
                       int (*check)(const struct bp_catalogue *, const char *, struct bp_err *)) {
    size_t failed = 0;
    for (size_t i = 0; i < bp_catalogue_count(catalogue); i++) {
        const char *id = bp_json_text(bp_catalogue_at(catalogue, i), "id");
        struct bp_err err = {0};
        assert_non_null(id);
        if (check(catalogue, id, &err) != 0) {
            print_error("%s\n", bp_err_text(&err));
            failed++;
        }
        bp_err_clear(&err);
    }
    assert_int_equal(failed, 0);
}

static void every_pattern_keeps_to_the_format(void **state) {
    assert_all(*state, bp_catalogue_validate);
}

static void every_pattern_is_proved(void **state) {
    assert_all(*state, bp_catalogue_prove);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_is_a_pattern),
        cmocka_unit_test(every_pattern_keeps_to_the_format),
        cmocka_unit_test(every_pattern_is_proved),
    };
    return cmocka_run_group_tests(tests, make_catalogue, free_catalogue);
}
