/* What is kept of a long output. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/kept_output.h"

static char *written(const struct bp_kept_output *kept, uint64_t *left_out) {
    struct bp_str text = BP_STR_EMPTY;
    uint64_t gaps = bp_kept_output_write(kept, &text);
    if (left_out) {
        *left_out = gaps;
    }
    return bp_str_detach(&text);
}

static void add_text(struct bp_kept_output *kept, int stream, const char *text) {
    bp_kept_output_add(kept, stream, text, strlen(text));
}

/* `count` numbered lines of noise. */
static void add_noise(struct bp_kept_output *kept, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char *line = bp_format("step %zu: nothing of note happened in this line of the log\n", i);
        add_text(kept, 0, line);
        free(line);
    }
}

static void test_short_output_is_kept_whole(void **state) {
    (void)state;
    struct bp_kept_output *kept = bp_kept_output_new();
    uint64_t left_out = 1;
    add_text(kept, 0, "one\n");
    add_text(kept, 1, "two\n");
    char *text = written(kept, &left_out);
    assert_string_equal(text, "one\ntwo\n");
    assert_int_equal(left_out, 0);
    assert_int_equal(bp_kept_output_total(kept), 8);
    free(text);
    bp_kept_output_free(kept);
}

static void test_lines_of_two_streams_stay_apart(void **state) {
    (void)state;
    struct bp_kept_output *kept = bp_kept_output_new();
    add_text(kept, 0, "loss 0.1");
    add_text(kept, 1, "Traceback (most recent call last):\n");
    add_text(kept, 0, " 0.2\n");
    char *text = written(kept, NULL);
    assert_string_equal(text, "loss 0.1\nTraceback (most recent call last):\n 0.2\n");
    free(text);
    bp_kept_output_free(kept);
}

static void test_traceback_before_much_noise_stays(void **state) {
    (void)state;
    struct bp_kept_output *kept = bp_kept_output_new();
    uint64_t left_out = 0;
    add_noise(kept, 20000); /* 1.2 MB */
    add_text(kept, 1,
             "just before\nTraceback (most recent call last):\n  File \"x.py\"\nE: boom\n");
    add_noise(kept, 100000); /* 6 MB */
    add_text(kept, 0, "the end\n");
    char *text = written(kept, &left_out);
    assert_true(bp_starts_with(text, "step 0: "));
    assert_non_null(strstr(text,
                           "just before\nTraceback (most recent call last):\n  File \"x.py\"\n"
                           "E: boom\nstep 0: "));
    assert_true(bp_ends_with(text, "step 99999: nothing of note happened in this line of the log\n"
                                   "the end\n"));
    assert_non_null(strstr(text, "bytes left out"));
    assert_true(strlen(text) < (400 << 10));
    assert_true(left_out > (6 << 20));
    /* Nothing is there twice and nothing is lost beyond what is said. */
    size_t notes = 0;
    for (const char *at = text; (at = strstr(at, "[... ")); at++) {
        notes += strcspn(at, "\n") + 1;
    }
    assert_in_range(strlen(text) - notes + left_out, bp_kept_output_total(kept),
                    bp_kept_output_total(kept) + 4); /* line ends in front of the notes */
    free(text);
    bp_kept_output_free(kept);
}

static void test_flood_of_tracebacks_is_bounded(void **state) {
    (void)state;
    struct bp_kept_output *kept = bp_kept_output_new();
    for (int i = 0; i < 3000; i++) {
        char *trace = bp_format("Traceback (most recent call last):\nError number %d\n", i);
        add_text(kept, 1, trace);
        add_noise(kept, 500);
        free(trace);
    }
    char *text = written(kept, NULL);
    assert_true(strlen(text) < ((size_t)3 << 19)); /* 1.5 MiB of 90 */
    assert_non_null(strstr(text, "Error number 0\n"));
    assert_non_null(strstr(text, "Error number 5\n"));
    assert_null(strstr(text, "Error number 1500\n"));
    assert_non_null(strstr(text, "Error number 2995\n"));
    assert_non_null(strstr(text, "Error number 2999\n"));
    free(text);
    bp_kept_output_free(kept);
}

/* The words may come in two parts, cut anywhere, at any place of the output. */
static void test_mark_across_parts_is_found(void **state) {
    (void)state;
    static const char mark[] = "Traceback (most recent call last):\nE: cut\n";
    for (size_t cut = 1; cut < 35; cut++) {
        struct bp_kept_output *kept = bp_kept_output_new();
        add_noise(kept, 3000);
        bp_kept_output_add(kept, 0, mark, cut);
        bp_kept_output_add(kept, 0, mark + cut, strlen(mark) - cut);
        add_noise(kept, 10000);
        char *text = written(kept, NULL);
        assert_non_null(strstr(text, mark));
        free(text);
        bp_kept_output_free(kept);
    }
}

static void test_large_parts_and_zero_bytes(void **state) {
    (void)state;
    struct bp_kept_output *kept = bp_kept_output_new();
    size_t size = (size_t)3 << 20;
    char *part = bp_alloc(size); /* zeros */
    static const char line[] = "\nError invalid argument at line 42 in file /src/ops.cu\n";
    memcpy(part + size / 2, line, strlen(line));
    bp_kept_output_add(kept, 0, part, size);
    struct bp_str text = BP_STR_EMPTY;
    uint64_t left_out = bp_kept_output_write(kept, &text);
    assert_non_null(memmem(text.data, text.length, line, strlen(line)));
    assert_true(left_out > 0);
    bp_str_free(&text);
    free(part);
    bp_kept_output_free(kept);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_short_output_is_kept_whole),
        cmocka_unit_test(test_lines_of_two_streams_stay_apart),
        cmocka_unit_test(test_traceback_before_much_noise_stays),
        cmocka_unit_test(test_flood_of_tracebacks_is_bounded),
        cmocka_unit_test(test_mark_across_parts_is_found),
        cmocka_unit_test(test_large_parts_and_zero_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
