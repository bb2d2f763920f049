#include <string.h>

#include "tests/unit/cmocka_all.h"
#include "base/json.h"
#include "checks/condition.h"

static const char snapshot_text[] =
    "{\"host\": {\"libc\": {\"name\": \"glibc\", \"version\": \"2.17\"}, \"machine\": null},"
    " \"hardware\": {\"cpu\": {\"threads\": 8, \"flags\": [\"avx\", null]}, \"pci\": []},"
    " \"bitsandbytes\": {\"version\": \"0.42.0\", \"installed\": true, \"source_checkout\": \"\","
    "   \"native_libraries\": ["
    "     {\"name\": \"libbitsandbytes_cpu.so\", \"requires\": {\"GLIBC\": \"2.14\"}},"
    "     {\"name\": \"libbitsandbytes_cuda121.so\", \"requires\": {\"GLIBC\": \"2.24\"}},"
    "     {\"name\": null}]},"
    " \"tools\": {}, \"cuda\": {\"driver\": {\"version\": \"12.4\"}},"
    " \"environment\": {\"LD_LIBRARY_PATH\": \"/a~b\"},"
    " \"python\": {\"interpreters\": [{\"version\": \"not a version\"}]}}";
static const char loader_text[] = "{\"outcome\": \"libc-too-old\", \"missing\": [\"libx.so\"]}";

struct ground {
    cJSON *snapshot;
    cJSON *loader;
    struct bp_text text;
    struct bp_view view;
};

static void lay(struct ground *ground, const char *text) {
    ground->snapshot = bp_json_parse(snapshot_text, strlen(snapshot_text), NULL);
    ground->loader = bp_json_parse(loader_text, strlen(loader_text), NULL);
    assert_non_null(ground->snapshot);
    assert_non_null(ground->loader);
    ground->text =
        (struct bp_text){.source = "log.txt", .data = text, .length = text ? strlen(text) : 0};
    ground->view = (struct bp_view){.snapshot = ground->snapshot,
                                    .loader = ground->loader,
                                    .text = text ? &ground->text : NULL,
                                    .regexes = bp_regexes_new()};
}

static void clear(struct ground *ground) {
    cJSON_Delete(ground->snapshot);
    cJSON_Delete(ground->loader);
    bp_regexes_free(ground->view.regexes);
}

static enum bp_truth judge(const struct bp_view *view, const char *condition_text,
                           struct bp_evidence *evidence) {
    cJSON *condition = bp_json_parse(condition_text, strlen(condition_text), NULL);
    if (!condition) {
        fail_msg("not JSON: %s", condition_text);
    }
    enum bp_truth truth = bp_condition_judge(condition, view, evidence);
    /* The truth must not depend on whether evidence is kept. */
    assert_int_equal(bp_condition_judge(condition, view, NULL), truth);
    cJSON_Delete(condition);
    return truth;
}

struct row {
    const char *condition;
    enum bp_truth truth;
};

static void assert_rows(const struct row *rows, size_t count, const char *text) {
    struct ground ground;
    lay(&ground, text);
    for (size_t i = 0; i < count; i++) {
        enum bp_truth truth = judge(&ground.view, rows[i].condition, NULL);
        if (truth != rows[i].truth) {
            fail_msg("%s is %d, not %d", rows[i].condition, (int)truth, (int)rows[i].truth);
        }
    }
    clear(&ground);
}

#define ASSERT_ROWS(rows, text) assert_rows(rows, sizeof(rows) / sizeof *(rows), text)

#define T "{\"fact\": \"/bitsandbytes/version\", \"equals\": \"0.42.0\"}"
#define F "{\"fact\": \"/bitsandbytes/version\", \"equals\": \"0.43.0\"}"
#define U "{\"fact\": \"/host/machine\", \"equals\": \"x86_64\"}"

static void joins_as_kleene_does(void **state) {
    (void)state;
    static const struct row rows[] = {
        {T, BP_TRUE},
        {F, BP_FALSE},
        {U, BP_UNKNOWN},
        {"{\"not\": " T "}", BP_FALSE},
        {"{\"not\": " F "}", BP_TRUE},
        {"{\"not\": " U "}", BP_UNKNOWN},
        {"{\"all\": [" T "," T "]}", BP_TRUE},
        {"{\"all\": [" T "," U "]}", BP_UNKNOWN},
        {"{\"all\": [" U "," T "]}", BP_UNKNOWN},
        {"{\"all\": [" T "," F "]}", BP_FALSE},
        {"{\"all\": [" U "," F "]}", BP_FALSE},
        {"{\"all\": [" F "," U "]}", BP_FALSE},
        {"{\"all\": [" U "," U "]}", BP_UNKNOWN},
        {"{\"all\": [" F "," F "]}", BP_FALSE},
        {"{\"any\": [" T "," T "]}", BP_TRUE},
        {"{\"any\": [" T "," U "]}", BP_TRUE},
        {"{\"any\": [" U "," T "]}", BP_TRUE},
        {"{\"any\": [" F "," T "]}", BP_TRUE},
        {"{\"any\": [" U "," F "]}", BP_UNKNOWN},
        {"{\"any\": [" F "," U "]}", BP_UNKNOWN},
        {"{\"any\": [" U "," U "]}", BP_UNKNOWN},
        {"{\"any\": [" F "," F "]}", BP_FALSE},
        {"{\"not\": {\"all\": [" T ",{\"not\": " T "}]}}", BP_TRUE},
        {"{\"not\": {\"any\": [" F "," U "]}}", BP_UNKNOWN},
    };
    ASSERT_ROWS(rows, NULL);
}

#define FACT(pointer, operation) "{\"fact\": \"" pointer "\", " operation "}"

static void answers_each_operator(void **state) {
    (void)state;
    static const struct row rows[] = {
        {FACT("/host/libc/version", "\"equals\": \"2.17\""), BP_TRUE},
        {FACT("/host/libc/version", "\"equals\": \"2.170\""), BP_FALSE},
        {FACT("/hardware/cpu/threads", "\"equals\": 8"), BP_TRUE},
        {FACT("/hardware/cpu/threads", "\"equals\": \"8\""), BP_FALSE},
        {FACT("/bitsandbytes/installed", "\"equals\": true"), BP_TRUE},
        {FACT("/bitsandbytes/installed", "\"equals\": false"), BP_FALSE},
        {FACT("/bitsandbytes/source_checkout", "\"equals\": \"\""), BP_TRUE},
        {FACT("/hardware/pci", "\"equals\": \"\""), BP_UNKNOWN},
        {FACT("/no/such/thing", "\"equals\": 1"), BP_UNKNOWN},
        {FACT("/host/libc/name", "\"in\": [\"musl\", \"glibc\"]"), BP_TRUE},
        {FACT("/host/libc/name", "\"in\": [\"musl\"]"), BP_FALSE},
        {FACT("/host/libc", "\"in\": [\"musl\"]"), BP_UNKNOWN},
        {FACT("/bitsandbytes/version", "\"version\": \"<0.43\""), BP_TRUE},
        {FACT("/bitsandbytes/version", "\"version\": \">=0.43\""), BP_FALSE},
        {FACT("/python/interpreters/0/version", "\"version\": \"<0.43\""), BP_UNKNOWN},
        {FACT("/hardware/cpu/threads", "\"version\": \"<10\""), BP_UNKNOWN},
        {FACT("/bitsandbytes/version", "\"matches\": \"^0\\\\.4[12]\\\\.\""), BP_TRUE},
        {FACT("/bitsandbytes/version", "\"matches\": \"^0\\\\.43\""), BP_FALSE},
        {FACT("/hardware/cpu/threads", "\"matches\": \"8\""), BP_UNKNOWN},
        {FACT("/hardware/cpu/flags", "\"contains\": \"avx\""), BP_TRUE},
        {FACT("/hardware/cpu/flags", "\"contains\": \"avx2\""), BP_UNKNOWN},
        {FACT("/hardware/pci", "\"contains\": \"avx2\""), BP_FALSE},
        {FACT("/host/libc/name", "\"contains\": \"g\""), BP_UNKNOWN},
        {FACT("/hardware/pci", "\"empty\": true"), BP_TRUE},
        {FACT("/hardware/pci", "\"empty\": false"), BP_FALSE},
        {FACT("/tools", "\"empty\": true"), BP_TRUE},
        {FACT("/host/libc", "\"empty\": true"), BP_FALSE},
        {FACT("/host/libc", "\"empty\": false"), BP_TRUE},
        {FACT("/bitsandbytes/source_checkout", "\"empty\": true"), BP_UNKNOWN},
        {FACT("/host/machine", "\"empty\": true"), BP_UNKNOWN},
        {FACT("/hardware/cpu/threads", "\"at_least\": 8"), BP_TRUE},
        {FACT("/hardware/cpu/threads", "\"at_least\": 8.5"), BP_FALSE},
        {FACT("/hardware/cpu/threads", "\"below\": 8"), BP_FALSE},
        {FACT("/hardware/cpu/threads", "\"below\": 9"), BP_TRUE},
        {FACT("/host/libc/version", "\"at_least\": 2"), BP_UNKNOWN},
        {FACT("/host/libc/version", "\"below\": 3"), BP_UNKNOWN},
        {FACT("/host/libc", "\"known\": true"), BP_TRUE},
        {FACT("/host/libc", "\"known\": false"), BP_FALSE},
        {FACT("/host/machine", "\"known\": true"), BP_FALSE},
        {FACT("/host/machine", "\"known\": false"), BP_TRUE},
        {FACT("/no/such/thing", "\"known\": true"), BP_FALSE},
        {FACT("/no/such/thing", "\"known\": false"), BP_TRUE},
        {FACT("/host/libc/version", "\"same_as\": \"/host/libc/version\""), BP_TRUE},
        {FACT("/host/libc/version", "\"same_as\": \"/host/libc/name\""), BP_FALSE},
        {FACT("/host/libc/version", "\"same_as\": \"/host/machine\""), BP_UNKNOWN},
        {FACT("/host/libc/version", "\"older_than\": \"/cuda/driver/version\""), BP_TRUE},
        {FACT("/cuda/driver/version", "\"older_than\": \"/host/libc/version\""), BP_FALSE},
        {FACT("/host/libc/version", "\"older_than\": \"/host/libc/version\""), BP_FALSE},
        {FACT("/host/libc/version", "\"older_than\": \"/host/libc/name\""), BP_UNKNOWN},
        {FACT("/host/libc/version", "\"older_than\": \"/no/such\""), BP_UNKNOWN},
        {FACT("/loader/outcome", "\"equals\": \"libc-too-old\""), BP_TRUE},
        {FACT("/loader/outcome", "\"in\": [\"loads\", \"cpu-only\"]"), BP_FALSE},
        {FACT("/loader/chosen", "\"equals\": \"x\""), BP_UNKNOWN},
        {FACT("/loader/missing/*", "\"equals\": \"libx.so\""), BP_TRUE},
        {FACT("/environment/LD_LIBRARY_PATH", "\"equals\": \"/a~b\""), BP_TRUE},
    };
    ASSERT_ROWS(rows, NULL);
}

static void assert_piece(const struct bp_evidence *evidence, size_t index, const char *from,
                         const char *pointer, const char *says) {
    assert_true(index < evidence->count);
    const cJSON *shown = evidence->items[index].shown;
    assert_string_equal(bp_json_text(shown, "from"), from);
    if (pointer) {
        assert_string_equal(bp_json_text(shown, "pointer"), pointer);
    }
    assert_string_equal(bp_json_text(shown, "says"), says);
}

static void takes_a_star_for_any(void **state) {
    (void)state;
#define LIBRARIES "/bitsandbytes/native_libraries"
    static const struct row rows[] = {
        {FACT(LIBRARIES "/*/name", "\"matches\": \"cuda\""), BP_TRUE},
        /* The third library's name is not known. */
        {FACT(LIBRARIES "/*/name", "\"matches\": \"rocm\""), BP_UNKNOWN},
        {FACT(LIBRARIES "/*/name", "\"known\": false"), BP_TRUE},
        {FACT(LIBRARIES "/*/requires/*", "\"equals\": \"2.24\""), BP_TRUE},
        {FACT(LIBRARIES "/1/requires/*", "\"equals\": \"2.14\""), BP_FALSE},
        {FACT(LIBRARIES "/7/requires/*", "\"equals\": \"2.14\""), BP_UNKNOWN},
        {FACT("/hardware/pci/*/vendor", "\"equals\": \"0x10de\""), BP_FALSE},
        {FACT("/hardware/pci/*/vendor", "\"known\": false"), BP_FALSE},
        {FACT("/hardware/cpu/flags/*", "\"equals\": \"sve\""), BP_UNKNOWN},
        {FACT("/tools/*/version", "\"known\": true"), BP_FALSE},
        {FACT("/host/machine/*", "\"equals\": 1"), BP_UNKNOWN},
        {FACT("/host/machine/*", "\"known\": true"), BP_FALSE},
        {FACT("/host/libc/name/*", "\"equals\": 1"), BP_UNKNOWN},
        {FACT("/no/*/such", "\"equals\": 1"), BP_UNKNOWN},
        {"{\"not\": " FACT("/hardware/pci/*/vendor", "\"equals\": \"0x10de\"") "}", BP_TRUE},
        {FACT(LIBRARIES "/*/requires/GLIBC", "\"older_than\": \"/host/libc/version\""), BP_TRUE},
    };
    ASSERT_ROWS(rows, NULL);
}

static void judges_one_element_at_a_time(void **state) {
    (void)state;
#define SOME_LIBRARY(name, glibc)                                                                  \
    "{\"some\": \"" LIBRARIES "/*\", \"when\": {\"all\": ["                                        \
    "{\"fact\": \"" LIBRARIES "/*/name\", \"matches\": \"" name "\"},"                             \
    "{\"fact\": \"" LIBRARIES "/*/requires/GLIBC\", \"equals\": \"" glibc "\"}]}}"
    static const struct row rows[] = {
        {SOME_LIBRARY("cpu", "2.14"), BP_TRUE},
        {SOME_LIBRARY("cuda", "2.24"), BP_TRUE},
        /* Both are there, but not of one library; of the third neither is known. */
        {SOME_LIBRARY("cpu", "2.24"), BP_UNKNOWN},
        {"{\"some\": \"/hardware/pci/*\", \"when\": " T "}", BP_FALSE},
        {"{\"some\": \"/no/such/*\", \"when\": " T "}", BP_UNKNOWN},
        {"{\"some\": \"/python/interpreters/*\", \"when\": " F "}", BP_FALSE},
        {"{\"some\": \"/python/interpreters/*\", \"when\": "
         "{\"some\": \"" LIBRARIES "/*\", \"when\": {\"all\": ["
         "{\"fact\": \"/python/interpreters/*/version\", \"equals\": \"not a version\"},"
         "{\"fact\": \"" LIBRARIES "/*/requires/GLIBC\", \"equals\": \"2.24\"}]}}}",
         BP_TRUE},
    };
    ASSERT_ROWS(rows, NULL);
    struct ground ground;
    struct bp_evidence evidence = {0};
    lay(&ground, NULL);
    assert_int_equal(judge(&ground.view, SOME_LIBRARY("cuda", "2.24"), &evidence), BP_TRUE);
    assert_int_equal(evidence.count, 2);
    assert_piece(&evidence, 0, "snapshot", LIBRARIES "/1/name",
                 "bitsandbytes native libraries 1 name is libbitsandbytes_cuda121.so");
    assert_piece(&evidence, 1, "snapshot", LIBRARIES "/1/requires/GLIBC",
                 "bitsandbytes native libraries 1 requires GLIBC is 2.24");
    bp_evidence_truncate(&evidence, 0);
    assert_int_equal(judge(&ground.view,
                           "{\"not\": {\"some\": \"/hardware/pci/*\", \"when\": " T "}}",
                           &evidence),
                     BP_TRUE);
    assert_int_equal(evidence.count, 1);
    assert_piece(&evidence, 0, "snapshot", "/hardware/pci", "hardware pci is empty");
    bp_evidence_free(&evidence);
    clear(&ground);
}

static void compares_times(void **state) {
    (void)state;
    static const struct {
        const char *left;
        const char *right;
        enum bp_truth truth;
    } table[] = {
        {"2026-11-23T23:59:59Z", "2026-11-24T00:00:00Z", BP_TRUE},
        {"2026-11-24T00:00:00Z", "2026-11-24T00:00:00Z", BP_FALSE},
        {"2026-11-24T00:00:01Z", "2026-11-24T00:00:00Z", BP_FALSE},
        {"2026-11-24T00:00:00.25Z", "2026-11-24T00:00:00.3Z", BP_TRUE},
        {"2026-11-24T00:00:00Z", "2026-11-24T00:00:00.5Z", BP_TRUE},
        {"2026-11-24T00:00:00.5Z", "2026-11-24T00:00:00Z", BP_FALSE},
        {"2026-11-24T00:00:00.0Z", "2026-11-24T00:00:00.000Z", BP_FALSE},
        {"2026-11-24T00:00:00.5Z", "2026-11-24T00:00:00.50Z", BP_FALSE},
        {"2026-11-24T00:00:00+01:00", "2026-11-24T00:00:00Z", BP_UNKNOWN},
        {"2026-11-24", "2026-11-25T00:00:00Z", BP_UNKNOWN},
        {"yesterday", "2026-11-25T00:00:00Z", BP_UNKNOWN},
        {"2026-11-24T00:00:00.Z", "2026-11-25T00:00:00Z", BP_UNKNOWN},
    };
    struct ground ground;
    lay(&ground, NULL);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        bp_json_put(ground.snapshot, "/a", cJSON_CreateString(table[i].left));
        bp_json_put(ground.snapshot, "/b", cJSON_CreateString(table[i].right));
        enum bp_truth truth = judge(&ground.view, FACT("/a", "\"before\": \"/b\""), NULL);
        if (truth != table[i].truth) {
            fail_msg("%s before %s is %d", table[i].left, table[i].right, (int)truth);
        }
    }
    clear(&ground);
}

static void reads_a_text(void **state) {
    (void)state;
    static const char text[] = "Traceback\r\n  File \"main.py\"\r\nOSError: libx.so.11: cannot\r\n";
    static const struct row rows[] = {
        {"{\"text\": \"OSError: libx\"}", BP_TRUE},
        {"{\"text\": \"oserror\"}", BP_FALSE},
        {"{\"text\": \"cannot\\r\\n\"}", BP_TRUE},
        {"{\"text\": \"cannot\\r\\n.\"}", BP_FALSE},
        {"{\"text_matches\": \"^OSError: lib\\\\w+\\\\.so\\\\.\\\\d+\"}", BP_TRUE},
        {"{\"text_matches\": \"main\\\\.py\\\"$\"}", BP_TRUE},
        {"{\"text_matches\": \"Traceback.*OSError\"}", BP_FALSE},
        {"{\"text_matches\": \"(?s)Traceback.*OSError\"}", BP_TRUE},
        {"{\"text_matches\": \"(unclosed\"}", BP_UNKNOWN},
        {"{\"not\": {\"text\": \"ImportError\"}}", BP_TRUE},
    };
    static const struct row without[] = {
        {"{\"text\": \"OSError\"}", BP_UNKNOWN},
        {"{\"text_matches\": \"OSError\"}", BP_UNKNOWN},
        {"{\"not\": {\"text\": \"OSError\"}}", BP_UNKNOWN},
    };
    static const struct row empty[] = {
        {"{\"text\": \"OSError\"}", BP_FALSE},
        {"{\"text_matches\": \"OSError\"}", BP_FALSE},
    };
    ASSERT_ROWS(rows, text);
    ASSERT_ROWS(without, NULL);
    ASSERT_ROWS(empty, "");
}

static void keeps_facts_as_evidence(void **state) {
    (void)state;
    struct ground ground;
    struct bp_evidence evidence = {0};
    lay(&ground, NULL);
    assert_int_equal(
        judge(&ground.view,
              "{\"all\": ["
              "{\"any\": [" F "," U "," T "," FACT(
                  "/loader/outcome",
                  "\"equals\": \"libc-too-old\"") "]},"
                                                  "{\"fact\": \"" LIBRARIES
                                                  "/*/requires/GLIBC\", \"version\": \">2.17\","
                                                  " \"says\": \"{" LIBRARIES
                                                  "/*/name} needs {" LIBRARIES
                                                  "/*/requires/GLIBC}\"},"
                                                  "{\"not\": " FACT(
                                                      "/hardware/pci/*/vendor",
                                                      "\"equals\": \"0x10de\"") "},"
                                                                                "{\"not\": "
                                                                                "{\"any\": [" F
                                                                                "]}}]}",
              &evidence),
        BP_TRUE);
    assert_int_equal(evidence.count, 5);
    assert_piece(&evidence, 0, "snapshot", "/bitsandbytes/version",
                 "bitsandbytes version is 0.42.0");
    assert_piece(&evidence, 1, "loader", "/loader/outcome", "loader outcome is libc-too-old");
    assert_piece(&evidence, 2, "snapshot", LIBRARIES "/1/requires/GLIBC",
                 "libbitsandbytes_cuda121.so needs 2.24");
    assert_string_equal(bp_json_text(evidence.items[2].shown, "value"), "2.24");
    assert_piece(&evidence, 3, "snapshot", "/hardware/pci", "hardware pci is empty");
    assert_piece(&evidence, 4, "snapshot", "/bitsandbytes/version",
                 "bitsandbytes version is 0.42.0");
    bp_evidence_free(&evidence);
    clear(&ground);
}

static void keeps_no_evidence_of_what_is_not_true(void **state) {
    (void)state;
    static const char *const conditions[] = {
        F,
        U,
        "{\"not\": " T "}",
        "{\"all\": [" T "," U "]}",
        "{\"all\": [" T "," F "]}",
        "{\"not\": {\"any\": [" F "," T "]}}",
        "{\"any\": [" F ", {\"all\": [" T "," F "]}]}",
    };
    struct ground ground;
    lay(&ground, NULL);
    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
        struct bp_evidence evidence = {0};
        assert_int_not_equal(judge(&ground.view, conditions[i], &evidence), BP_TRUE);
        if (evidence.count) {
            fail_msg("%s left evidence", conditions[i]);
        }
        bp_evidence_free(&evidence);
    }
    clear(&ground);
}

static void keeps_places_of_a_text(void **state) {
    (void)state;
    struct ground ground;
    struct bp_evidence evidence = {0};
    lay(&ground, "first\n\x1B[31mOSError\x1B[0m: libx.so.11:\tno\x07 file\r\nlast");
    assert_int_equal(judge(&ground.view,
                           "{\"all\": [{\"text_matches\": \"libx\\\\.so\\\\.\\\\d+\"},"
                           "{\"text\": \"\\nlast\", \"says\": \"it ends with {match}\"},"
                           "{\"not\": {\"text\": \"ImportError\"}}]}",
                           &evidence),
                     BP_TRUE);
    assert_int_equal(evidence.count, 3);
    assert_piece(&evidence, 0, "text", NULL, "the text has a line that is typical of it");
    assert_string_equal(bp_json_text(evidence.items[0].shown, "source"), "log.txt");
    assert_string_equal(bp_json_text(evidence.items[0].shown, "excerpt"),
                        "OSError: libx.so.11: no  file");
    assert_true(bp_json_number(evidence.items[0].shown, "line", 0) == 2);
    assert_string_equal(evidence.items[0].match, "libx.so.11");
    assert_piece(&evidence, 1, "text", NULL, "it ends with last");
    assert_true(bp_json_number(evidence.items[1].shown, "line", 0) == 3);
    assert_string_equal(bp_json_text(evidence.items[1].shown, "excerpt"), "last");
    assert_piece(&evidence, 2, "text", NULL, "the text does not hold \"ImportError\"");
    assert_null(bp_json_get(evidence.items[2].shown, "line"));
    bp_evidence_free(&evidence);
    clear(&ground);
}

static void shows_a_few_of_many_elements(void **state) {
    (void)state;
    struct ground ground;
    struct bp_evidence evidence = {0};
    lay(&ground, NULL);
    cJSON *many = cJSON_CreateArray();
    for (int i = 0; i < 1000; i++) {
        cJSON_AddItemToArray(many, cJSON_CreateNumber(7));
    }
    assert_int_equal(bp_json_put(ground.snapshot, "/hardware/pci", many), 0);
    assert_int_equal(judge(&ground.view, FACT("/hardware/pci/*", "\"equals\": 7"), &evidence),
                     BP_TRUE);
    assert_in_range(evidence.count, 1, 10);
    bp_evidence_truncate(&evidence, 0);
    assert_int_equal(judge(&ground.view, FACT("/hardware/pci", "\"known\": true"), &evidence),
                     BP_TRUE);
    assert_int_equal(evidence.count, 1);
    assert_null(bp_json_get(evidence.items[0].shown, "value"));
    bp_evidence_free(&evidence);
    clear(&ground);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joins_as_kleene_does),
        cmocka_unit_test(answers_each_operator),
        cmocka_unit_test(takes_a_star_for_any),
        cmocka_unit_test(judges_one_element_at_a_time),
        cmocka_unit_test(compares_times),
        cmocka_unit_test(reads_a_text),
        cmocka_unit_test(keeps_facts_as_evidence),
        cmocka_unit_test(keeps_no_evidence_of_what_is_not_true),
        cmocka_unit_test(keeps_places_of_a_text),
        cmocka_unit_test(shows_a_few_of_many_elements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
