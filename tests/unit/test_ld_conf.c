/* ld.so.conf with its includes, inside a root. */
#include "tests/unit/cmocka_all.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probe/binary/ld_conf.h"
#include "tests/unit/run_tool.h"
#include "tests/unit/scratch.h"

static struct bp_strs read_conf(const char *scratch, const char *path, int expected) {
    struct bp_root root;
    struct bp_strs folders = {0};
    assert_int_equal(bp_root_open(&root, scratch, NULL), 0);
    assert_int_equal(bp_ld_conf_read(&root, path, &folders, NULL), expected);
    bp_root_close(&root);
    return folders;
}

static void assert_folders(const struct bp_strs *folders, const char *expected) {
    struct bp_strs parts = {0};
    bp_strs_split(&parts, expected, ' ', false);
    assert_int_equal(folders->count, parts.count);
    for (size_t i = 0; i < parts.count; i++) {
        assert_string_equal(folders->items[i], parts.items[i]);
    }
    bp_strs_free(&parts);
}

static void test_includes_are_followed_in_order(void **state) {
    (void)state;
    char *scratch = scratch_make();
    scratch_write(scratch, "etc/ld.so.conf",
                  "# first\n  /first # and a remark\ninclude ld.so.conf.d/*.conf\n"
                  "include /etc/more/?.conf /etc/absent.conf\n\nhwcap 1 nosegneg\nrelative/path\n"
                  "/old/style=libc6\n/first\n/last/\n");
    scratch_write(scratch, "etc/ld.so.conf.d/b.conf", "/b\n");
    scratch_write(scratch, "etc/ld.so.conf.d/a.conf", "/a\r\n/a2");
    scratch_write(scratch, "etc/ld.so.conf.d/.hidden.conf", "/hidden\n");
    scratch_write(scratch, "etc/ld.so.conf.d/c.txt", "/not-conf\n");
    scratch_write(scratch, "etc/more/1.conf", "/one\n");
    scratch_write(scratch, "etc/more/22.conf", "/two\n");
    struct bp_strs folders = read_conf(scratch, BP_LD_CONF_PATH, 0);
    assert_folders(&folders, "/first /a /a2 /b /one /old/style /last");
    bp_strs_free(&folders);
    scratch_remove(scratch);
    free(scratch);
}

static void test_files_that_include_each_other_end(void **state) {
    (void)state;
    char *scratch = scratch_make();
    scratch_write(scratch, "etc/ld.so.conf", "include /etc/other.conf\n/here\n");
    scratch_write(scratch, "etc/other.conf", "include /etc/*.conf /etc/./other.conf\n/there\n");
    struct bp_strs folders = read_conf(scratch, BP_LD_CONF_PATH, 0);
    assert_folders(&folders, "/there /here");
    bp_strs_free(&folders);
    scratch_remove(scratch);
    free(scratch);
}

static void test_an_absolute_link_stays_in_the_root(void **state) {
    (void)state;
    char *scratch = scratch_make();
    scratch_write(scratch, "real/ld.so.conf", "/inside\n");
    scratch_write(scratch, "etc/empty", "");
    char *link = bp_join(scratch, "etc/ld.so.conf");
    assert_int_equal(symlink("/real/ld.so.conf", link), 0);
    struct bp_strs folders = read_conf(scratch, BP_LD_CONF_PATH, 0);
    assert_folders(&folders, "/inside");
    bp_strs_free(&folders);
    folders = read_conf(scratch, "/etc/absent.conf", -1);
    bp_strs_free(&folders);
    scratch_remove(scratch);
    free(link);
    free(scratch);
}

/* ldconfig -v names each folder that it looks into, with where it was told of it. */
static void test_this_machines_folders(void **state) {
    (void)state;
    char *output = run_tool((const char *[]){"/sbin/ldconfig", "-v", "-N", "-X", NULL});
    assert_non_null(output);
    struct bp_root root;
    struct bp_strs folders = {0};
    assert_int_equal(bp_root_open(&root, NULL, NULL), 0);
    assert_int_equal(bp_ld_conf_read(&root, BP_LD_CONF_PATH, &folders, NULL), 0);
    struct bp_strs told = {0};
    pick_between(output, "/", ": (from /etc/ld.so.conf", &told);
    assert_true(told.count > 0);
    for (size_t i = 0; i < told.count; i++) {
        char *folder = bp_format("/%s", told.items[i]);
        if (!bp_strs_has(&folders, folder)) {
            fail_msg("ldconfig looks into %s", folder);
        }
        free(folder);
    }
    bp_root_close(&root);
    bp_strs_free(&told);
    bp_strs_free(&folders);
    free(output);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_includes_are_followed_in_order),
        cmocka_unit_test(test_files_that_include_each_other_end),
        cmocka_unit_test(test_an_absolute_link_stays_in_the_root),
        cmocka_unit_test(test_this_machines_folders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
