/* Searching foreign text within bounds, and showing pieces of it. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/unit/cmocka_all.h"
#include "base/memory.h"
#include "base/str.h"
#include "base/utf8.h"
#include "checks/excerpt.h"
#include "checks/regex.h"

static enum bp_truth find(const char *regex, const char *subject, struct bp_span *where) {
    struct bp_regexes *regexes = bp_regexes_new();
    enum bp_truth truth = bp_regex_find(regexes, regex, subject, strlen(subject), false, where);
    /* The second time it is there already, compiled. */
    assert_int_equal(bp_regex_find(regexes, regex, subject, strlen(subject), false, where), truth);
    bp_regexes_free(regexes);
    return truth;
}

static void finds_the_first_place(void **state) {
    (void)state;
    struct bp_span where;
    assert_int_equal(find("b+", "aabba b", &where), BP_TRUE);
    assert_int_equal(where.start, 2);
    assert_int_equal(where.end, 4);
    assert_int_equal(find("B", "aab", &where), BP_FALSE);
    assert_int_equal(find("(?i)B", "aab", &where), BP_TRUE);
    assert_int_equal(find("^b.d$", "a\r\nbcd\r\ne", &where), BP_TRUE);
    assert_int_equal(find("a.b", "a\nb", &where), BP_FALSE);
    assert_int_equal(find("a.b", "a\rb", &where), BP_FALSE);
    assert_int_equal(find("^.$", "\xC3\xA9", &where), BP_TRUE);
    assert_int_equal(where.end, 2);
}

static void does_not_know_where_it_cannot_search(void **state) {
    (void)state;
    struct bp_span where;
    assert_int_equal(find("(", "(", &where), BP_UNKNOWN);
    assert_int_equal(find("a", "a\xFF", &where), BP_UNKNOWN);
    /* \C could leave a character halfway, so it is not taken. */
    assert_int_equal(find("\\C", "a", &where), BP_UNKNOWN);
}

/* Known to take exponential time or deep recursion in a search without bounds. */
static void gives_up_on_a_costly_search(void **state) {
    (void)state;
    static const char *const costly[] = {
        "^(a+)+$", "(a|aa)+$", "(a*)*b", "(.*a){25}b", "^(a|b|ab)*c$", "(?s)(.*)*\\1x",
    };
    struct bp_str subject = BP_STR_EMPTY;
    for (int i = 0; i < 5000; i++) {
        bp_str_add_char(&subject, 'a');
    }
    bp_str_add_char(&subject, '!');
    for (size_t i = 0; i < sizeof costly / sizeof *costly; i++) {
        struct bp_span where;
        clock_t start = clock();
        enum bp_truth truth = find(costly[i], subject.data, &where);
        double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
        if (truth == BP_TRUE || seconds > 10) {
            fail_msg("%s: %d after %.1f s", costly[i], (int)truth, seconds);
        }
    }
    struct bp_span where;
    assert_int_equal(find("^(a+)+$", subject.data, &where), BP_UNKNOWN);
    bp_str_free(&subject);
}

/* The bounds leave room for an ordinary search through a large log. */
static void searches_a_large_text(void **state) {
    (void)state;
    struct bp_str subject = BP_STR_EMPTY;
    while (subject.length < 1000000) {
        bp_str_add(&subject, "INFO some_module.part: nothing to see in this line of 64 bytes\n");
    }
    struct bp_span where;
    assert_int_equal(find("\\w+Error: .*\\.so", subject.data, &where), BP_FALSE);
    bp_str_add(&subject, "OSError: libx.so.11\n");
    assert_int_equal(find("\\w+Error: .*\\.so", subject.data, &where), BP_TRUE);
    assert_int_equal(find("(?:OS|Import)Error: lib\\S+\\.so", subject.data, &where), BP_TRUE);
    bp_str_free(&subject);
}

static void says_what_is_wrong_with_a_regex(void **state) {
    (void)state;
    struct bp_err err = {0};
    assert_int_equal(bp_regex_check("lib\\w+\\.so", &err), 0);
    assert_int_equal(bp_regex_check("(?s)\\A.{0,300}\\z", &err), 0);
    assert_int_equal(bp_regex_check("abc[", &err), -1);
    assert_non_null(strstr(bp_err_text(&err), "at character 4"));
    assert_int_equal(bp_regex_check("", &err), -1);
    assert_int_equal(bp_regex_check("(error|)", &err), -1);
    assert_int_equal(bp_regex_check(".*", &err), -1);
    bp_err_clear(&err);
}

static void assert_plain(const char *text, size_t limit, const char *expected) {
    char *plain = bp_excerpt_text(text, strlen(text), limit);
    assert_string_equal(plain, expected);
    free(plain);
}

static void shows_text_plain(void **state) {
    (void)state;
    assert_plain("", 10, "");
    assert_plain("  as it is\t", 20, "as it is");
    assert_plain("a\tb\x01"
                 "c\x7F"
                 "d",
                 20, "a b c d");
    assert_plain("\x1B[1;31mred\x1B[0m", 20, "red");
    assert_plain("\x1B]0;title\x07"
                 "after",
                 20, "after");
    assert_plain("\x1B]8;;http://x\x1B\\link\x1B]8;;\x1B\\", 20, "link");
    assert_plain("\x1B]0;never ended", 40, "0;never ended");
    assert_plain("a\x1B", 20, "a");
    assert_plain("a\x1B[", 20, "a");
    assert_plain("\x1B(Bx", 20, "Bx");
    assert_plain("a\xC2\x9B"
                 "31mb",
                 20, "a31mb");
    assert_plain("\xE2\x80\xAE"
                 "abc\xE2\x81\xA6",
                 20, "abc");
    assert_plain("\xEF\xBB\xBFx", 20, "x");
    assert_plain("bad\xFF\xC3", 20, "bad");
    assert_plain("12345", 5, "12345");
    assert_plain("123456", 5, "12345\xE2\x80\xA6");
    assert_plain("\xC3\xA9\xC3\xA9\xC3\xA9", 5, "\xC3\xA9\xC3\xA9\xE2\x80\xA6");
}

static void assert_excerpt(const char *text, const char *word, size_t line, const char *expected) {
    const char *place = strstr(text, word);
    assert_non_null(place);
    struct bp_span span = {.start = (size_t)(place - text)};
    span.end = span.start + strlen(word);
    char *excerpt = bp_line_excerpt(text, strlen(text), span);
    assert_string_equal(excerpt, expected);
    assert_int_equal(bp_line_number(text, span.start), line);
    free(excerpt);
}

static void shows_the_line(void **state) {
    (void)state;
    assert_excerpt("one", "one", 1, "one");
    assert_excerpt("one\ntwo\nthree", "two", 2, "two");
    assert_excerpt("one\r\n  two words\r\nthree", "words", 2, "two words");
    assert_excerpt("one\n\nthree", "three", 3, "three");
    /* A progress bar writes over its own line. */
    assert_excerpt("10%\r20%\rdone: x\n", "x", 1, "done: x");
}

static void shows_part_of_a_long_line(void **state) {
    (void)state;
    struct bp_str line = BP_STR_EMPTY;
    for (int i = 0; i < 500; i++) {
        bp_str_add(&line, "\xC3\xA9");
    }
    bp_str_add(&line, "HERE");
    for (int i = 0; i < 500; i++) {
        bp_str_add(&line, "\xC3\xA9");
    }
    struct bp_span span = {.start = 1000, .end = 1004};
    char *excerpt = bp_line_excerpt(line.data, line.length, span);
    assert_non_null(strstr(excerpt, "HERE"));
    assert_in_range(strlen(excerpt), 100, 300);
    assert_true(bp_starts_with(excerpt, "\xE2\x80\xA6\xC3\xA9"));
    assert_true(bp_ends_with(excerpt, "\xC3\xA9\xE2\x80\xA6"));
    for (size_t at = 0; excerpt[at];) {
        size_t size = bp_utf8_sequence(excerpt + at, strlen(excerpt + at));
        assert_true(size > 0);
        at += size;
    }
    free(excerpt);
    bp_str_free(&line);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_first_place),
        cmocka_unit_test(does_not_know_where_it_cannot_search),
        cmocka_unit_test(gives_up_on_a_costly_search),
        cmocka_unit_test(searches_a_large_text),
        cmocka_unit_test(says_what_is_wrong_with_a_regex),
        cmocka_unit_test(shows_text_plain),
        cmocka_unit_test(shows_the_line),
        cmocka_unit_test(shows_part_of_a_long_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
