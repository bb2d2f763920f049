/* Texts that are cut off, scrambled or made of nothing but beginnings harm no reader. */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/cmocka_all.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "checks/catalogue.h"
#include "checks/text/clean.h"
#include "checks/text/facts.h"
#include "checks/triage.h"

static const char sample[] =
    "How?\n\n### System Info\n\nPlatform: Linux-5.15-x86_64-with-glibc2.35 &lt;x&gt; &#39;\n"
    "Name: bitsandbytes\nVersion: 0.41.1\nPyTorch version (GPU?): 2.1.0+cu118 (True)\n"
    "| NVIDIA-SMI 535.54  Driver Version: 535.54  CUDA Version: 12.2 |\n"
    "> Traceback (most recent call last):\n>   File \"C:\\x\\site-packages\\a-1.egg\\a\\b.py\", "
    "line 3, "
    "in f\n\xE2\x94\x82 /x/y.py:12 in g \xE2\x94\x82\nFile /x/site-packages/t/u.py:9, in h(x)\n"
    "[rank0]: OSError: libx.so.11: cannot open shared object file\nRuntimeError:\n   CUDA Setup\n"
    "x/bitsandbytes/cuda_setup/main.py:166: UserWarning\nCould not find module 'C:\\a\\b.dll'\n"
    "<details><summary>compute capability 8.6</summary></details> custom_nodes RTX 3090 Ti\n";

/* Under the sanitizers a read outside of the text ends the test. */
static void read_all(const char *bytes, size_t length) {
    char *text = bp_utf8_clean(bytes, length);
    size_t size = bp_text_unwrap(text, strlen(text));
    char *exact = bp_strndup(text, size);
    struct bp_issue issue = {
        .data = exact, .length = size, .post_length = size / 2, .title_length = size / 9};
    cJSON *facts = bp_text_facts(&issue);
    assert_non_null(bp_json_get(facts, "snapshot"));
    assert_non_null(bp_json_get(facts, "text"));
    cJSON_Delete(facts);
    free(exact);
    free(text);
}

static void test_cut_off_anywhere(void **state) {
    (void)state;
    for (size_t length = 0; length < sizeof sample; length += 3) {
        read_all(sample, length);
        read_all(sample + length, sizeof sample - 1 - length);
    }
}

/* A small generator of its own, so that a failure comes again. */
static unsigned next(unsigned *seed) {
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 16;
}

static void test_scrambled(void **state) {
    (void)state;
    unsigned seed = 1;
    for (int round = 0; round < 200; round++) {
        char *copy = bp_strndup(sample, sizeof sample - 1);
        for (int change = 0; change < 12; change++) {
            size_t at = next(&seed) % (sizeof sample - 1);
            size_t from = next(&seed) % (sizeof sample - 1);
            copy[at] = change % 2 ? sample[from] : (char)next(&seed);
        }
        read_all(copy, sizeof sample - 1);
        free(copy);
    }
}

static void test_every_beginning_alone(void **state) {
    (void)state;
    static const char *const starts[] = {"File \"",        "File ",
                                         "/x.py:1",        "> ",
                                         "[rank",          "bitsandbytes==",
                                         "bitsandbytes (", "torch",
                                         "python3",        "C:\\",
                                         "glibc",          "&#x",
                                         "&amp",           "<details",
                                         "PosixPath('",    "Driver Version:",
                                         "RTX 30",         "Name: bitsandbytes\nVersion: "};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        read_all(starts[i], strlen(starts[i]));
    }
}

/* An issue whose title or post is the whole, or empty, is judged like any other. */
static void test_parts_at_their_ends(void **state) {
    (void)state;
    struct bp_catalogue *catalogue = bp_catalogue_builtin();
    struct bp_triage *triage = bp_triage_new(catalogue);
    static const char text[] = "bitsandbytes";
    const size_t length = sizeof text - 1;
    const struct bp_issue issues[] = {
        {.data = "", .length = 0},
        {.data = text, .length = length, .title_length = length, .post_length = length},
        {.data = text, .length = length, .title_length = 0, .post_length = 0},
    };
    for (size_t i = 0; i < sizeof issues / sizeof *issues; i++) {
        cJSON *result = bp_triage_judge(triage, &issues[i], "-", NULL);
        assert_string_not_equal(bp_json_text(result, "action"), "close");
        cJSON_Delete(result);
    }
    bp_triage_free(triage);
    bp_catalogue_free(catalogue);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut_off_anywhere),
        cmocka_unit_test(test_scrambled),
        cmocka_unit_test(test_every_beginning_alone),
        cmocka_unit_test(test_parts_at_their_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
