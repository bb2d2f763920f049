/* What a pattern file may not be, and what is said of it. */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/cmocka_all.h"
#include "base/json.h"
#include "checks/catalogue.h"

static const char good[] =
    "{\"id\": \"old-glibc\", \"title\": \"The C library is too old\", \"severity\": \"error\","
    " \"disposition\": \"environment\", \"affects\": \"0.43 and newer\","
    " \"explanation\": \"glibc here is {/host/libc/version}[[ (kernel {/host/kernel/release})]].\","
    " \"shows\": ["
    "  {\"status\": \"confirmed\", \"says\": \"glibc is {/host/libc/version}\","
    "   \"when\": {\"fact\": \"/host/libc/version\", \"version\": \"<2.24\"}},"
    "  {\"status\": \"possible\", \"severity\": \"warning\", \"says\": \"it says {match}\","
    "   \"when\": {\"text_matches\": \"GLIBC_2\\\\.\\\\d+\"}}],"
    " \"rules_out\": [{\"when\": {\"fact\": \"/host/libc/name\", \"equals\": \"musl\"},"
    "   \"says\": \"it is musl\"}],"
    " \"explains\": [], \"remedy\": [{\"says\": \"Upgrade\", \"command\": \"apt upgrade\"}],"
    " \"closing_comment\": \"Closing.\", \"canonical_issue\": null,"
    " \"references\": [\"#1633\", \"https://example.org/\"], \"notes\": [\"a note\"],"
    " \"proof\": {"
    "  \"fires\": [{\"name\": \"CentOS 7\", \"status\": \"confirmed\","
    "    \"snapshot\": {\"host\": {\"libc\": {\"name\": \"glibc\", \"version\": \"2.17\"}}}},"
    "   {\"name\": \"a log\", \"text\": \"GLIBC_2.28 not found\"}],"
    "  \"near_misses\": [{\"name\": \"Debian 12\","
    "    \"snapshot\": {\"host\": {\"libc\": {\"version\": \"2.36\"}}}},"
    "   {\"name\": \"a log\", \"status\": \"possible\", \"text\": \"GLIBC_2.28\"}]}}";

static cJSON *good_pattern(void) {
    cJSON *pattern = bp_json_parse(good, strlen(good), NULL);
    assert_non_null(pattern);
    return pattern;
}

static int add(struct bp_catalogue *catalogue, const char *name, const cJSON *pattern,
               struct bp_err *err) {
    char *text = bp_json_print(pattern, true);
    int result = bp_catalogue_add(catalogue, name, text, strlen(text), err);
    free(text);
    return result;
}

static void takes_a_good_pattern(void **state) {
    (void)state;
    struct bp_catalogue *catalogue = bp_catalogue_empty();
    struct bp_err err = {0};
    if (bp_catalogue_add(catalogue, "some/old-glibc.json", good, strlen(good), &err) != 0) {
        fail_msg("%s", bp_err_text(&err));
    }
    assert_int_equal(bp_catalogue_count(catalogue), 1);
    assert_non_null(bp_catalogue_find(catalogue, "old-glibc"));
    assert_null(bp_catalogue_find(catalogue, "new-glibc"));
    assert_null(bp_catalogue_at(catalogue, 1));
    assert_int_equal(bp_catalogue_validate(catalogue, "old-glibc", &err), 0);
    assert_int_equal(bp_catalogue_prove(catalogue, "old-glibc", &err), 0);
    assert_int_equal(bp_catalogue_prove(catalogue, "new-glibc", &err), -1);
    bp_err_clear(&err);
    bp_catalogue_free(catalogue);
}

/* Puts `value` (NULL: takes the member away) at `pointer` of the good one: it must be refused. */
static void assert_refused(const char *pointer, const char *value, const char *place,
                           const char *reason) {
    cJSON *pattern = good_pattern();
    struct bp_catalogue *catalogue = bp_catalogue_empty();
    struct bp_err err = {0};
    if (value) {
        cJSON *made = bp_json_parse(value, strlen(value), NULL);
        assert_non_null(made);
        assert_int_equal(bp_json_put(pattern, pointer, made), 0);
    } else {
        cJSON_DeleteItemFromObjectCaseSensitive(pattern, pointer + 1);
    }
    if (add(catalogue, "old-glibc.json", pattern, &err) == 0) {
        fail_msg("%s as %s was taken", pointer, value ? value : "nothing");
    }
    char *start = bp_format("old-glibc.json: %s: ", place);
    if (!bp_starts_with(bp_err_text(&err), start) || !strstr(bp_err_text(&err), reason)) {
        fail_msg("%s: said \"%s\", not \"%s...%s\"", pointer, bp_err_text(&err), start, reason);
    }
    assert_int_equal(bp_catalogue_count(catalogue), 0);
    free(start);
    bp_err_clear(&err);
    bp_catalogue_free(catalogue);
    cJSON_Delete(pattern);
}

static void refuses_wrong_members(void **state) {
    (void)state;
    static const char *const required[] = {
        "/id",        "/title",    "/severity",   "/disposition",     "/affects",
        "/shows",     "/proof",    "/remedy",     "/closing_comment", "/canonical_issue",
        "/rules_out", "/explains", "/references", "/explanation",
    };
    for (size_t i = 0; i < sizeof required / sizeof *required; i++) {
        assert_refused(required[i], NULL, "/", "is missing");
    }
    assert_refused("/sevrity", "\"error\"", "/sevrity", "no such member");
    assert_refused("/title", "7", "/title", "text");
    assert_refused("/title", "\"a\\nb\"", "/title", "one line");
    assert_refused("/id", "\"other\"", "/id", "file's name");
    assert_refused("/id", "\"Old_glibc\"", "/id", "lower-case");
    assert_refused("/severity", "\"fatal\"", "/severity", "error warning info");
    assert_refused("/disposition", "\"close\"", "/disposition", "known-limitation");
    assert_refused("/shows", "[]", "/shows", "empty");
    assert_refused("/shows", "{}", "/shows", "array");
    assert_refused("/shows/0/status", "\"certain\"", "/shows/0/status", "confirmed");
    assert_refused("/shows/1/severity", "true", "/shows/1/severity", "warning");
    assert_refused("/shows/0/why", "\"x\"", "/shows/0/why", "no such member");
    assert_refused("/shows/0", "7", "/shows/0", "object");
    assert_refused("/explains", "[\"A B\"]", "/explains/0", "lower-case");
    assert_refused("/references", "[\"1633\"]", "/references/0", "address");
    assert_refused("/references/0", "\"#\"", "/references/0", "address");
    assert_refused("/canonical_issue", "1.5", "/canonical_issue", "number");
    assert_refused("/canonical_issue", "\"1633\"", "/canonical_issue", "number");
    assert_refused("/notes", "\"x\"", "/notes", "array");
    assert_refused("/remedy/0/run", "\"x\"", "/remedy/0/run", "no such member");
    assert_refused("/remedy/0/command", "\"\"", "/remedy/0/command", "empty");
}

#define WHEN "/shows/0/when"

static void refuses_wrong_conditions(void **state) {
    (void)state;
    assert_refused(WHEN, "\"x\"", WHEN, "object");
    assert_refused(WHEN, "{}", WHEN, "exactly one");
    assert_refused(WHEN, "{\"text\": \"a\", \"not\": {\"text\": \"b\"}}", WHEN, "exactly one");
    assert_refused(WHEN, "{\"all\": []}", WHEN "/all", "at least one");
    assert_refused(WHEN, "{\"any\": {\"text\": \"a\"}}", WHEN "/any", "array");
    assert_refused(WHEN, "{\"any\": [{\"text\": \"a\"}, {\"txt\": \"b\"}]}", WHEN "/any/1",
                   "\"txt\"");
    assert_refused(WHEN, "{\"not\": {\"text\": \"\"}}", WHEN "/not/text", "empty");
    assert_refused(WHEN, "{\"all\": [{\"text\": \"a\"}], \"says\": \"b\"}", WHEN, "says");
    assert_refused(WHEN, "{\"text\": \"a\", \"says\": \"[[b\"}", WHEN "/says", "closed");
    assert_refused(WHEN, "{\"text_matches\": \"a(b\"}", WHEN "/text_matches", "at character 3");
    assert_refused(WHEN, "{\"text_matches\": \"(error)?\"}", WHEN "/text_matches", "any text");
    assert_refused(WHEN, "{\"text_matches\": \"^(?!.*error)\"}", WHEN "/text_matches", "any text");
    assert_refused(WHEN, "{\"text\": \"a\", \"equals\": 1}", WHEN, "only a fact");
    assert_refused(WHEN, "{\"some\": \"/hardware/pci/*\"}", WHEN, "belong together");
    assert_refused(WHEN, "{\"text\": \"a\", \"when\": {\"text\": \"b\"}}", WHEN, "belong together");
    assert_refused(WHEN, "{\"some\": \"/hardware/pci\", \"when\": {\"text\": \"b\"}}", WHEN "/some",
                   "several");
    assert_refused(WHEN, "{\"some\": \"/hardware/pci/*\", \"when\": {\"text\": 1}}",
                   WHEN "/when/text", "text");
    assert_refused("/rules_out/0/when", "{\"fact\": \"/host/libc/nam\", \"equals\": \"musl\"}",
                   "/rules_out/0/when/fact", "there is no fact \"/host/libc/nam\"");
    assert_refused("/remedy/0/when", "{\"fact\": \"/host\"}", "/remedy/0/when", "one operator");
}

/* The condition on a fact with `operation`: refused at the operator's place. */
static void assert_operation_refused(const char *pointer, const char *operator_name,
                                     const char *operand, const char *reason) {
    char *condition = bp_format("{\"fact\": \"%s\", \"%s\": %s}", pointer, operator_name, operand);
    char *place = bp_format(WHEN "/%s", operator_name);
    assert_refused(WHEN, condition, place, reason);
    free(place);
    free(condition);
}

static void refuses_wrong_operations(void **state) {
    (void)state;
    assert_refused(WHEN, "{\"fact\": \"/host/libc/version\", \"lower\": \"2\"}", WHEN, "\"lower\"");
    assert_refused(WHEN, "{\"fact\": \"/host/libc/version\"}", WHEN, "there are 0");
    assert_refused(WHEN, "{\"fact\": \"/hardware/cpu/threads\", \"at_least\": 1, \"below\": 2}",
                   WHEN, "there are 2");
    assert_refused(WHEN, "{\"fact\": \"host/libc\", \"known\": true}", WHEN "/fact",
                   "JSON Pointer");
    assert_refused(WHEN, "{\"fact\": \"/environment/a~2\", \"known\": true}", WHEN "/fact",
                   "JSON Pointer");
    assert_refused(WHEN, "{\"fact\": \"/loader/outcom\", \"known\": true}", WHEN "/fact",
                   "no fact");
    assert_refused(WHEN, "{\"fact\": \"/hardware/pci/first\", \"known\": true}", WHEN "/fact",
                   "no fact");
    assert_operation_refused("/host/libc/version", "equals", "null", "must be");
    assert_operation_refused("/host/libc/version", "equals", "[\"a\"]", "must be");
    assert_operation_refused("/host/libc/version", "equals", "2.17", "never has this value");
    assert_operation_refused("/host/libc/name", "equals", "\"glib\"", "never has this value");
    assert_operation_refused("/loader/outcome", "in", "[\"loads\", \"load\"]", "never has");
    assert_operation_refused("/host/libc/name", "in", "[]", "at least one");
    assert_operation_refused("/host/libc/name", "in", "\"glibc\"", "array");
    assert_operation_refused("/host/libc/version", "version", "\"2.24\"", "PEP 440");
    assert_operation_refused("/host/libc/version", "version", "\"\"", "PEP 440");
    assert_operation_refused("/host/libc/version", "version", "2.24", "PEP 440");
    assert_operation_refused("/hardware/cpu/threads", "version", "\"<8\"", "never is");
    assert_operation_refused("/host/libc/version", "matches", "\"[\"", "regular expression");
    assert_operation_refused("/host/libc/version", "matches", "\"x*\"", "any text");
    assert_operation_refused("/host/libc/version", "contains", "\"2\"", "never is");
    assert_operation_refused("/hardware/cpu/flags", "contains", "[\"avx\"]", "must be");
    assert_operation_refused("/hardware/pci", "empty", "\"yes\"", "true or false");
    assert_operation_refused("/host/libc/version", "empty", "true", "never is");
    assert_operation_refused("/hardware/cpu/threads", "at_least", "\"8\"", "number");
    assert_operation_refused("/host/libc/version", "below", "3", "never is");
    assert_operation_refused("/host/libc/version", "known", "1", "true or false");
    assert_operation_refused("/host/libc/version", "same_as", "\"/host/libb\"", "no fact");
    assert_operation_refused("/host/libc/version", "same_as", "true", "JSON Pointer");
    assert_operation_refused("/host/libc/version", "older_than", "\"/tools/*/version\"", "*");
    assert_operation_refused("/host/wsl", "older_than", "\"/host/libc/version\"", "never is");
    assert_operation_refused("/host/wsl", "before", "\"/host/libc/version\"", "never is");
}

static void refuses_wrong_sentences(void **state) {
    (void)state;
    assert_refused("/explanation", "\"glibc {/host/libc/verion}\"", "/explanation", "no fact");
    assert_refused("/explanation", "\"glibc {/host/libc/version\"", "/explanation",
                   "no placeholder");
    assert_refused("/explanation", "\"glibc {version}\"", "/explanation", "no placeholder");
    assert_refused("/explanation", "\"a [[b {match}\"", "/explanation", "not closed");
    assert_refused("/explanation", "\"a ]] b\"", "/explanation", "does not fit");
    assert_refused("/explanation", "\"a [[b [[c {match}]]]]\"", "/explanation", "does not fit");
    assert_refused("/closing_comment", "\"a [[b]] c\"", "/closing_comment", "holds no");
    assert_refused("/closing_comment", "\"\"", "/closing_comment", "empty");
    assert_refused("/remedy/0/command", "\"x {fact}\"", "/remedy/0/command", "no placeholder");
}

static void refuses_wrong_proofs(void **state) {
    (void)state;
    assert_refused("/proof", "{\"fires\": []}", "/proof", "near_misses");
    assert_refused("/proof/fires", "[]", "/proof/fires", "empty");
    assert_refused("/proof/near_misses", "[]", "/proof/near_misses", "empty");
    assert_refused("/proof/fires/0", "{\"name\": \"x\"}", "/proof/fires/0", "snapshot");
    assert_refused("/proof/fires/0/name", "\"\"", "/proof/fires/0/name", "empty");
    assert_refused("/proof/fires/0/snapshot", "{\"host\": {\"libc\": {\"versoin\": \"2\"}}}",
                   "/proof/fires/0/snapshot", "no fact \"/host/libc/versoin\"");
    assert_refused("/proof/fires/0/snapshot", "{\"host\": {\"libc\": {\"version\": 2.17}}}",
                   "/proof/fires/0/snapshot", "never such a number");
    assert_refused("/proof/fires/0/snapshot", "{\"loader\": {\"outcome\": \"loads\"}}",
                   "/proof/fires/0/snapshot", "no fact \"/loader\"");
}

static void assert_text_refused(const char *text, size_t length, const char *message) {
    struct bp_catalogue *catalogue = bp_catalogue_empty();
    struct bp_err err = {0};
    assert_int_equal(bp_catalogue_add(catalogue, "x.json", text, length, &err), -1);
    assert_string_equal(bp_err_text(&err), message);
    assert_int_equal(bp_catalogue_count(catalogue), 0);
    bp_err_clear(&err);
    bp_catalogue_free(catalogue);
}

static void refuses_what_is_no_document(void **state) {
    (void)state;
    static const char latin1[] = "{\n\"id\": \"\xE9\"}";
    static const char broken[] = "{\n  \"id\": x}";
    static const char twice[] = "{\"id\": \"x\", \"id\": \"y\"}";
    static const char array[] = "[]";
    assert_text_refused(latin1, sizeof latin1 - 1, "x.json: not UTF-8 at line 2");
    assert_text_refused(broken, sizeof broken - 1, "x.json: not JSON at line 2, column 9");
    assert_text_refused(twice, sizeof twice - 1, "x.json: /id: this member is there twice");
    assert_text_refused(array, sizeof array - 1, "x.json: /: must be an object");
    assert_text_refused("", 0, "x.json: not JSON at line 1, column 1");
}

static void replaces_a_pattern_of_the_same_id(void **state) {
    (void)state;
    struct bp_catalogue *catalogue = bp_catalogue_builtin();
    size_t count = bp_catalogue_count(catalogue);
    cJSON *pattern = good_pattern();
    struct bp_err err = {0};
    assert_int_equal(add(catalogue, "old-glibc.json", pattern, &err), 0);
    bp_json_set_text(pattern, "title", "Another title");
    assert_int_equal(add(catalogue, "new/old-glibc.json", pattern, &err), 0);
    assert_int_equal(bp_catalogue_count(catalogue), count + 1);
    assert_ptr_equal(bp_catalogue_at(catalogue, count), bp_catalogue_find(catalogue, "old-glibc"));
    assert_string_equal(bp_json_text(bp_catalogue_at(catalogue, count), "title"), "Another title");
    bp_json_set_text(pattern, "title", NULL);
    assert_int_equal(add(catalogue, "old-glibc.json", pattern, &err), -1);
    assert_string_equal(bp_json_text(bp_catalogue_at(catalogue, count), "title"), "Another title");
    bp_err_clear(&err);
    cJSON_Delete(pattern);
    bp_catalogue_free(catalogue);
}

static void misses_a_pattern_that_is_explained(void **state) {
    (void)state;
    struct bp_catalogue *catalogue = bp_catalogue_empty();
    cJSON *pattern = good_pattern();
    struct bp_err err = {0};
    bp_json_put(pattern, "/explains/-", cJSON_CreateString("no-such-pattern"));
    assert_int_equal(add(catalogue, "old-glibc.json", pattern, &err), 0);
    assert_int_equal(bp_catalogue_validate(catalogue, "old-glibc", &err), -1);
    assert_string_equal(bp_err_text(&err), "old-glibc.json: /explains/0: there is no other "
                                           "pattern \"no-such-pattern\"");
    bp_err_clear(&err);
    cJSON_Delete(pattern);
    bp_catalogue_free(catalogue);
}

/* Changes one thing of the good pattern's proof: it must not hold any more. */
static void assert_unproved(const char *pointer, const char *value, const char *start,
                            const char *part) {
    struct bp_catalogue *catalogue = bp_catalogue_empty();
    cJSON *pattern = good_pattern();
    struct bp_err err = {0};
    bp_json_put(pattern, pointer, bp_json_parse(value, strlen(value), NULL));
    assert_int_equal(add(catalogue, "old-glibc.json", pattern, &err), 0);
    assert_int_equal(bp_catalogue_prove(catalogue, "old-glibc", &err), -1);
    if (!bp_starts_with(bp_err_text(&err), start) || !strstr(bp_err_text(&err), part)) {
        fail_msg("said \"%s\"", bp_err_text(&err));
    }
    bp_err_clear(&err);
    cJSON_Delete(pattern);
    bp_catalogue_free(catalogue);
}

static void says_what_is_not_proved(void **state) {
    (void)state;
    assert_unproved("/proof/fires/0/snapshot/host/libc/version", "\"2.36\"",
                    "old-glibc.json: /proof/fires/0: \"CentOS 7\" should be found as confirmed, "
                    "but is not found",
                    "shows/0 is false, shows/1 is unknown");
    assert_unproved("/proof/fires/0/snapshot/host/libc/name", "\"musl\"",
                    "old-glibc.json: /proof/fires/0: ", "rules_out/0 is true");
    assert_unproved("/proof/fires/1/status", "\"likely\"", "old-glibc.json: /proof/fires/1: ",
                    "should be found as likely, but is possible");
    assert_unproved("/proof/near_misses/0/snapshot/host/libc/version", "\"2.17\"",
                    "old-glibc.json: /proof/near_misses/0: \"Debian 12\" should not be found, "
                    "but is confirmed",
                    "shows/0 is true");
    assert_unproved("/shows/1/status", "\"likely\"", "old-glibc.json: /proof/near_misses/1: ",
                    "should not be found as more than possible, but is likely");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_a_good_pattern),
        cmocka_unit_test(refuses_wrong_members),
        cmocka_unit_test(refuses_wrong_conditions),
        cmocka_unit_test(refuses_wrong_operations),
        cmocka_unit_test(refuses_wrong_sentences),
        cmocka_unit_test(refuses_wrong_proofs),
        cmocka_unit_test(refuses_what_is_no_document),
        cmocka_unit_test(replaces_a_pattern_of_the_same_id),
        cmocka_unit_test(misses_a_pattern_that_is_explained),
        cmocka_unit_test(says_what_is_not_proved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
