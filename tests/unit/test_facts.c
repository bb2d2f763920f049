/* Facts on their way from a collector's child to the snapshot. */
#include "tests/unit/cmocka_all.h"

#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/facts.h"

/* What the collector wrote on its pipe. */
static struct bp_str drain(int fd) {
    struct bp_str lines = BP_STR_EMPTY;
    char part[4096];
    ssize_t got;
    while ((got = read(fd, part, sizeof part)) > 0) {
        bp_str_add_bytes(&lines, part, (size_t)got);
    }
    close(fd);
    return lines;
}

static void test_facts_arrive(void **state) {
    (void)state;
    int fds[2];
    assert_int_equal(0, pipe(fds));
    struct bp_facts *facts = bp_facts_to_pipe(fds[1], NULL);
    bp_facts_put_text(facts, "/a/b", "line\nend \xff byte");
    bp_facts_put_number(facts, "/a/n", 3);
    bp_facts_put_bool(facts, "/list/-", true);
    bp_facts_put_text(facts, "/a/n2", NULL);
    bp_facts_unknown(facts, "/a/n2", "because of %s", "this");
    bp_facts_status(facts, BP_STATUS_DENIED, "no %s", "entry");
    bp_facts_end(facts);
    close(fds[1]);
    struct bp_str lines = drain(fds[0]);

    cJSON *snapshot = cJSON_CreateObject();
    struct bp_facts_report report;
    assert_int_equal(lines.length, bp_facts_merge(snapshot, lines.data, lines.length, &report));
    assert_string_equal("line\nend \xEF\xBF\xBD byte", bp_json_text_at(snapshot, "/a/b"));
    assert_true(bp_json_at(snapshot, "/a/n")->valuedouble == 3);
    assert_true(cJSON_IsTrue(bp_json_at(snapshot, "/list/0")));
    assert_true(cJSON_IsNull(bp_json_at(snapshot, "/a/n2")));
    assert_true(report.ended);
    assert_int_equal(BP_STATUS_DENIED, report.status);
    assert_string_equal("no entry", report.detail);
    assert_string_equal("because of this", bp_json_text(report.unknown, "/a/n2"));
    assert_int_equal(0, report.bad_lines);
    bp_facts_report_free(&report);
    cJSON_Delete(snapshot);
    bp_str_free(&lines);
}

/* What a collector reported through `facts`, which it ends. */
static struct bp_facts_report reported(int fds[2], struct bp_facts *facts) {
    bp_facts_end(facts);
    close(fds[1]);
    struct bp_str lines = drain(fds[0]);
    cJSON *snapshot = cJSON_CreateObject();
    struct bp_facts_report report;
    bp_facts_merge(snapshot, lines.data, lines.length, &report);
    assert_true(report.ended);
    cJSON_Delete(snapshot);
    bp_str_free(&lines);
    return report;
}

static void test_trouble(void **state) {
    (void)state;
    int fds[2];
    assert_int_equal(0, pipe(fds));
    struct bp_facts *facts = bp_facts_to_pipe(fds[1], NULL);
    bp_facts_trouble(facts, 3, "/a: Too many open files");
    struct bp_facts_report report = reported(fds, facts);
    assert_int_equal(BP_STATUS_ERROR, report.status);
    assert_string_equal("3 files, of which this is the first, could not be looked at: "
                        "/a: Too many open files",
                        report.detail);
    bp_facts_report_free(&report);
}

/* What seemed absent may be what could not be looked at. */
static void test_trouble_and_nothing_found(void **state) {
    (void)state;
    int fds[2];
    assert_int_equal(0, pipe(fds));
    struct bp_facts *facts = bp_facts_to_pipe(fds[1], NULL);
    bp_facts_status(facts, BP_STATUS_ABSENT, "nothing there");
    bp_facts_trouble(facts, 1, "/a: Too many open files");
    struct bp_facts_report report = reported(fds, facts);
    assert_int_equal(BP_STATUS_ERROR, report.status);
    assert_string_equal("nothing there; 1 file could not be looked at: /a: Too many open files",
                        report.detail);
    bp_facts_report_free(&report);
}

/* A file that is closed to this user: what seemed absent may be in it. */
static void test_refused(void **state) {
    (void)state;
    static const struct {
        enum bp_status before;
        bool closed;
        enum bp_status after;
    } cases[] = {
        {BP_STATUS_OK, true, BP_STATUS_OK},
        {BP_STATUS_ABSENT, true, BP_STATUS_DENIED},
        {BP_STATUS_ABSENT, false, BP_STATUS_ERROR},
        {BP_STATUS_ERROR, true, BP_STATUS_ERROR},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int fds[2];
        assert_int_equal(0, pipe(fds));
        struct bp_facts *facts = bp_facts_to_pipe(fds[1], NULL);
        bp_facts_status(facts, cases[i].before, "before");
        bp_facts_refused(facts, 1, "/a: Permission denied", cases[i].closed);
        struct bp_facts_report report = reported(fds, facts);
        assert_int_equal(cases[i].after, report.status);
        assert_string_equal("before; 1 file was not read: /a: Permission denied", report.detail);
        bp_facts_report_free(&report);
    }
}

/* A fact that did not go out is missed: the line after it still goes. */
static void test_lost_fact(void **state) {
    (void)state;
    int fds[2];
    assert_int_equal(0, pipe(fds));
    struct bp_facts *facts = bp_facts_to_pipe(fds[1], NULL);
    int kept = dup(fds[1]);
    assert_int_equal(fds[1], dup2(fds[0], fds[1])); /* the wrong end: nothing can be written */
    bp_facts_put_text(facts, "/a", "fact");
    assert_int_equal(fds[1], dup2(kept, fds[1]));
    close(kept);
    struct bp_facts_report report = reported(fds, facts);
    assert_int_equal(BP_STATUS_ERROR, report.status);
    assert_string_equal("facts that could not be written: 1", report.detail);
    bp_facts_report_free(&report);
}

static void test_whether_the_end_is_there(void **state) {
    (void)state;
    static const char fact[] = "{\"at\":\"/x\",\"value\":\"{\\\"end\\\":1\"}\n";
    static const char both[] = "{\"at\":\"/x\",\"value\":1}\n{\"end\":\"ok\",\"ms\":1}\n";
    assert_false(bp_facts_has_end("", 0));
    assert_false(bp_facts_has_end(fact, strlen(fact)));
    assert_false(bp_facts_has_end(both, strlen(both) - 1)); /* its line may go on */
    assert_true(bp_facts_has_end(both, strlen(both)));
}

static void test_half_the_facts(void **state) {
    (void)state;
    struct bp_str lines = BP_STR_EMPTY;
    bp_str_add(&lines, "{\"at\":\"/x\",\"value\":1}\n{\"at\":\"/y\",\"val");
    cJSON *snapshot = cJSON_CreateObject();
    struct bp_facts_report report;
    assert_int_equal(lines.length, bp_facts_merge(snapshot, lines.data, lines.length, &report));
    assert_non_null(bp_json_at(snapshot, "/x"));
    assert_null(bp_json_at(snapshot, "/y"));
    assert_false(report.ended);
    assert_int_equal(1, report.bad_lines);
    bp_facts_report_free(&report);
    cJSON_Delete(snapshot);
    bp_str_free(&lines);
}

static void test_rubbish(void **state) {
    (void)state;
    struct bp_str lines = BP_STR_EMPTY;
    bp_str_add(&lines, "hello\n[1,2]\n{\"at\":5}\n{\"at\":\"/x\"}\n{\"end\":\"splendid\"}\n\n");
    bp_str_add_bytes(&lines, "\0\xff\n", 3);
    cJSON *snapshot = cJSON_CreateObject();
    struct bp_facts_report report;
    assert_int_equal(lines.length, bp_facts_merge(snapshot, lines.data, lines.length, &report));
    assert_false(report.ended);
    assert_int_equal(7, report.bad_lines);
    assert_null(snapshot->child);
    bp_facts_report_free(&report);
    cJSON_Delete(snapshot);
    bp_str_free(&lines);
}

int main(void) {
    bp_memory_install();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_facts_arrive),
        cmocka_unit_test(test_trouble),
        cmocka_unit_test(test_trouble_and_nothing_found),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_lost_fact),
        cmocka_unit_test(test_whether_the_end_is_there),
        cmocka_unit_test(test_half_the_facts),
        cmocka_unit_test(test_rubbish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
