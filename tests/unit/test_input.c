/* Reading what a person names: every bad file gets one line that says what is wrong. */
#include "tests/unit/cmocka_all.h"

#include "base/json.h"
#include "report/input.h"
#include "report/plain.h"
#include "tests/unit/scratch.h"

static int set_up(void **state) {
    *state = scratch_make();
    return 0;
}

static int tear_down(void **state) {
    scratch_remove(*state);
    free(*state);
    return 0;
}

static void refuse(const char *scratch, const char *name, const char *says) {
    char *path = bp_join(scratch, name);
    struct bp_err err = {0};
    struct bp_earlier_report report;
    assert_int_equal(-1, bp_input_report(path, &report, &err));
    assert_null(report.snapshot);
    assert_null(report.collected_at);
    assert_int_equal(0, strncmp(path, bp_err_text(&err), strlen(path)));
    if (!strstr(bp_err_text(&err), says) || strchr(bp_err_text(&err), '\n')) {
        fail_msg("'%s' is not in '%s'", says, bp_err_text(&err));
    }
    bp_err_clear(&err);
    free(path);
}

static void refuse_bytes(const char *scratch, const char *bytes, size_t length, const char *says) {
    scratch_write_bytes(scratch, "x.json", bytes, length);
    refuse(scratch, "x.json", says);
}

#define REFUSE(text, says) refuse_bytes(*state, text, sizeof text - 1, says)

static void bad_documents(void **state) {
    refuse(*state, "none.json", "No such file");
    refuse(*state, "", "is a folder");
    REFUSE("", "is empty");
    REFUSE("Traceback\n", "is not JSON at line 1, column 1");
    REFUSE("{\"a\": 1,\n  \"b\": nothing}", "is not JSON at line 2, column 8");
    REFUSE("{\"schema\": \"bnb-probe/1\", \"snapshot\": {\"host\": \"ab", "is cut off");
    REFUSE("{\"a\": \"\xFF\"}", "byte 8 is no UTF-8");
    REFUSE("\x7F"
           "ELF\0\0",
           "is binary");
    REFUSE("[1]", "an array without \"schema\"");
    REFUSE("42", "a single value");
    REFUSE("{\"schema\": \"bnb-probe/2\"}",
           "has the schema 'bnb-probe/2'; this bnb-probe (" BP_VERSION ") reads bnb-probe/1");
    REFUSE("{\"schema\": \"sbom\\u001b[2J\"}", "has the schema 'sbom\xEF\xBF\xBD[2J'; a report of");
    REFUSE("{\"schema\": \"bnb-probe/1\"}", "holds no snapshot");
    REFUSE("{\"schema\": \"bnb-probe/1\", \"snapshot\": 1}", "holds no snapshot");
}

static void a_huge_file_is_not_read(void **state) {
    scratch_write(*state, "huge.json", "");
    char *path = bp_join(*state, "huge.json");
    assert_int_equal(0, truncate(path, (off_t)1 << 30));
    refuse(*state, "huge.json", "is larger than 64 MiB");
    free(path);
}

static void a_pipe_is_not_waited_for(void **state) {
    char *path = bp_join(*state, "pipe");
    assert_int_equal(0, mkfifo(path, 0600));
    refuse(*state, "pipe", "is empty");
    free(path);
}

static void a_device_is_refused(void **state) {
    (void)state;
    struct bp_err err = {0};
    struct bp_str bytes = BP_STR_EMPTY;
    assert_int_equal(-1, bp_input_read("/dev/zero", BP_LOG_LIMIT, &bytes, &err));
    assert_string_equal("/dev/zero: is no file, but a device or a socket", bp_err_text(&err));
    bp_err_clear(&err);
}

static void reports_and_bare_snapshots(void **state) {
    char *path = bp_join(*state, "x.json");
    struct bp_earlier_report report;
    scratch_write(*state, "x.json",
                  "\n{\"schema\":\"bnb-probe/1\",\"collected_at\":\"2026-01-01T00:00:00Z\","
                  "\"snapshot\":{\"collectors\":{},\"a\":1}}\n");
    assert_int_equal(0, bp_input_report(path, &report, NULL));
    assert_string_equal("2026-01-01T00:00:00Z", report.collected_at);
    assert_true(bp_json_number(report.snapshot, "a", 0) == 1);
    bp_earlier_report_free(&report);
    scratch_write(*state, "x.json", "{\"collectors\":{},\"b\":2}");
    assert_int_equal(0, bp_input_report(path, &report, NULL));
    assert_null(report.collected_at);
    assert_true(bp_json_number(report.snapshot, "b", 0) == 2);
    bp_earlier_report_free(&report);
    free(path);
}

static void check_log(const char *bytes, size_t length, const char *text) {
    char *found = bp_text_of_bytes(bytes, length);
    assert_string_equal(text, found);
    free(found);
}

#define CHECK_LOG(bytes, text) check_log(bytes, sizeof bytes - 1, text)

static void logs_become_text(void **state) {
    (void)state;
    CHECK_LOG("a\r\nb\rc\n", "a\nc\n");
    CHECK_LOG(" 10%\r 20%\r100%\nx", "100%\nx");
    CHECK_LOG("\x1B[31mred\x1B[0m \x1B]0;title\x07rest", "red rest");
    CHECK_LOG("a\0b\xFF\x08"
              "c",
              "ab\xEF\xBF\xBD"
              "c");
    CHECK_LOG("\xEF\xBB\xBFmarked", "marked");
    CHECK_LOG("\xFF\xFEh\0\xE4\0\r\0\n\0=\xD8\x00\xDE", "h\xC3\xA4\n\xF0\x9F\x98\x80");
    CHECK_LOG("\xFE\xFF\0h\0i", "hi");
    CHECK_LOG("right \xE2\x80\xAE"
              "left",
              "right left");
    CHECK_LOG("", "");
    CHECK_LOG("\x1B", "");
    CHECK_LOG("\x1B[", "");
    CHECK_LOG("\x1B[1\xC3\xA9", "\xC3\xA9");
    CHECK_LOG("\x1B\xC3\xA9", "\xC3\xA9");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(bad_documents, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_huge_file_is_not_read, set_up, tear_down),
        cmocka_unit_test(a_device_is_refused),
        cmocka_unit_test_setup_teardown(a_pipe_is_not_waited_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reports_and_bare_snapshots, set_up, tear_down),
        cmocka_unit_test(logs_become_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
