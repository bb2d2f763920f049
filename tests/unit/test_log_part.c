/* Which part of a long log is shown. */
#include "tests/unit/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "report/log_part.h"

/* `count` lines of noise, each with `margin` before it. */
static void add_noise(struct bp_str *log, const char *margin, const char *word, int count) {
    for (int i = 0; i < count; i++) {
        bp_str_addf(log, "%s%s %d\n", margin, word, i);
    }
}

static void add_traceback(struct bp_str *log, const char *margin, const char *error) {
    bp_str_addf(log, "%sTraceback (most recent call last):\n", margin);
    for (int i = 0; i < 8; i++) {
        bp_str_addf(log, "%s  File \"train.py\", line %d, in step\n%s    step()\n", margin, i,
                    margin);
    }
    bp_str_addf(log, "%s%s\n", margin, error);
}

/* The part as a string of its own, which begins and ends with whole lines. */
static char *part_of(const struct bp_str *log, size_t limit, bool before, bool after) {
    struct bp_log_part part = bp_log_part_of(log->data, limit);
    assert_true(part.length <= limit);
    assert_true(part.start >= log->data);
    assert_true(part.start + part.length <= log->data + log->length);
    assert_int_equal(part.before, before);
    assert_int_equal(part.after, after);
    assert_true(part.start == log->data || part.start[-1] == '\n');
    assert_true(part.length == 0 || part.start[part.length - 1] == '\n');
    return bp_strndup(part.start, part.length);
}

static void assert_holds(char *text, const char *what) {
    if (!strstr(text, what)) {
        fail_msg("'%s' is missing in:\n%s", what, text);
    }
}

static void a_short_log_is_shown_whole(void **state) {
    (void)state;
    struct bp_str log = BP_STR_EMPTY;
    add_traceback(&log, "", "OSError: no");
    char *text = part_of(&log, log.length, false, false);
    assert_string_equal(text, log.data);
    free(text);
    bp_str_free(&log);
    text = part_of(&log, 100, false, false);
    assert_string_equal(text, "");
    free(text);
}

static void of_a_long_one_the_end(void **state) {
    (void)state;
    struct bp_str log = BP_STR_EMPTY;
    add_noise(&log, "", "epoch", 1000);
    char *text = part_of(&log, 500, true, false);
    assert_holds(text, "epoch 999\n");
    assert_true(strlen(text) > 450);
    free(text);
    add_traceback(&log, "", "OSError: no");
    text = part_of(&log, 900, true, false);
    assert_holds(text, "epoch 999\nTraceback (most");
    assert_holds(text, "OSError: no\n");
    free(text);
    bp_str_free(&log);
}

/* What a launcher prints after the failure does not push the failure out. */
static void noise_behind_a_traceback_goes(void **state) {
    (void)state;
    static const char *const margins[] = {"", "[rank0]: ", "\t"};
    for (size_t i = 0; i < sizeof margins / sizeof *margins; i++) {
        struct bp_str log = BP_STR_EMPTY;
        add_noise(&log, margins[i], "epoch", 500);
        add_traceback(&log, margins[i], "RuntimeError: the one before");
        add_noise(&log, margins[i], "between", 100);
        add_traceback(&log, margins[i], "OSError: libcusparse.so.11: cannot open");
        add_noise(&log, margins[i], "shutting down", 1000);
        char *text = part_of(&log, 1200, true, true);
        assert_holds(text, "Traceback (most recent call last):\n");
        assert_holds(text, "File \"train.py\", line 0, in step");
        assert_holds(text, "OSError: libcusparse.so.11: cannot open\n");
        assert_holds(text, "shutting down 0\n");
        free(text);
        /* Too long to be shown whole: its end, where the error is. */
        text = part_of(&log, 300, true, true);
        assert_holds(text, "OSError: libcusparse.so.11: cannot open\n");
        free(text);
        bp_str_free(&log);
    }
}

static void a_traceback_that_was_cut_off(void **state) {
    (void)state;
    struct bp_str log = BP_STR_EMPTY;
    add_noise(&log, "", "epoch", 500);
    bp_str_add(&log, "Traceback (most recent call last):\n");
    add_noise(&log, "", "  File \"train.py\"", 500);
    char *text = part_of(&log, 300, true, false);
    assert_holds(text, "File \"train.py\" 499\n");
    free(text);
    bp_str_free(&log);
}

/* Without line ends it is cut between two letters. */
static void one_endless_line(void **state) {
    (void)state;
    struct bp_str log = BP_STR_EMPTY;
    for (int i = 0; i < 1000; i++) {
        bp_str_add(&log, "\xE2\x88\x91");
    }
    struct bp_log_part part = bp_log_part_of(log.data, 100);
    assert_int_equal(part.length % 3, 0);
    assert_in_range(part.length, 97, 103);
    assert_true(part.before && !part.after);
    bp_str_free(&log);
}

/* Native code says in one line why it ends, and has no frames. */
static void noise_behind_words_of_native_code_goes(void **state) {
    (void)state;
    static const char *const lines[] = {
        "Error invalid device function at line 508 in file /src/csrc/ops.cu\n",
        "terminate called after throwing an instance of 'c10::Error'\n",
        "Fatal Python error: Segmentation fault\n",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct bp_str log = BP_STR_EMPTY;
        add_traceback(&log, "", "OSError: long ago");
        bp_str_add(&log, lines[i]);
        for (int j = 0; j < 2000; j++) {
            bp_str_addf(&log, "noise %d\n", j);
        }
        char *text = part_of(&log, 1000, false, true);
        assert_holds(text, lines[i]);
        free(text);
        bp_str_free(&log);
    }
}

int main(void) {
    bp_memory_install();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_log_is_shown_whole),
        cmocka_unit_test(of_a_long_one_the_end),
        cmocka_unit_test(noise_behind_a_traceback_goes),
        cmocka_unit_test(noise_behind_words_of_native_code_goes),
        cmocka_unit_test(a_traceback_that_was_cut_off),
        cmocka_unit_test(one_endless_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
