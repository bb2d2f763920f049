/* The door to files: what it reads, what it refuses, and that nothing leads out of a root. */
#include "tests/unit/cmocka_all.h"

#include <sys/resource.h>

#include "probe/os/files.h"
#include "probe/os/posix/root_path.h"
#include "tests/unit/scratch.h"

struct fixture {
    char *folder;
    struct bp_root root;
};

static void link_to(const char *folder, const char *target, const char *name) {
    char *path = bp_join(folder, name);
    assert_int_equal(0, symlink(target, path));
    free(path);
}

static int set_up(void **state) {
    struct fixture *fixture = bp_alloc(sizeof *fixture);
    fixture->folder = scratch_make();
    scratch_write(fixture->folder, "inside/etc/name", "inner\n");
    scratch_write(fixture->folder, "inside/lib/real.so.1", "library");
    scratch_write(fixture->folder, "secret", "outer");
    char *root = bp_join(fixture->folder, "inside");
    link_to(root, "/etc/name", "absolute");
    link_to(root, "etc/../../../secret", "climbing");
    link_to(root, "../../../../../../../../secret", "climbing_far");
    link_to(root, "loop", "loop");
    link_to(root, "/lib", "lib64");
    link_to(root, "real.so.1", "lib/name.so");
    assert_int_equal(0, bp_root_open(&fixture->root, root, NULL));
    free(root);
    *state = fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;
    bp_root_close(&fixture->root);
    scratch_remove(fixture->folder);
    free(fixture->folder);
    free(fixture);
    return 0;
}

static void test_absolute_links_stay_inside(void **state) {
    struct fixture *fixture = *state;
    char *line = bp_root_read_line(&fixture->root, "/absolute", NULL);
    assert_string_equal("inner", line);
    free(line);
}

static void test_climbing_links_stay_inside(void **state) {
    struct fixture *fixture = *state;
    struct bp_err err = {0};
    assert_null(bp_root_read_line(&fixture->root, "/climbing", &err));
    assert_int_equal(BP_E_ABSENT, err.code);
    assert_null(bp_root_read_line(&fixture->root, "/climbing_far", &err));
    assert_null(bp_root_read_line(&fixture->root, "/../secret", &err));
    assert_null(bp_root_read_line(&fixture->root, "/loop", &err));
    bp_err_clear(&err);
}

/* The resolver that stands in for openat2 on older kernels follows the same rules. */
static void test_resolving_link_by_link(void **state) {
    struct fixture *fixture = *state;
    char *real = bp_root_resolve(&fixture->root, "/lib64/name.so", NULL);
    assert_string_equal("/lib/real.so.1", real);
    free(real);
    real = bp_root_path_resolve(fixture->root.fd, "/lib64/../lib64/./name.so", false);
    assert_string_equal("/lib/real.so.1", real);
    free(real);
    assert_null(bp_root_path_resolve(fixture->root.fd, "/climbing", false));
    assert_null(bp_root_path_resolve(fixture->root.fd, "/loop", false));
    char *top = bp_root_path_resolve(fixture->root.fd, "/../..", false);
    assert_string_equal("/", top);
    free(top);
}

static void test_kinds_and_listing(void **state) {
    struct fixture *fixture = *state;
    assert_true(bp_root_is_folder(&fixture->root, "/lib64"));
    assert_true(bp_root_is_file(&fixture->root, "/lib64/name.so"));
    assert_false(bp_root_is_file(&fixture->root, "/lib64"));
    assert_false(bp_root_is_file(&fixture->root, "/climbing"));
    assert_true(bp_root_may(&fixture->root, "/absolute", R_OK));
    assert_false(bp_root_may(&fixture->root, "/climbing", R_OK));
    struct bp_strs names = {0};
    assert_int_equal(0, bp_root_list(&fixture->root, "/lib", 0, &names, NULL));
    assert_int_equal(2, names.count);
    assert_string_equal("name.so", names.items[0]);
    assert_string_equal("real.so.1", names.items[1]);
    bp_strs_free(&names);
    struct bp_err err = {0};
    assert_int_equal(-1, bp_root_list(&fixture->root, "/lib", 1, &names, &err));
    assert_int_equal(BP_E_LIMIT, err.code);
    assert_int_equal(1, names.count);
    bp_strs_free(&names);
    bp_err_clear(&err);
}

static void test_limit(void **state) {
    struct fixture *fixture = *state;
    struct bp_err err = {0};
    struct bp_str text = BP_STR_EMPTY;
    assert_int_equal(-1, bp_root_read(&fixture->root, "/etc/name", 3, &text, &err));
    assert_int_equal(BP_E_LIMIT, err.code);
    assert_string_equal("inn", text.data);
    bp_str_free(&text);
    bp_err_clear(&err);
}

static void test_refuses_what_could_make_it_wait(void **state) {
    struct fixture *fixture = *state;
    char *path = bp_join(fixture->root.path, "fifo");
    assert_int_equal(0, mkfifo(path, 0600));
    struct bp_err err = {0};
    assert_null(bp_root_read_line(&fixture->root, "/fifo", &err));
    assert_int_equal(BP_E_FORMAT, err.code);
    assert_non_null(strstr(bp_err_text(&err), "/fifo"));
    struct bp_map map;
    assert_int_equal(-1, bp_root_map(&fixture->root, "/fifo", &map, &err));
    bp_err_clear(&err);
    free(path);
}

static void test_map(void **state) {
    struct fixture *fixture = *state;
    struct bp_map map;
    assert_int_equal(0, bp_root_map(&fixture->root, "/lib/name.so", &map, NULL));
    assert_int_equal(7, map.size);
    assert_memory_equal("library", map.data, 7);
    bp_map_close(&map);
    scratch_write(fixture->root.path, "empty", "");
    assert_int_equal(0, bp_root_map(&fixture->root, "/empty", &map, NULL));
    assert_int_equal(0, map.size);
    bp_map_close(&map);
}

static void test_the_running_system(void **state) {
    (void)state;
    struct bp_root live;
    assert_int_equal(0, bp_root_open(&live, NULL, NULL));
    assert_true(live.live);
    struct bp_str text = BP_STR_EMPTY;
    assert_int_equal(0, bp_root_read(&live, "/proc/self/status", 0, &text, NULL));
    assert_non_null(strstr(text.data, "test_files"));
    bp_str_free(&text);
    struct bp_err err = {0};
    assert_int_equal(-1, bp_root_read(&live, "/nonexistent", 0, &text, &err));
    assert_int_equal(BP_E_ABSENT, err.code);
    assert_string_equal("cannot read /nonexistent: No such file or directory", bp_err_text(&err));
    bp_err_clear(&err);
    bp_root_close(&live);
}

/* A laid-out drive C: its paths have the letter, and names are found in any case. */
static void test_windows_drive(void **state) {
    struct fixture *fixture = *state;
    char *folder = bp_join(fixture->folder, "drive");
    scratch_write(folder, "windows/System32/nvcuda.dll", "driver");
    scratch_write(folder, "Users/Ada/pyvenv.cfg", "home = C:\\Python311\n");
    link_to(folder, "Users", "Documents and Settings");
    struct bp_root drive;
    assert_int_equal(0, bp_root_open(&drive, folder, NULL));
    assert_int_equal('C', drive.drive);
    assert_true(bp_root_is_file(&drive, "C:/Windows/System32/NVCUDA.DLL"));
    assert_true(bp_root_is_folder(&drive, "c:/users"));
    assert_false(bp_root_is_folder(&drive, "D:/Windows"));
    assert_false(bp_root_is_file(&drive, "C:/Windows/System32/nvcuda.dl"));
    char *real = bp_root_resolve(&drive, "C:/documents and settings/ADA/PYVENV.cfg", NULL);
    assert_string_equal("C:/Users/Ada/pyvenv.cfg", real);
    free(real);
    struct bp_strs names = {0};
    assert_int_equal(0, bp_root_list(&drive, "C:/WINDOWS", 0, &names, NULL));
    assert_int_equal(1, names.count);
    assert_string_equal("System32", names.items[0]);
    bp_strs_free(&names);
    assert_null(bp_root_read_line(&drive, "C:/../../secret", NULL));
    bp_root_close(&drive);
    free(folder);
    assert_int_equal(0, fixture->root.drive);
    assert_false(bp_root_is_file(&fixture->root, "/ETC/name"));
}

/* A file that is there and was not read for want of descriptors is told apart from an absent one.
 */
static void test_trouble(void **state) {
    struct fixture *fixture = *state;
    struct bp_trouble trouble = {0};
    struct bp_root root = fixture->root;
    struct bp_str text = BP_STR_EMPTY;
    struct bp_strs names = {0};
    struct rlimit before;
    root.trouble = &trouble;
    assert_int_equal(-1, bp_root_read(&root, "/absent", 0, &text, NULL));
    assert_int_equal(0, trouble.count);
    assert_int_equal(0, getrlimit(RLIMIT_NOFILE, &before));
    struct rlimit none = {.rlim_cur = 0, .rlim_max = before.rlim_max};
    assert_int_equal(0, setrlimit(RLIMIT_NOFILE, &none));
    int read_result = bp_root_read(&root, "/etc/name", 0, &text, NULL);
    int list_result = bp_root_list(&root, "/etc", 0, &names, NULL);
    bool there = bp_root_is_file(&root, "/etc/name");
    assert_int_equal(0, setrlimit(RLIMIT_NOFILE, &before));
    assert_int_equal(-1, read_result);
    assert_int_equal(-1, list_result);
    assert_false(there);
    assert_int_equal(3, trouble.count);
    assert_string_equal("/etc/name: Too many open files", trouble.first);
    free(trouble.first);
    bp_str_free(&text);
    bp_strs_free(&names);
}

/* A file far too large is there and is not read: only where the caller set no bound of its own. */
static void test_refusal(void **state) {
    struct fixture *fixture = *state;
    struct bp_trouble trouble = {0};
    struct bp_root root = fixture->root;
    struct bp_str text = BP_STR_EMPTY;
    char *path = bp_join(fixture->folder, "inside/etc/name");
    assert_int_equal(0, truncate(path, (off_t)10 << 30));
    root.trouble = &trouble;
    assert_int_equal(-1, bp_root_read(&root, "/etc/name", 100, &text, NULL));
    assert_int_equal(0, trouble.refused);
    assert_int_equal(-1, bp_root_read(&root, "/etc/name", 0, &text, NULL));
    assert_int_equal(1, trouble.refused);
    assert_string_equal("/etc/name: larger than such a file is", trouble.first_refused);
    assert_false(trouble.closed);
    free(trouble.first_refused);
    bp_str_free(&text);
    free(path);
}

static void test_no_such_root(void **state) {
    (void)state;
    struct bp_root root;
    struct bp_err err = {0};
    assert_int_equal(-1, bp_root_open(&root, "/nonexistent/root", &err));
    assert_int_equal(BP_E_ABSENT, err.code);
    bp_err_clear(&err);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_absolute_links_stay_inside, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_climbing_links_stay_inside, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_resolving_link_by_link, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_kinds_and_listing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refuses_what_could_make_it_wait, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_map, set_up, tear_down),
        cmocka_unit_test(test_the_running_system),
        cmocka_unit_test_setup_teardown(test_windows_drive, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_trouble, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refusal, set_up, tear_down),
        cmocka_unit_test(test_no_such_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
