#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "tests/unit/cmocka_all.h"

static void grows(void **state) {
    (void)state;
    struct bp_str str = BP_STR_EMPTY;
    assert_string_equal(str.data, "");
    for (int i = 0; i < 1000; i++) {
        bp_str_add(&str, "abc");
        bp_str_add_char(&str, 'd');
        bp_str_addf(&str, "%d", i % 10);
        assert_int_equal(str.length, strlen(str.data));
    }
    assert_int_equal(str.length, 5000);
    assert_memory_equal(str.data + 4990, "abcd8abcd9", 11);
    bp_str_free(&str);
    assert_int_equal(str.length, 0);
    assert_string_equal(str.data, "");
    bp_str_free(&str);
}

static void keeps_zeros(void **state) {
    (void)state;
    struct bp_str str = BP_STR_EMPTY;
    bp_str_add_bytes(&str, "a\0b", 3);
    bp_str_add_bytes(&str, NULL, 0);
    bp_str_add(&str, "");
    assert_int_equal(str.length, 3);
    assert_memory_equal(str.data, "a\0b\0", 4);
    bp_str_free(&str);
}

static void formats_what_is_longer_than_any_buffer(void **state) {
    (void)state;
    char *long_text = bp_alloc(100001);
    memset(long_text, 'x', 100000);
    char *formatted = bp_format("%s-%d", long_text, 7);
    assert_int_equal(strlen(formatted), 100002);
    assert_string_equal(formatted + 99999, "x-7");
    free(formatted);
    free(long_text);
    formatted = bp_format("%s", "");
    assert_string_equal(formatted, "");
    free(formatted);
}

static void shortens_and_hands_over(void **state) {
    (void)state;
    struct bp_str str = BP_STR_EMPTY;
    bp_str_truncate(&str, 3);
    char *nothing = bp_str_detach(&str);
    assert_string_equal(nothing, "");
    free(nothing);
    bp_str_add(&str, "abcdef");
    bp_str_truncate(&str, 10);
    assert_string_equal(str.data, "abcdef");
    bp_str_truncate(&str, 3);
    assert_string_equal(str.data, "abc");
    char *detached = bp_str_detach(&str);
    assert_string_equal(detached, "abc");
    bp_str_add(&str, "new");
    assert_string_equal(str.data, "new");
    assert_string_equal(detached, "abc");
    free(detached);
    bp_str_free(&str);
}

static void lists_strings(void **state) {
    (void)state;
    struct bp_strs list = {0};
    bp_strs_sort(&list);
    char name[] = "b";
    bp_strs_add(&list, name);
    name[0] = 'x';
    bp_strs_add_owned(&list, bp_strdup("a"));
    assert_false(bp_strs_add_once(&list, "a"));
    assert_true(bp_strs_add_once(&list, "A"));
    assert_true(bp_strs_has(&list, "b"));
    assert_false(bp_strs_has(&list, "x"));
    bp_strs_sort(&list);
    assert_int_equal(list.count, 3);
    assert_string_equal(list.items[0], "A");
    assert_string_equal(list.items[1], "a");
    assert_string_equal(list.items[2], "b");
    bp_strs_free(&list);
    assert_int_equal(list.count, 0);
    assert_false(bp_strs_has(&list, "a"));
}

/* Splits, and compares with the expected parts joined by "|". */
static void assert_split(const char *text, bool keep_empty, const char *expected) {
    struct bp_strs list = {0};
    struct bp_str joined = BP_STR_EMPTY;
    bp_strs_split(&list, text, ':', keep_empty);
    for (size_t i = 0; i < list.count; i++) {
        bp_str_addf(&joined, "%s%s", i ? "|" : "", list.items[i]);
    }
    assert_string_equal(joined.data, expected);
    bp_str_free(&joined);
    bp_strs_free(&list);
}

static void splits(void **state) {
    (void)state;
    struct bp_strs list = {0};
    assert_split("/a:/b", true, "/a|/b");
    assert_split(":/a::/b:", true, "|/a||/b|");
    assert_split(":/a::/b:", false, "/a|/b");
    assert_split("/a", false, "/a");
    bp_strs_split(&list, "", ':', false);
    assert_int_equal(list.count, 0);
    bp_strs_split(&list, "", ':', true);
    assert_int_equal(list.count, 1);
    bp_strs_free(&list);
}

static void answers_about_strings(void **state) {
    (void)state;
    assert_true(bp_equal("a", "a"));
    assert_false(bp_equal("a", "A"));
    assert_false(bp_equal(NULL, NULL));
    assert_true(bp_starts_with("libx.so", "lib"));
    assert_false(bp_starts_with("li", "lib"));
    assert_false(bp_starts_with(NULL, ""));
    assert_true(bp_ends_with("libx.so", ".so"));
    assert_true(bp_ends_with("x", ""));
    assert_false(bp_ends_with("so", ".so"));
    assert_false(bp_ends_with("so", NULL));
}

static void assert_owned(char *text, const char *expected) {
    assert_string_equal(text, expected);
    free(text);
}

static void takes_paths_apart(void **state) {
    (void)state;
    assert_string_equal(bp_base_name("/a/b.so"), "b.so");
    assert_string_equal(bp_base_name("b.so"), "b.so");
    assert_string_equal(bp_base_name("/a/"), "");
    assert_owned(bp_dir_name("/a/b"), "/a");
    assert_owned(bp_dir_name("/a"), "/");
    assert_owned(bp_dir_name("a"), ".");
    assert_owned(bp_join("/a", "b"), "/a/b");
    assert_owned(bp_join("/", "b"), "/b");
    assert_owned(bp_join("/100%s", "%n"), "/100%s/%n");
}

static void trims(void **state) {
    (void)state;
    char spaced[] = " \t\x01two words\r\n ";
    char blank[] = " \n\t";
    char empty[] = "";
    char accented[] = " \xC3\xA9 ";
    assert_string_equal(bp_trim(spaced), "two words");
    assert_string_equal(bp_trim(blank), "");
    assert_string_equal(bp_trim(empty), "");
    assert_string_equal(bp_trim(accented), "\xC3\xA9");
}

static void copies(void **state) {
    (void)state;
    assert_null(bp_strdup(NULL));
    assert_owned(bp_strdup("abc"), "abc");
    assert_owned(bp_strndup("abc", 2), "ab");
    assert_owned(bp_strndup("abc", 0), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows),
        cmocka_unit_test(keeps_zeros),
        cmocka_unit_test(formats_what_is_longer_than_any_buffer),
        cmocka_unit_test(shortens_and_hands_over),
        cmocka_unit_test(lists_strings),
        cmocka_unit_test(splits),
        cmocka_unit_test(answers_about_strings),
        cmocka_unit_test(takes_paths_apart),
        cmocka_unit_test(trims),
        cmocka_unit_test(copies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
