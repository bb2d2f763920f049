/* Whether a report is needed, and how the matter goes on. */
#include "tests/unit/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "report/next_view.h"

/* A document written with ' for ". */
static cJSON *document_of(const char *verdict, const char *findings, const char *loader,
                          const char *interpreters) {
    char *text = bp_format("{'verdict':'%s','verdict_says':'so it is','findings':[%s],"
                           "'loader':{'outcome_says':'so it is','remedy':[%s]},"
                           "'snapshot':{'python':{'interpreters':[%s]}},'assumed':null}",
                           verdict, findings, loader, interpreters);
    for (char *at = text; *at; at++) {
        *at = *at == '\'' ? '"' : *at;
    }
    cJSON *document = cJSON_Parse(text);
    assert_non_null(document);
    free(text);
    return document;
}

static char *finding_of(const char *status, const char *severity, const char *disposition) {
    return bp_format("{'status':'%s','severity':'%s','disposition':'%s'}", status, severity,
                     disposition);
}

/* `known` is a part of what is said, or NULL where nothing is. Deletes the document. */
static void assert_known(cJSON *document, const char *known) {
    struct bp_next_view view = bp_next_view_of(document);
    if (known) {
        assert_non_null(view.known);
        assert_non_null(strstr(view.known, known));
    } else {
        assert_null(view.known);
    }
    bp_next_view_free(&view);
    cJSON_Delete(document);
}

static void assert_known_finding(const char *verdict, const char *status, const char *severity,
                                 const char *disposition, const char *known) {
    char *finding = finding_of(status, severity, disposition);
    assert_known(document_of(verdict, finding, "", "{}"), known);
    free(finding);
}

static void test_known_matters_need_no_report(void **state) {
    (void)state;
    assert_known_finding("problem", "confirmed", "error", "upgrade", "newer release mends it");
    assert_known_finding("problem", "likely", "error", "environment", "no report is needed");
    assert_known_finding("ok", "likely", "warning", "upstream", "another project");
    assert_known(document_of("problem", "", "{'says':'Install it.'}", "{}"), "yet to be installed");
}

static void test_what_is_no_known_matter(void **state) {
    (void)state;
    assert_known_finding("problem", "possible", "error", "upgrade", NULL);
    assert_known_finding("problem", "confirmed", "warning", "upgrade", NULL);
    assert_known_finding("problem", "confirmed", "error", "investigate", NULL);
    assert_known_finding("problem", "confirmed", "error", "needs-info", NULL);
    assert_known(document_of("problem", "", "", "{}"), NULL);
    assert_known(document_of("ok", "", "", "{}"), NULL);
}

static void test_a_report_is_offered_last(void **state) {
    (void)state;
    cJSON *document = document_of("ok", "", "", "{}");
    struct bp_next_view view = bp_next_view_of(document);
    int count = cJSON_GetArraySize(view.steps);
    assert_true(count >= 2);
    assert_non_null(strstr(bp_json_text(view.steps->child, "says"), "Nothing needs mending"));
    for (int i = 0; i < count; i++) {
        const char *command = bp_json_text(cJSON_GetArrayItem(view.steps, i), "command");
        assert_int_equal(i == count - 1, strstr(command, "--format url") != NULL);
    }
    bp_next_view_free(&view);
    cJSON_Delete(document);
}

static void test_nothing_is_offered_without_a_machine(void **state) {
    (void)state;
    cJSON *document = document_of("unknown", "", "", "");
    struct bp_next_view view = bp_next_view_of(document);
    assert_null(view.steps);
    bp_next_view_free(&view);
    cJSON_Delete(document);
    document = document_of("ok", "", "", "{}");
    bp_json_put(document, "/assumed", cJSON_Parse("[\"gpu=9.0\"]"));
    view = bp_next_view_of(document);
    assert_null(view.steps);
    bp_next_view_free(&view);
    cJSON_Delete(document);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_matters_need_no_report),
        cmocka_unit_test(test_what_is_no_known_matter),
        cmocka_unit_test(test_a_report_is_offered_last),
        cmocka_unit_test(test_nothing_is_offered_without_a_machine),
    };
    bp_memory_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
