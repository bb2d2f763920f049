/* Writing a result: replaced whole or not at all. */
#include "tests/unit/cmocka_all.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "report/output.h"
#include "tests/unit/scratch.h"

static int set_up(void **state) {
    *state = scratch_make();
    return 0;
}

static int tear_down(void **state) {
    scratch_remove(*state);
    free(*state);
    return 0;
}

static void assert_holds(const char *path, const char *text) {
    char found[64] = {0};
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(strlen(text), fread(found, 1, sizeof found - 1, file));
    assert_string_equal(text, found);
    fclose(file);
}

static int count_entries(const char *folder) {
    DIR *stream = opendir(folder);
    int count = 0;
    assert_non_null(stream);
    while (readdir(stream)) {
        count++;
    }
    closedir(stream);
    return count - 2;
}

static mode_t mode_of(const char *path) {
    struct stat status;
    assert_int_equal(0, stat(path, &status));
    return status.st_mode & 07777;
}

static void a_new_file_is_for_its_owner(void **state) {
    char *path = bp_join(*state, "new");
    mode_t old = umask(0);
    assert_int_equal(0, bp_output_write(path, "text", 4, NULL));
    umask(old);
    assert_holds(path, "text");
    assert_int_equal(0600, mode_of(path));
    assert_int_equal(1, count_entries(*state));
    free(path);
}

static void an_old_file_is_for_its_owner_afterwards(void **state) {
    char *path = bp_join(*state, "old");
    scratch_write(*state, "old", "something longer than what comes");
    assert_int_equal(0, chmod(path, 0644));
    assert_int_equal(0, bp_output_write(path, "text", 4, NULL));
    assert_holds(path, "text");
    assert_int_equal(0600, mode_of(path));
    free(path);
}

static void a_link_stays_a_link(void **state) {
    char *path = bp_join(*state, "link");
    char *real = bp_join(*state, "real");
    struct stat status;
    scratch_write(*state, "real", "old");
    assert_int_equal(0, symlink("real", path));
    assert_int_equal(0, bp_output_write(path, "text", 4, NULL));
    assert_int_equal(0, lstat(path, &status));
    assert_true(S_ISLNK(status.st_mode));
    assert_holds(real, "text");
    free(real);
    free(path);
}

static void refuse(const char *path, const char *says) {
    struct bp_err err = {0};
    assert_int_equal(-1, bp_output_write(path, "text", 4, &err));
    assert_non_null(strstr(bp_err_text(&err), path));
    assert_non_null(strstr(bp_err_text(&err), says));
    bp_err_clear(&err);
}

static void what_cannot_be_written_stays(void **state) {
    char *none = bp_join(*state, "none/report");
    char *dangling = bp_join(*state, "dangling");
    assert_int_equal(0, symlink("nowhere", dangling));
    refuse(none, "No such file");
    refuse(dangling, "No such file");
    refuse(*state, "Is a directory");
    refuse("/dev/full", "No space");
    assert_int_equal(1, count_entries(*state));
    free(dangling);
    free(none);
}

/* The size limit of a process stands in for a full disk: the write fails half way. */
static void a_write_that_fails_half_way_leaves_nothing(void **state) {
    char *path = bp_join(*state, "old");
    scratch_write(*state, "old", "precious");
    size_t length = (size_t)1 << 20;
    char *data = bp_alloc(length);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        struct rlimit limit = {4096, 4096};
        setrlimit(RLIMIT_FSIZE, &limit);
        _exit(bp_output_write(path, data, length, NULL) == -1 ? 0 : 1);
    }
    int status;
    assert_int_equal(child, waitpid(child, &status, 0));
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_holds(path, "precious");
    assert_int_equal(1, count_entries(*state));
    free(data);
    free(path);
}

static void pieces_become_one_file(void **state) {
    char *path = bp_join(*state, "old");
    struct bp_output output;
    scratch_write(*state, "old", "precious");
    assert_int_equal(0, bp_output_open(&output, path, NULL));
    assert_int_equal(0, bp_output_add(&output, "te", 2, NULL));
    assert_int_equal(0, bp_output_add(&output, "xt", 2, NULL));
    assert_holds(path, "precious");
    assert_int_equal(0, bp_output_close(&output, NULL));
    assert_holds(path, "text");
    assert_int_equal(1, count_entries(*state));
    free(path);
}

static void what_is_dropped_was_never_there(void **state) {
    char *path = bp_join(*state, "old");
    struct bp_output output;
    scratch_write(*state, "old", "precious");
    assert_int_equal(0, bp_output_open(&output, path, NULL));
    assert_int_equal(0, bp_output_add(&output, "text", 4, NULL));
    bp_output_drop(&output);
    assert_holds(path, "precious");
    assert_int_equal(1, count_entries(*state));
    free(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_new_file_is_for_its_owner, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_old_file_is_for_its_owner_afterwards, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_link_stays_a_link, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_written_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pieces_become_one_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_dropped_was_never_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_write_that_fails_half_way_leaves_nothing, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
