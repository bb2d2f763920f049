#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "tests/unit/cmocka_all.h"

static cJSON *parse(const char *text) {
    struct bp_err err = {0};
    cJSON *document = bp_json_parse(text, strlen(text), &err);
    if (!document) {
        fail_msg("%s: %s", text, bp_err_text(&err));
    }
    return document;
}

static void assert_text(const cJSON *document, const char *expected) {
    char *text = bp_json_print(document, false);
    assert_string_equal(text, expected);
    free(text);
}

static void parses_one_document(void **state) {
    (void)state;
    static const char *const texts[] = {"{}", " \r\n\t[1, \"a\"]\n ", "null", "\"\"", "-1.5e3"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        cJSON_Delete(parse(texts[i]));
    }
    /* Only the bytes that are given count. */
    cJSON *document = bp_json_parse("[1]]", 3, NULL);
    assert_non_null(document);
    cJSON_Delete(document);
}

static void says_where_it_is_no_document(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t length;
        const char *message;
    } table[] = {
        {"", 0, "not JSON at line 1, column 1"},
        {"{\n \"a\": 1,\n \"b\" 2}", 18, "not JSON at line 3, column 6"},
        {"[1]x", 4, "not JSON at line 1, column 4"},
        {"[1] [2]", 7, "not JSON at line 1, column 5"},
        {"[1]\0x", 5, "not JSON at line 1, column 4"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct bp_err err = {0};
        assert_null(bp_json_parse(table[i].text, table[i].length, &err));
        assert_int_equal(err.code, BP_E_FORMAT);
        assert_string_equal(bp_err_text(&err), table[i].message);
        bp_err_clear(&err);
    }
    assert_null(bp_json_parse("[", 1, NULL));
}

/* Every beginning of a document is refused, and none is read beyond its end. */
static void refuses_truncated_documents(void **state) {
    (void)state;
    static const char whole[] =
        "{\"a\": [1, -2.5, true, null, \"x\\u00e9\\n\"], \"b\": {\"c\": {}}}";
    for (size_t length = 0; length < sizeof whole - 1; length++) {
        /* In a block of just that size, so that a sanitizer sees any read behind it. */
        char *start = malloc(length ? length : 1);
        assert_non_null(start);
        memcpy(start, whole, length);
        cJSON *document = bp_json_parse(start, length, NULL);
        if (document) {
            fail_msg("%zu bytes were taken", length);
        }
        free(start);
    }
    cJSON_Delete(parse(whole));
}

static void refuses_deep_documents(void **state) {
    (void)state;
    struct bp_str deep = BP_STR_EMPTY;
    for (int i = 0; i < 200000; i++) {
        bp_str_add_char(&deep, '[');
    }
    assert_null(bp_json_parse(deep.data, deep.length, NULL));
    bp_str_free(&deep);
}

/* The examples of RFC 6901, section 5. */
static void follows_pointers(void **state) {
    (void)state;
    cJSON *document =
        parse("{\"foo\": [\"bar\", \"baz\"], \"\": 0, \"a/b\": 1, \"c%d\": 2, \"e^f\": 3,"
              " \"g|h\": 4, \"i\\\\j\": 5, \"k\\\"l\": 6, \" \": 7, \"m~n\": 8}");
    static const struct {
        const char *pointer;
        int value;
    } numbers[] = {
        {"/", 0},     {"/a~1b", 1}, {"/c%d", 2}, {"/e^f", 3},  {"/g|h", 4},
        {"/i\\j", 5}, {"/k\"l", 6}, {"/ ", 7},   {"/m~0n", 8},
    };
    static const char *const missing[] = {
        "foo",  "/foo/2",  "/foo/-", "/foo/01", "/foo/1x", "/foo/",           "/foo/0/x",
        "/FOO", "/foo/-1", "/m~n/x", "/x",      "//",      "/foo/4294967297",
    };
    assert_ptr_equal(bp_json_at(document, ""), document);
    assert_int_equal(cJSON_GetArraySize(bp_json_at(document, "/foo")), 2);
    assert_string_equal(bp_json_text_at(document, "/foo/0"), "bar");
    assert_null(bp_json_text_at(document, "/foo"));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const cJSON *value = bp_json_at(document, numbers[i].pointer);
        assert_true(cJSON_IsNumber(value));
        assert_int_equal(value->valueint, numbers[i].value);
    }
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
        if (bp_json_at(document, missing[i])) {
            fail_msg("%s leads somewhere", missing[i]);
        }
    }
    assert_null(bp_json_at(NULL, "/a"));
    cJSON_Delete(document);
}

static void puts_values(void **state) {
    (void)state;
    cJSON *document = cJSON_CreateObject();
    assert_int_equal(bp_json_put(document, "/a/b", cJSON_CreateNumber(1)), 0);
    assert_int_equal(bp_json_put(document, "/a/b", cJSON_CreateNumber(2)), 0);
    assert_int_equal(bp_json_put(document, "/l/-", cJSON_CreateString("x")), 0);
    assert_int_equal(bp_json_put(document, "/l/-", cJSON_CreateString("y")), 0);
    assert_int_equal(bp_json_put(document, "/l/0", cJSON_CreateString("z")), 0);
    assert_int_equal(bp_json_put(document, "/c~1d/~0", cJSON_CreateNull()), 0);
    assert_text(document, "{\"a\":{\"b\":2},\"l\":[\"z\",\"y\"],\"c/d\":{\"~\":null}}");
    /* What cannot be put is deleted; the document stays as it was. */
    assert_int_equal(bp_json_put(document, "/a/b/c", cJSON_CreateNumber(3)), -1);
    assert_int_equal(bp_json_put(document, "/l/2", cJSON_CreateNumber(3)), -1);
    assert_int_equal(bp_json_put(document, "/l/x", cJSON_CreateNumber(3)), -1);
    assert_int_equal(bp_json_put(document, "", cJSON_CreateNumber(3)), -1);
    assert_int_equal(bp_json_put(document, "a", cJSON_CreateNumber(3)), -1);
    assert_int_equal(bp_json_put(NULL, "/a", cJSON_CreateNumber(3)), -1);
    assert_text(document, "{\"a\":{\"b\":2},\"l\":[\"z\",\"y\"],\"c/d\":{\"~\":null}}");
    cJSON_Delete(document);
}

static void writes_and_takes_apart_pointers(void **state) {
    (void)state;
    struct bp_str pointer = BP_STR_EMPTY;
    bp_pointer_add(&pointer, "a/b");
    bp_pointer_add(&pointer, "m~n");
    bp_pointer_add(&pointer, "");
    assert_string_equal(pointer.data, "/a~1b/m~0n/");
    const char *at = pointer.data;
    static const char *const parts[] = {"a/b", "m~n", ""};
    for (size_t i = 0; i < 3; i++) {
        char *part = bp_pointer_next(&at);
        assert_string_equal(part, parts[i]);
        free(part);
    }
    assert_string_equal(at, "");
    bp_str_free(&pointer);
}

static void sets_and_gets_members(void **state) {
    (void)state;
    cJSON *object = cJSON_CreateObject();
    struct bp_strs list = {0};
    bp_json_set_text(object, "text", "first");
    bp_json_set_text(object, "text", "");
    bp_json_set_text(object, "nothing", NULL);
    bp_json_set_number(object, "number", 0);
    bp_json_set_bool(object, "yes", true);
    bp_json_set_bool(object, "no", false);
    bp_strs_add(&list, "x");
    cJSON_AddItemToObject(object, "list", bp_json_of_strs(&list));
    assert_text(object, "{\"text\":\"\",\"nothing\":null,\"number\":0,\"yes\":true,\"no\":false,"
                        "\"list\":[\"x\"]}");
    assert_string_equal(bp_json_text(object, "text"), "");
    assert_null(bp_json_text(object, "nothing"));
    assert_null(bp_json_text(object, "number"));
    assert_null(bp_json_text(object, "Text"));
    assert_null(bp_json_get(NULL, "text"));
    assert_true(bp_json_is_true(object, "yes"));
    assert_false(bp_json_is_true(object, "no"));
    assert_false(bp_json_is_true(object, "text"));
    assert_true(bp_json_number(object, "number", 7) == 0);
    assert_true(bp_json_number(object, "text", 7) == 7);
    assert_true(bp_json_number(NULL, "number", 7) == 7);
    bp_strs_free(&list);
    cJSON_Delete(object);
}

static void inserts_at_every_place(void **state) {
    (void)state;
    cJSON *array = cJSON_CreateArray();
    bp_json_insert(array, 0, cJSON_CreateNumber(4));
    bp_json_insert(array, 0, cJSON_CreateNumber(1));
    bp_json_insert(array, 1, cJSON_CreateNumber(2));
    bp_json_insert(array, 2, cJSON_CreateNumber(3));
    bp_json_insert(array, 4, cJSON_CreateNumber(5));
    bp_json_insert(array, 9, cJSON_CreateNumber(6));
    assert_text(array, "[1,2,3,4,5,6]");
    cJSON_Delete(array);
}

int main(void) {
    bp_memory_install();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_one_document),
        cmocka_unit_test(says_where_it_is_no_document),
        cmocka_unit_test(refuses_truncated_documents),
        cmocka_unit_test(refuses_deep_documents),
        cmocka_unit_test(follows_pointers),
        cmocka_unit_test(puts_values),
        cmocka_unit_test(writes_and_takes_apart_pointers),
        cmocka_unit_test(sets_and_gets_members),
        cmocka_unit_test(inserts_at_every_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
