/* Where links of Windows point, from answers put together by [MS-FSCC] 2.1.2. */
#include "tests/unit/cmocka_all.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "probe/reparse.h"

static const uint32_t symbolic_link = 0xa000000c;
static const uint32_t junction = 0xa0000003;
static const uint32_t store_program_tag = 0x8000001b;

struct answer {
    uint8_t bytes[1024];
    size_t size;
};

static void add_number(struct answer *answer, uint32_t number, size_t bytes) {
    for (size_t i = 0; i < bytes; i++) {
        answer->bytes[answer->size++] = (uint8_t)(number >> 8 * i);
    }
}

/* ASCII as UTF-16. */
static void add_text(struct answer *answer, const char *text) {
    for (; *text; text++) {
        add_number(answer, (uint8_t)*text, 2);
    }
}

/* The name that is used, and behind it the one that is shown. */
static struct answer link_to(uint32_t tag, const char *used, const char *shown) {
    struct answer answer = {.size = 0};
    uint32_t used_bytes = 2 * (uint32_t)strlen(used);
    add_number(&answer, tag, 4);
    add_number(&answer, 0, 4);
    add_number(&answer, 0, 2);
    add_number(&answer, used_bytes, 2);
    add_number(&answer, used_bytes, 2);
    add_number(&answer, 2 * (uint32_t)strlen(shown), 2);
    if (tag == symbolic_link) {
        add_number(&answer, 1, 4);
    }
    add_text(&answer, used);
    add_text(&answer, shown);
    return answer;
}

static void expect(const struct answer *answer, const char *expected) {
    char *target = bp_reparse_target(answer->bytes, answer->size);
    if (expected) {
        assert_non_null(target);
        assert_string_equal(target, expected);
    } else {
        assert_null(target);
    }
    free(target);
}

static void test_links(void **state) {
    (void)state;
    struct answer answer = link_to(junction, "\\??\\C:\\Users\\Ada", "C:\\Users\\Ada");
    expect(&answer, "C:/Users/Ada");
    answer = link_to(junction, "\\??\\D:\\envs", ""); /* as some programs make them */
    expect(&answer, "D:/envs");
    answer = link_to(symbolic_link, "..\\bin\\python.exe", "..\\bin\\python.exe");
    expect(&answer, "../bin/python.exe");
    answer = link_to(symbolic_link, "\\??\\UNC\\server\\share\\x", "");
    expect(&answer, "//server/share/x");
    answer = link_to(symbolic_link, "\\\\?\\C:\\x", "");
    expect(&answer, "C:/x");
}

static struct answer store_program(const char *const texts[], size_t count) {
    struct answer answer = {.size = 0};
    add_number(&answer, store_program_tag, 4);
    add_number(&answer, 0, 4);
    add_number(&answer, 3, 4);
    for (size_t i = 0; i < count; i++) {
        add_text(&answer, texts[i]);
        add_number(&answer, 0, 2);
    }
    return answer;
}

static void test_store_program(void **state) {
    (void)state;
    static const char *const texts[] = {"PythonSoftwareFoundation.Python.3.11_qbz5n2kfra8p0",
                                        "PythonSoftwareFoundation.Python.3.11_qbz5n2kfra8p0!Python",
                                        "C:\\Program Files\\WindowsApps\\P\\python3.11.exe", "0"};
    struct answer answer = store_program(texts, 4);
    expect(&answer, "C:/Program Files/WindowsApps/P/python3.11.exe");
    answer = store_program(texts, 2); /* ends before the program */
    expect(&answer, NULL);
}

/* However much of an answer there is, and whatever its lengths say. */
static void test_answers_that_are_not_whole(void **state) {
    (void)state;
    struct answer whole = link_to(junction, "\\??\\C:\\x", "C:\\x");
    for (size_t size = 0; size < whole.size; size++) {
        struct answer cut = whole;
        cut.size = size;
        expect(&cut, NULL);
    }
    whole.bytes[14] = whole.bytes[15] = 0xff;
    expect(&whole, NULL);
    whole = link_to(0x80000017, "C:\\x", "C:\\x"); /* another kind: a compressed file */
    expect(&whole, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_links),
        cmocka_unit_test(test_store_program),
        cmocka_unit_test(test_answers_that_are_not_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
