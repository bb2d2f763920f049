/* Looking for everything at once must find what looking for each alone does. */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/cmocka_all.h"
#include "base/json.h"
#include "checks/catalogue.h"
#include "checks/text/automaton.h"
#include "checks/text/required.h"
#include "checks/text/search.h"

static void note(void *context, size_t word, size_t start, size_t end) {
    bp_str_addf(context, "%zu@%zu-%zu ", word, start, end);
}

static void assert_places(const char *const words[], size_t count, const char *text,
                          const char *expected) {
    struct bp_automaton *automaton = bp_automaton_new(words, count);
    struct bp_str found = BP_STR_EMPTY;
    bp_automaton_scan(automaton, text, strlen(text), note, &found);
    assert_string_equal(found.data, expected);
    bp_str_free(&found);
    bp_automaton_free(automaton);
}

static void test_automaton(void **state) {
    (void)state;
    const char *const words[] = {"he", "she", "his", "hers"};
    assert_places(words, 4, "uSHErs", "1@1-4 0@2-4 3@2-6 ");
    assert_places(words, 4, "", "");
    const char *const same[] = {"ab", "ab", "b"};
    assert_places(same, 3, "xab", "1@1-3 0@1-3 2@2-3 ");
    assert_places(NULL, 0, "anything", "");
}

static void assert_required(const char *regex, const char *expected) {
    struct bp_strs words = bp_required_words(regex);
    struct bp_str all = BP_STR_EMPTY;
    for (size_t i = 0; i < words.count; i++) {
        bp_str_addf(&all, "%s;", words.items[i]);
    }
    assert_string_equal(all.data, expected);
    bp_str_free(&all);
    bp_strs_free(&words);
}

static void test_required_words(void **state) {
    (void)state;
    assert_required("undefined symbol: \\w+", "undefined symbol: ;");
    assert_required("first|second", "first;second;");
    assert_required("a.*b", "");
    assert_required("colou?r", "colo;");
    assert_required("(?i)CUDA[ _]SETUP", "SETUP;");
    assert_required("(abc|def)?long", "long;");
    assert_required("(?!nothing)anything", "anything;");
    assert_required("x{0}yes", "yes;");
    assert_required("\\.so\\.\\d+: cannot open", ": cannot open;");
    assert_required("abc|", "");
    assert_required("(abc", "");
    assert_required("\\x41bcd", "");
    /* Braces that count nothing stand for themselves, with what is between them. */
    assert_required("o{1,2}memory", "omemory;");
    assert_required("o{00}memory", "memory;");
    assert_required("o{1,memory|OOM} x", "");
    assert_required("o{,2}memory", "");
}

/* Each condition on the text of each pattern, on each proof's text of all patterns. */
static size_t compare(struct bp_catalogue *catalogue, const cJSON *condition, struct bp_hits *hits,
                      const char *text) {
    size_t count = 0;
    const cJSON *literal = bp_json_get(condition, "text");
    const cJSON *kind = literal ? literal : bp_json_get(condition, "text_matches");
    if (kind) {
        struct bp_span once = {0};
        struct bp_span alone = {0};
        struct bp_regexes *regexes = bp_catalogue_regexes(catalogue);
        enum bp_truth first = bp_text_find(hits, regexes, kind, text, strlen(text), &once);
        enum bp_truth second = bp_text_find(NULL, regexes, kind, text, strlen(text), &alone);
        if (first != second || (first == BP_TRUE && once.start != alone.start)) {
            char *shown = bp_json_print(condition, false);
            fail_msg("%s is %d with the others and %d alone, in: %s", shown, (int)first,
                     (int)second, text);
        }
        return 1;
    }
    for (const cJSON *child = condition->child; child; child = child->next) {
        count += compare(catalogue, child, hits, text);
    }
    return count;
}

static size_t compare_on(struct bp_catalogue *catalogue, const char *text) {
    size_t count = 0;
    struct bp_hits *hits = bp_hits_of(bp_catalogue_search(catalogue), text, strlen(text));
    for (size_t i = 0; i < bp_catalogue_count(catalogue); i++) {
        const cJSON *pattern = bp_catalogue_at(catalogue, i);
        count += compare(catalogue, bp_json_get(pattern, "shows"), hits, text);
        count += compare(catalogue, bp_json_get(pattern, "rules_out"), hits, text);
    }
    bp_hits_free(hits);
    return count;
}

static void test_same_as_alone(void **state) {
    (void)state;
    struct bp_catalogue *catalogue = bp_catalogue_builtin();
    size_t count = 0;
    for (size_t i = 0; i < bp_catalogue_count(catalogue); i++) {
        const cJSON *proof = bp_json_get(bp_catalogue_at(catalogue, i), "proof");
        for (const cJSON *list = proof->child; list; list = list->next) {
            const cJSON *proof_case;
            cJSON_ArrayForEach(proof_case, list) {
                const char *text = bp_json_text(proof_case, "text");
                count += text ? compare_on(catalogue, text) : 0;
            }
        }
    }
    assert_true(count > 10000);
    bp_catalogue_free(catalogue);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_automaton),
        cmocka_unit_test(test_required_words),
        cmocka_unit_test(test_same_as_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
