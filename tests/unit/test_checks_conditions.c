/* How the conditions of a pattern came out, in words. */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/cmocka_all.h"
#include "base/json.h"
#include "base/memory.h"
#include "checks/conditions.h"

static const char snapshot_text[] = "{\"host\":{\"os\":\"linux\",\"libc\":{\"version\":\"2.17\"}}}";

static const char pattern_text[] =
    "{\"id\":\"p\",\"title\":\"P\",\"severity\":\"error\",\"explanation\":\"\",\"remedy\":[],"
    "\"disposition\":\"upgrade\",\"references\":[],\"explains\":[],\"closing_comment\":null,"
    "\"canonical_issue\":null,"
    "\"shows\":[{\"status\":\"likely\",\"says\":\"old.\",\"when\":{\"all\":["
    "{\"fact\":\"/host/libc/version\",\"version\":\"<2.24\",\"says\":\"glibc is old\"},"
    "{\"not\":{\"fact\":\"/host/os\",\"equals\":\"windows\"}},"
    "{\"fact\":\"/host/machine\",\"equals\":\"x86_64\"}]}},"
    "{\"status\":\"likely\",\"says\":\"said.\",\"when\":{\"text_matches\":\"GLIBC_2\"}}],"
    "\"rules_out\":[{\"when\":{\"fact\":\"/host/os\",\"in\":[\"windows\",\"macos\"]}}]}";

static cJSON *conditions_of(const char *log) {
    cJSON *snapshot = cJSON_Parse(snapshot_text);
    cJSON *pattern = cJSON_Parse(pattern_text);
    assert_non_null(snapshot);
    assert_non_null(pattern);
    struct bp_text text = {.source = "-", .data = log, .length = log ? strlen(log) : 0};
    struct bp_regexes *regexes = bp_regexes_new();
    struct bp_view view = {.snapshot = snapshot, .text = log ? &text : NULL, .regexes = regexes};
    cJSON *conditions = bp_conditions_of(pattern, &view);
    bp_regexes_free(regexes);
    cJSON_Delete(pattern);
    cJSON_Delete(snapshot);
    return conditions;
}

static void expect(const cJSON *conditions, const char *pointer, const char *wanted) {
    const char *text = bp_json_text_at(conditions, pointer);
    if (!text || strcmp(text, wanted) != 0) {
        fail_msg("%s is '%s', not '%s'", pointer, text ? text : "missing", wanted);
    }
}

static void test_each_condition_has_its_answer(void **state) {
    (void)state;
    cJSON *conditions = conditions_of(NULL);
    expect(conditions, "/pattern", "p");
    assert_true(cJSON_IsNull(bp_json_get(conditions, "status")));
    expect(conditions, "/ways/0/way", "shows/0");
    expect(conditions, "/ways/0/came_out", "unknown");
    expect(conditions, "/ways/0/conditions/0/came_out", "true");
    expect(conditions, "/ways/0/conditions/0/says",
           "glibc is old (/host/libc/version version <2.24; it is 2.17)");
    expect(conditions, "/ways/0/conditions/1/says", "not:");
    expect(conditions, "/ways/0/conditions/1/came_out", "true");
    expect(conditions, "/ways/0/conditions/2/came_out", "false");
    assert_int_equal(
        1, (int)bp_json_number(bp_json_at(conditions, "/ways/0/conditions/2"), "depth", -1));
    expect(conditions, "/ways/0/conditions/3/came_out", "unknown");
    expect(conditions, "/ways/0/conditions/3/says", "/host/machine equals x86_64; it is not known");
    expect(conditions, "/ways/1/way", "rules_out/0");
    expect(conditions, "/ways/1/came_out", "false");
    cJSON_Delete(conditions);
}

static void test_ways_about_a_text_wait_for_one(void **state) {
    (void)state;
    cJSON *conditions = conditions_of(NULL);
    assert_int_equal(1, (int)bp_json_number(conditions, "text_only", -1));
    assert_int_equal(2, cJSON_GetArraySize(bp_json_get(conditions, "ways")));
    cJSON_Delete(conditions);
    conditions = conditions_of("needs GLIBC_2.34\n");
    assert_int_equal(0, (int)bp_json_number(conditions, "text_only", -1));
    expect(conditions, "/status", "likely");
    expect(conditions, "/ways/1/way", "shows/1");
    expect(conditions, "/ways/1/came_out", "true");
    expect(conditions, "/ways/1/conditions/0/says", "the text matches GLIBC_2");
    cJSON_Delete(conditions);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_condition_has_its_answer),
        cmocka_unit_test(test_ways_about_a_text_wait_for_one),
    };
    bp_memory_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
