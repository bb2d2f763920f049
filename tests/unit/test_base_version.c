/*
 * The orders and answers in these tables were checked with Python's `packaging` library
 * (26.3), whose answer for specifiers was asked with pre-releases allowed.
 */
#include "tests/unit/cmocka_all.h"
#include "base/version.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Each row is below the next; versions in one row are equal. */
static const char *const ascending[][5] = {
    {"0.0.1.dev0"},
    {"0.0.1"},
    {"0.9", "0.9.0", "v0.9", "0!0.9.0.0", " 00.009 "},
    {"0.10"},
    {"0.38.1"},
    {"0.42.0", "0.42"},
    {"0.43.0.dev0", "0.43.dev", "0.43-DEV_0"},
    {"0.43.0.dev1"},
    {"0.43.0a1.dev3"},
    {"0.43.0a1", "0.43.0.alpha-1", "0.43a01", "0.43_A.1"},
    {"0.43.0a1.post0.dev1"},
    {"0.43.0a1.post2"},
    {"0.43.0a10"},
    {"0.43.0b0", "0.43beta", "0.43.b."},
    {"0.43.0rc1", "0.43.0c1", "0.43.0-preview_1", "0.43pre1", "0.43.0.RC1"},
    {"0.43.0"},
    {"0.43.0+abc"},
    {"0.43.0+abc.1", "0.43.0+ABC-1", "0.43.0+abc_01"},
    {"0.43.0+cu118"},
    {"0.43.0+cu12.1"},
    {"0.43.0+2", "0.43.0+02"},
    {"0.43.0+10"},
    {"0.43.0+10.a"},
    {"0.43.0+10.1"},
    {"0.43.0.post0.dev5"},
    {"0.43.0.post0", "0.43.0-0", "0.43.0.rev", "0.43.0r0", "0.43post"},
    {"0.43.0.post1+x"},
    {"0.43.0.post9"},
    {"0.43.0.post10"},
    {"0.43.1"},
    {"2.7"},
    {"2.17"},
    {"12.4.131"},
    {"20240101"},
    {"99999999999999999999998"},
    {"99999999999999999999999", "099999999999999999999999"},
    {"1!0.1"},
    {"2!0"},
};

static size_t row_length(size_t row) {
    size_t length = 0;
    while (length < COUNT(*ascending) && ascending[row][length]) {
        length++;
    }
    return length;
}

static void assert_order(const char *left, const char *right, int expected) {
    int order = 77;
    assert_true(bp_version_compare(left, right, &order));
    if ((order > 0) - (order < 0) != expected) {
        fail_msg("%s against %s gave %d, not %d", left, right, order, expected);
    }
}

static void orders_every_pair(void **state) {
    (void)state;
    for (size_t row = 0; row < COUNT(ascending); row++) {
        for (size_t other = 0; other < COUNT(ascending); other++) {
            int expected = (row > other) - (row < other);
            for (size_t i = 0; i < row_length(row); i++) {
                for (size_t j = 0; j < row_length(other); j++) {
                    assert_order(ascending[row][i], ascending[other][j], expected);
                }
            }
        }
    }
}

static void refuses_what_is_no_version(void **state) {
    (void)state;
    static const char *const bad[] = {
        "",
        " ",
        "x",
        "v",
        "1..2",
        "1.",
        ".1",
        "1!",
        "!1",
        "1!2!3",
        "1.0+",
        "1.0+a..b",
        "1.0+a.",
        "1.0+a b",
        "1.0 1",
        "1.0~rc1",
        "1.0a1b1",
        "1.0-",
        "1.0.x",
        "6.1.0-28-amd64",
        "unknown",
        "1.0dev1a",
        "1.0+\xC3\xA9",
        "1.0post1post2",
        "vv1",
        "-1",
        "1.0.*",
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        int order = 77;
        if (bp_version_valid(bad[i])) {
            fail_msg("\"%s\" was taken for a version", bad[i]);
        }
        assert_false(bp_version_compare(bad[i], "1.0", &order));
        assert_false(bp_version_compare("1.0", bad[i], &order));
        assert_int_equal(order, 77);
    }
    assert_false(bp_version_valid(NULL));
}

static void answers_specifiers(void **state) {
    (void)state;
    static const struct {
        const char *version;
        const char *specifier;
        bool met;
    } table[] = {
        {"0.43.1", "", true},
        {"0.43.1", " , ", true},
        {"0.43.1", ">=0.43", true},
        {"0.43.1", ">= 0.43 , < 0.44", true},
        {"0.43.1", ">=0.43,<0.43.1", false},
        {"0.43.0", "<0.43.1", true},
        {"0.9", "<0.10", true},
        {"0.43.1.dev0", "<0.43.1", false},
        {"0.43.1rc1", "<0.43.1", false},
        {"0.43.1.dev0", "<0.43.1rc1", true},
        {"0.43.1.dev0", ">=0.43.0", true},
        {"0.43.1.dev0", "<=0.43.1", true},
        {"0.43.0.post1", ">0.43.0", false},
        {"0.43.0.post1", ">0.43.0a1", true},
        {"0.43.0.post2", ">0.43.0.post1", true},
        {"0.43.0+cu118", ">0.43.0", false},
        {"0.43.0+cu118", "<=0.43.0", true},
        {"0.43.0+cu118", "==0.43.0", true},
        {"0.43.0+cu118", "==0.43.0+cu118", true},
        {"0.43.0+cu118", "==0.43.0+cu121", false},
        {"0.43.0", "==0.43.0+cu118", false},
        {"0.43", "==0.43.0.0", true},
        {"0.43.2", "==0.43.*", true},
        {"0.43rc1", "==0.43.*", true},
        {"0.43", "==0.43.0.*", true},
        {"0.430", "==0.43.*", false},
        {"1!0.43.1", "==0.43.*", false},
        {"0.44", "!=0.43.*", true},
        {"0.43.9", "!=0.43.*", false},
        {"0.43.1", "!=0.43.1", false},
        {"0.43.5", "~=0.43.1", true},
        {"0.44.0", "~=0.43.1", false},
        {"0.99", "~=0.43", true},
        {"1.0", "~=0.43", false},
        {"0.43.1", "~=0.43.1rc2", true},
        {"0.43.1rc1", "~=0.43.1rc2", false},
        {"2.17", "<2.24", true},
        {"2.36", "<2.24", false},
        {"1.0", "===1.0", true},
        {"1.0", "===1.0.0", false},
        {"1.0+ABC", "===1.0+abc", true},
        {"3.0", ">=1,!=2.*,<4", true},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        bool met = !table[i].met;
        assert_true(bp_version_meets(table[i].version, table[i].specifier, &met));
        if (met != table[i].met) {
            fail_msg("%s against \"%s\"", table[i].version, table[i].specifier);
        }
    }
}

static void refuses_malformed_specifiers(void **state) {
    (void)state;
    static const char *const bad[] = {
        "0.43",     "=0.43",       "<",         ">=",       "<>1",     "=>1",     ">=x",
        "~=1",      ">=1.*",       "~=1.2.*",   "<1.0+abc", "==1.*.2", "==.*",    "==1.dev1.*",
        "==1rc1.*", "==1.post1.*", "==1+abc.*", ">=1 <2",   ">=1;<2",  ">=1,0.2", "===",
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        bool met;
        if (bp_specifier_valid(bad[i])) {
            fail_msg("\"%s\" was taken for a specifier", bad[i]);
        }
        assert_false(bp_version_meets("1.0", bad[i], &met));
    }
    bool met;
    assert_false(bp_specifier_valid(NULL));
    assert_false(bp_version_meets("not a version", ">=1", &met));
    assert_false(bp_version_meets(NULL, ">=1", &met));
    assert_false(bp_version_meets("1", NULL, &met));
    assert_true(bp_specifier_valid(">=0.43,<0.45,!=0.44.*"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_every_pair),
        cmocka_unit_test(refuses_what_is_no_version),
        cmocka_unit_test(answers_specifiers),
        cmocka_unit_test(refuses_malformed_specifiers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
