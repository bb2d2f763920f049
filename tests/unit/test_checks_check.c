/* From facts and text to findings in their order, and to a verdict. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "checks/catalogue.h"
#include "checks/check.h"
#include "checks/verdict.h"
#include "tests/unit/cmocka_all.h"

/* Adds a pattern that shows in a text that holds WORD. `more` are members before the rest. */
static void add_pattern(struct bp_catalogue *catalogue, const char *id, const char *word,
                        const char *status, const char *severity, const char *explains,
                        const char *more) {
    char *text = bp_format(
        "{\"id\": \"%s\", \"title\": \"Title of %s\", \"severity\": \"%s\","
        " \"disposition\": \"environment\", \"affects\": \"all\", \"explanation\": \"It is so.\","
        " \"shows\": [{\"status\": \"%s\", \"says\": \"It says {match}.\","
        " \"when\": {\"text\": \"%s\"}}], \"explains\": [%s], %s"
        " \"closing_comment\": null, \"canonical_issue\": 7, \"references\": [],"
        " \"proof\": {\"fires\": [{\"name\": \"a\", \"text\": \"%s\"}],"
        " \"near_misses\": [{\"name\": \"b\", \"text\": \"\"}]}}",
        id, id, severity, status, word, explains,
        more ? more : "\"rules_out\": [], \"remedy\": [],", word);
    char *name = bp_format("%s.json", id);
    struct bp_err err = {0};
    if (bp_catalogue_add(catalogue, name, text, strlen(text), &err) != 0) {
        fail_msg("%s", bp_err_text(&err));
    }
    free(name);
    free(text);
}

static cJSON *check_text(const struct bp_catalogue *catalogue, const char *data) {
    struct bp_text text = {.source = "log", .data = data, .length = strlen(data)};
    return bp_check(NULL, &text, catalogue);
}

/* "a(b(c)),d": the findings' patterns, with symptoms in brackets. */
static void outline(struct bp_str *out, const cJSON *findings) {
    const cJSON *finding;
    cJSON_ArrayForEach(finding, findings) {
        bp_str_addf(out, "%s%s", finding == findings->child ? "" : ",",
                    bp_json_text(finding, "pattern"));
        assert_non_null(bp_json_get(finding, "evidence")->child);
        if (bp_json_get(finding, "symptoms")) {
            bp_str_add(out, "(");
            outline(out, bp_json_get(finding, "symptoms"));
            bp_str_add(out, ")");
        }
    }
}

static void assert_outline(const struct bp_catalogue *catalogue, const char *text,
                           const char *expected) {
    struct bp_str out = BP_STR_EMPTY;
    cJSON *answer = check_text(catalogue, text);
    outline(&out, bp_json_get(answer, "findings"));
    assert_string_equal(out.data, expected);
    bp_str_free(&out);
    cJSON_Delete(answer);
}

static void orders_by_strength(void **state) {
    (void)state;
    struct bp_catalogue *catalogue = bp_catalogue_empty();
    add_pattern(catalogue, "possible-error", "w1", "possible", "error", "", NULL);
    add_pattern(catalogue, "confirmed-info", "w2", "confirmed", "info", "", NULL);
    add_pattern(catalogue, "confirmed-warning", "w3", "confirmed", "warning", "", NULL);
    add_pattern(catalogue, "likely-error-z", "w4", "likely", "error", "", NULL);
    add_pattern(catalogue, "likely-error-a", "w5", "likely", "error", "", NULL);
    add_pattern(catalogue, "likely-info", "w6", "likely", "info", "", NULL);
    assert_outline(catalogue, "w1 w2 w3 w4 w5 w6",
                   "confirmed-warning,confirmed-info,likely-error-z,likely-error-a,likely-info,"
                   "possible-error");
    assert_outline(catalogue, "w6 w1", "likely-info,possible-error");
    assert_outline(catalogue, "nothing", "");
    bp_catalogue_free(catalogue);
}

static void names_symptoms_under_their_cause(void **state) {
    (void)state;
    struct bp_catalogue *catalogue = bp_catalogue_empty();
    add_pattern(catalogue, "sure", "w0", "confirmed", "error", "", NULL);
    add_pattern(catalogue, "cause", "w1", "likely", "warning", "\"symptom\", \"deeper\"", NULL);
    add_pattern(catalogue, "symptom", "w2", "confirmed", "error", "\"deeper\"", NULL);
    add_pattern(catalogue, "deeper", "w3", "confirmed", "error", "", NULL);
    /* The cause leads, though it is less sure than what it explains. */
    assert_outline(catalogue, "w0 w1 w2", "cause(symptom),sure");
    assert_outline(catalogue, "w0 w1 w2 w3", "cause(symptom(deeper)),sure");
    assert_outline(catalogue, "w1 w3", "cause(deeper)");
    assert_outline(catalogue, "w2 w0", "sure,symptom");
    bp_catalogue_free(catalogue);
}

static void keeps_what_is_sure_from_a_mere_possibility(void **state) {
    (void)state;
    struct bp_catalogue *catalogue = bp_catalogue_empty();
    add_pattern(catalogue, "guess", "w1", "possible", "error", "\"sure\", \"unsure\"", NULL);
    add_pattern(catalogue, "sure", "w2", "confirmed", "error", "", NULL);
    add_pattern(catalogue, "unsure", "w3", "possible", "info", "", NULL);
    assert_outline(catalogue, "w1 w2", "sure,guess");
    assert_outline(catalogue, "w1 w3", "guess(unsure)");
    bp_catalogue_free(catalogue);
}

static void breaks_circles(void **state) {
    (void)state;
    struct bp_catalogue *catalogue = bp_catalogue_empty();
    add_pattern(catalogue, "one", "w1", "likely", "error", "\"two\"", NULL);
    add_pattern(catalogue, "two", "w2", "confirmed", "error", "\"three\"", NULL);
    add_pattern(catalogue, "three", "w3", "likely", "info", "\"one\", \"three\"", NULL);
    assert_outline(catalogue, "w1 w2 w3", "two(three(one))");
    assert_outline(catalogue, "w1 w2", "one(two)");
    assert_outline(catalogue, "w3", "three");
    bp_catalogue_free(catalogue);
}

static void withdraws_what_is_ruled_out(void **state) {
    (void)state;
    struct bp_catalogue *catalogue = bp_catalogue_empty();
    add_pattern(
        catalogue, "one", "w1", "confirmed", "error", "",
        "\"remedy\": [], \"rules_out\": ["
        "{\"when\": {\"fact\": \"/host/libc/name\", \"equals\": \"musl\"}, \"says\": \"x\"},"
        "{\"when\": {\"text\": \"but not so\"}, \"says\": \"x\"}],");
    assert_outline(catalogue, "w1", "one");
    assert_outline(catalogue, "w1 but not so", "");
    bp_catalogue_free(catalogue);
}

/* All members of a finding, from the strongest of several ways. */
static void makes_a_whole_finding(void **state) {
    (void)state;
    static const char text[] =
        "{\"id\": \"whole\", \"title\": \"A title\", \"severity\": \"info\","
        " \"disposition\": \"upgrade\", \"affects\": \"all\","
        " \"explanation\": \"glibc {/host/libc/version}[[, kernel {/host/kernel/release}]].\","
        " \"shows\": ["
        "  {\"status\": \"possible\", \"says\": \"weak\", \"when\": {\"text\": \"weak\"}},"
        "  {\"status\": \"likely\", \"severity\": \"warning\", \"says\": \"strong: {match}\","
        "   \"when\": {\"text_matches\": \"str.ng\", \"says\": \"it holds {match}\"}},"
        "  {\"status\": \"confirmed\", \"says\": \"x\", \"when\": {\"text\": \"absent\"}},"
        "  {\"status\": \"likely\", \"severity\": \"error\", \"says\": \"strongest\","
        "   \"when\": {\"fact\": \"/host/libc/version\", \"version\": \"<2.24\"}},"
        "  {\"status\": \"possible\", \"says\": \"y\", \"when\": {\"text\": \"weak\"}}],"
        " \"rules_out\": [], \"explains\": [], \"remedy\": ["
        "  {\"says\": \"first\", \"command\": \"install {/host/libc/version}\"},"
        "  {\"says\": \"left out\", \"command\": \"install {/host/kernel/release}\"},"
        "  {\"says\": \"not here\", \"when\": {\"fact\": \"/host/machine\", \"known\": true}},"
        "  {\"says\": \"last[[ of {/host/kernel/release}]]\"}],"
        " \"closing_comment\": \"glibc {/host/libc/version} and {/host/machine}\","
        " \"canonical_issue\": 1633, \"references\": [\"#1633\"],"
        " \"proof\": {\"fires\": [{\"name\": \"a\", \"text\": \"weak\"}],"
        "  \"near_misses\": [{\"name\": \"b\", \"text\": \"\"}]}}";
    struct bp_catalogue *catalogue = bp_catalogue_empty();
    struct bp_err err = {0};
    if (bp_catalogue_add(catalogue, "whole.json", text, strlen(text), &err) != 0) {
        fail_msg("%s", bp_err_text(&err));
    }
    cJSON *snapshot = cJSON_CreateObject();
    bp_json_put(snapshot, "/host/libc/version", cJSON_CreateString("2.17"));
    struct bp_text log = {.source = "log", .data = "weak\nstrong", .length = 11};
    cJSON *answer = bp_check(snapshot, &log, catalogue);
    char *made = bp_json_print(bp_json_at(answer, "/findings"), false);
    assert_string_equal(
        made, "[{\"pattern\":\"whole\",\"title\":\"A title\",\"status\":\"likely\","
              "\"severity\":\"error\",\"says\":\"strongest\",\"evidence\":["
              "{\"from\":\"snapshot\",\"pointer\":\"/host/libc/version\",\"value\":\"2.17\","
              "\"says\":\"host libc version is 2.17\"},"
              "{\"from\":\"text\",\"source\":\"log\",\"line\":1,\"excerpt\":\"weak\","
              "\"says\":\"the text holds \\\"weak\\\"\"},"
              "{\"from\":\"text\",\"source\":\"log\",\"line\":2,\"excerpt\":\"strong\","
              "\"says\":\"it holds strong\"}],"
              "\"explanation\":\"glibc 2.17.\",\"remedy\":["
              "{\"says\":\"first\",\"command\":\"install 2.17\"},{\"says\":\"last\"}],"
              "\"disposition\":\"upgrade\",\"canonical_issue\":1633,\"references\":[\"#1633\"],"
              "\"closing_comment\":\"glibc 2.17 and unknown\",\"signature\":{"
              /* FNV-1a, 32 bits, over "whole\0-\0-\0-\0". */
              "\"code\":\"bnbsig-4ad2de21\",\"cause\":\"whole\",\"library\":null,"
              "\"needed_by\":null,\"era\":null}}]");
    assert_string_equal(bp_json_text(answer, "verdict"), "problem");
    assert_string_equal(bp_json_text(answer, "verdict_says"), "strongest");
    free(made);
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
    bp_catalogue_free(catalogue);
}

static void gives_the_same_answer_every_time(void **state) {
    (void)state;
    struct bp_catalogue *catalogue = bp_catalogue_builtin();
    cJSON *first = check_text(catalogue, "NameError: name 'str2optimizer32bit' is not defined");
    cJSON *second = check_text(catalogue, "NameError: name 'str2optimizer32bit' is not defined");
    assert_true(cJSON_Compare(first, second, true));
    cJSON_Delete(first);
    cJSON_Delete(second);
    bp_catalogue_free(catalogue);
}

/* A text that breaks the promise to be UTF-8, with zeros in it, is searched to its end. */
static void bears_a_text_that_is_not_utf8(void **state) {
    (void)state;
    struct bp_catalogue *catalogue = bp_catalogue_empty();
    add_pattern(catalogue, "one", "w1", "confirmed", "error", "", NULL);
    static const char data[] = "\xFF\xFE\0\0 w1 and more";
    struct bp_text text = {.source = "log", .data = data, .length = sizeof data - 1};
    cJSON *answer = bp_check(NULL, &text, catalogue);
    assert_int_equal(cJSON_GetArraySize(bp_json_get(answer, "findings")), 1);
    cJSON_Delete(answer);
    bp_catalogue_free(catalogue);
}

static void assert_verdict(const char *loader, const char *findings, const char *snapshot,
                           const char *verdict) {
    cJSON *answer = cJSON_CreateObject();
    cJSON *facts = snapshot ? bp_json_parse(snapshot, strlen(snapshot), NULL) : NULL;
    cJSON_AddItemToObject(answer, "loader", bp_json_parse(loader, strlen(loader), NULL));
    cJSON_AddItemToObject(answer, "findings", bp_json_parse(findings, strlen(findings), NULL));
    bp_verdict_set(answer, facts);
    if (!bp_equal(bp_json_text(answer, "verdict"), verdict)) {
        fail_msg("%s with %s is %s, not %s", loader, findings, bp_json_text(answer, "verdict"),
                 verdict);
    }
    assert_true(*bp_json_text(answer, "verdict_says"));
    cJSON_Delete(facts);
    cJSON_Delete(answer);
}

#define FOUND(status, severity)                                                                    \
    "[{\"title\": \"T\", \"status\": \"" status "\", \"severity\": \"" severity "\"}]"
#define OUTCOME(outcome) "{\"outcome\": \"" outcome "\"}"
#define FACTS "{\"host\": {}, \"collectors\": {}}"

static void judges_the_whole(void **state) {
    (void)state;
    assert_verdict(OUTCOME("loads"), "[]", FACTS, "ok");
    assert_verdict(OUTCOME("cpu-only"), "[]", FACTS, "ok");
    assert_verdict(OUTCOME("loads"), FOUND("confirmed", "warning"), FACTS, "ok");
    assert_verdict(OUTCOME("loads"), FOUND("possible", "error"), FACTS, "ok");
    assert_verdict(OUTCOME("loads"), FOUND("likely", "error"), FACTS, "problem");
    assert_verdict(OUTCOME("loads"), FOUND("confirmed", "error"), FACTS, "problem");
    assert_verdict(OUTCOME("loads"),
                   "[{\"title\": \"T\", \"status\": \"likely\", \"severity\": \"info\","
                   " \"symptoms\": " FOUND("confirmed", "error") "}]",
                   FACTS, "problem");
    static const char *const bad[] = {
        OUTCOME("file-missing"),   OUTCOME("dependency-missing"),
        OUTCOME("symbol-missing"), OUTCOME("symbol-version-missing"),
        OUTCOME("wrong-format"),   OUTCOME("wrong-architecture"),
        OUTCOME("libc-too-old"),   OUTCOME("torch-missing"),
        OUTCOME("not-installed"),  OUTCOME("setup-error"),
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_verdict(bad[i], "[]", FACTS, "problem");
    }
    assert_verdict(OUTCOME("cannot-tell"), "[]", FACTS, "unknown");
    assert_verdict(OUTCOME("cannot-tell"), FOUND("confirmed", "info"), FACTS, "unknown");
    assert_verdict(OUTCOME("cannot-tell"), FOUND("likely", "error"), FACTS, "problem");
    assert_verdict("{\"outcome\": null}", "[]", FACTS, "unknown");
    assert_verdict("null", "[]", NULL, "unknown");
}

static void lets_findings_decide_on_a_text_alone(void **state) {
    (void)state;
    static const char nothing[] = "{\"outcome\": null}";
    assert_verdict(nothing, "[]", NULL, "unknown");
    assert_verdict(nothing, FOUND("possible", "info"), NULL, "unknown");
    assert_verdict(nothing, FOUND("possible", "error"), NULL, "unknown");
    assert_verdict(nothing, FOUND("likely", "info"), NULL, "ok");
    assert_verdict(nothing, FOUND("likely", "info"), "{\"collectors\": {}}", "ok");
    assert_verdict(nothing, FOUND("likely", "info"), FACTS, "unknown");
    assert_verdict(nothing, FOUND("likely", "error"), NULL, "problem");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_by_strength),
        cmocka_unit_test(names_symptoms_under_their_cause),
        cmocka_unit_test(keeps_what_is_sure_from_a_mere_possibility),
        cmocka_unit_test(breaks_circles),
        cmocka_unit_test(withdraws_what_is_ruled_out),
        cmocka_unit_test(makes_a_whole_finding),
        cmocka_unit_test(gives_the_same_answer_every_time),
        cmocka_unit_test(bears_a_text_that_is_not_utf8),
        cmocka_unit_test(judges_the_whole),
        cmocka_unit_test(lets_findings_decide_on_a_text_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
