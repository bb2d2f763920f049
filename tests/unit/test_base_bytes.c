/* Reading foreign bytes: the cursor, and UTF-8. */
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "base/utf8.h"
#include "tests/unit/cmocka_all.h"

static const uint8_t bytes[] = {0x01, 0x02, 0x83, 0x04, 0xF5, 0x06, 0x07, 0x88, 'a', 0, 'b'};

static void reads_both_byte_orders(void **state) {
    (void)state;
    struct bp_cursor cursor = bp_cursor_of(bytes, sizeof bytes);
    assert_int_equal(bp_cursor_u8(&cursor, 2), 0x83);
    assert_int_equal(bp_cursor_u16(&cursor, 1), 0x8302);
    assert_int_equal(bp_cursor_u32(&cursor, 1), 0xF5048302);
    assert_true(bp_cursor_u64(&cursor, 0) == UINT64_C(0x880706F504830201));
    cursor.big_endian = true;
    assert_int_equal(bp_cursor_u16(&cursor, 1), 0x0283);
    assert_int_equal(bp_cursor_u32(&cursor, 1), 0x028304F5);
    assert_true(bp_cursor_u64(&cursor, 0) == UINT64_C(0x01028304F5060788));
    assert_false(cursor.failed);
}

static void knows_its_bounds(void **state) {
    (void)state;
    struct bp_cursor cursor = bp_cursor_of(bytes, 8);
    assert_true(bp_cursor_has(&cursor, 0, 8));
    assert_true(bp_cursor_has(&cursor, 8, 0));
    assert_false(bp_cursor_has(&cursor, 8, 1));
    assert_false(bp_cursor_has(&cursor, 9, 0));
    assert_false(bp_cursor_has(&cursor, 1, 8));
    assert_false(bp_cursor_has(&cursor, UINT64_MAX, 2));
    assert_false(bp_cursor_has(&cursor, 2, UINT64_MAX));
    assert_false(cursor.failed);
    assert_true(bp_cursor_u64(&cursor, 0) != 0);
    assert_false(cursor.failed);
    assert_true(bp_cursor_u64(&cursor, 1) == 0);
    assert_true(cursor.failed);
    /* It stays set, though this read is a good one. */
    assert_int_equal(bp_cursor_u8(&cursor, 0), 1);
    assert_true(cursor.failed);
}

static void fails_at_far_offsets(void **state) {
    (void)state;
    static const uint64_t offsets[] = {8, 9, UINT32_MAX, UINT64_MAX - 1, UINT64_MAX};
    for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
        struct bp_cursor cursor = bp_cursor_of(bytes, 8);
        assert_int_equal(bp_cursor_u8(&cursor, offsets[i]), 0);
        assert_true(cursor.failed);
        cursor.failed = false;
        assert_null(bp_cursor_string(&cursor, offsets[i]));
        assert_true(cursor.failed);
    }
    struct bp_cursor none = bp_cursor_of(NULL, 5);
    assert_int_equal(bp_cursor_u8(&none, 0), 0);
    assert_true(none.failed);
}

static void takes_a_part(void **state) {
    (void)state;
    struct bp_cursor cursor = bp_cursor_of(bytes, sizeof bytes);
    cursor.big_endian = true;
    struct bp_cursor part = bp_cursor_part(&cursor, 2, 2);
    assert_int_equal(bp_cursor_u16(&part, 0), 0x8304);
    assert_int_equal(bp_cursor_u8(&part, 2), 0);
    assert_true(part.failed);
    assert_false(cursor.failed);
    struct bp_cursor outside = bp_cursor_part(&cursor, 2, 10);
    assert_int_equal(outside.size, 0);
    assert_true(outside.failed);
    assert_true(cursor.failed);
}

static void takes_strings_that_end(void **state) {
    (void)state;
    struct bp_cursor cursor = bp_cursor_of(bytes, sizeof bytes);
    assert_string_equal(bp_cursor_string(&cursor, 8), "a");
    assert_string_equal(bp_cursor_string(&cursor, 9), "");
    assert_false(cursor.failed);
    assert_null(bp_cursor_string(&cursor, 10));
    assert_true(cursor.failed);
}

/* Well-formed sequences by RFC 3629, section 4, at the ends of each of its ranges. */
static void knows_utf8(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t size;
    } table[] = {
        {"\x7F", 1},
        {"\xC2\x80", 2},
        {"\xDF\xBF", 2},
        {"\xE0\xA0\x80", 3},
        {"\xE0\xBF\xBF", 3},
        {"\xED\x9F\xBF", 3},
        {"\xEE\x80\x80", 3},
        {"\xEF\xBF\xBF", 3},
        {"\xF0\x90\x80\x80", 4},
        {"\xF4\x8F\xBF\xBF", 4},
        {"\x80", 0},
        {"\xBF", 0},
        {"\xC0\x80", 0},
        {"\xC1\xBF", 0},
        {"\xC2", 0},
        {"\xC2\x41", 0},
        {"\xE0\x9F\xBF", 0},
        {"\xED\xA0\x80", 0},
        {"\xED\xBF\xBF", 0},
        {"\xE2\x82", 0},
        {"\xE2\x82\x41", 0},
        {"\xF0\x8F\xBF\xBF", 0},
        {"\xF4\x90\x80\x80", 0},
        {"\xF5\x80\x80\x80", 0},
        {"\xF0\x90\x80", 0},
        {"\xFE", 0},
        {"\xFF", 0},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        /* In a block of just that size, so that a sanitizer sees any read behind it. */
        size_t length = strlen(table[i].text);
        char *block = malloc(length);
        assert_non_null(block);
        memcpy(block, table[i].text, length);
        size_t size = bp_utf8_sequence(block, length);
        if (size != table[i].size) {
            fail_msg("row %zu: %zu bytes", i, size);
        }
        free(block);
    }
    assert_int_equal(bp_utf8_sequence("", 0), 0);
    assert_int_equal(bp_utf8_sequence("\0", 1), 1);
}

static void assert_cleaned(const char *text, const char *expected) {
    char *clean = bp_utf8_clean(text, strlen(text));
    assert_string_equal(clean, expected);
    free(clean);
}

#define REPLACEMENT "\xEF\xBF\xBD"

static void cleans(void **state) {
    (void)state;
    assert_cleaned("", "");
    assert_cleaned("plain \xC3\xA9 \xF0\x9F\x98\x80", "plain \xC3\xA9 \xF0\x9F\x98\x80");
    assert_cleaned("caf\xE9", "caf" REPLACEMENT);
    assert_cleaned("\xE2\x82x", REPLACEMENT REPLACEMENT "x");
    assert_cleaned("\xED\xA0\x80", REPLACEMENT REPLACEMENT REPLACEMENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_both_byte_orders),
        cmocka_unit_test(knows_its_bounds),
        cmocka_unit_test(fails_at_far_offsets),
        cmocka_unit_test(takes_a_part),
        cmocka_unit_test(takes_strings_that_end),
        cmocka_unit_test(knows_utf8),
        cmocka_unit_test(cleans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
