/* Build tools: this machine's own, and stand-ins on PATH that misbehave. */
#include "tests/unit/cmocka_all.h"

#include "tests/unit/gather.h"

static void expect_text(const struct gathered *gathered, const char *pointer, const char *text) {
    assert_non_null(text_at(gathered, pointer));
    assert_string_equal(text, text_at(gathered, pointer));
}

/* The version that a program of this machine prints, cut out by another tool; NULL: not there. */
static void expect_version(const struct gathered *gathered, const char *key, const char *script) {
    char *pointer = bp_format("/tools/%s/version", key);
    char *version = said_by(script);
    if (*version) {
        expect_text(gathered, pointer, version);
    } else {
        assert_null(text_at(gathered, pointer));
    }
    free(version);
    free(pointer);
}

static void test_this_machine(void **state) {
    (void)state;
    struct gathered gathered = gather_with(bp_collect_build_tools, NULL, NULL, 30000);
    expect_version(&gathered, "gcc", "gcc -dumpfullversion");
    expect_version(&gathered, "gxx", "g++ -dumpfullversion");
    expect_version(&gathered, "cmake",
                   "cmake -E capabilities | sed -n "
                   "'s/.*\"string\":\"\\([0-9.]*\\)\".*/\\1/p'");
    expect_version(&gathered, "ninja", "ninja --version");
    expect_version(&gathered, "nvcc", "nvcc --version | sed -n 's/.* V\\([0-9.]*\\)$/\\1/p'");
    char *path = said_by("command -v gcc");
    expect_text(&gathered, "/tools/gcc/path", path);
    free(path);
    gathered_free(&gathered);
}

struct fixture {
    char *scratch;
    char *old_path;
};

static int set_up(void **state) {
    struct fixture *fixture = bp_alloc(sizeof *fixture);
    fixture->scratch = scratch_make();
    fixture->old_path = bp_strdup(getenv("PATH"));
    setenv("PATH", fixture->scratch, 1);
    *state = fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;
    setenv("PATH", fixture->old_path, 1);
    scratch_remove(fixture->scratch);
    free(fixture->old_path);
    free(fixture->scratch);
    free(fixture);
    return 0;
}

static void stand_in(const struct fixture *fixture, const char *name, const char *script) {
    char *text = bp_format("#!/bin/sh\nPATH=/usr/bin:/bin\n%s\n", script);
    char *path = bp_join(fixture->scratch, name);
    scratch_write(fixture->scratch, name, text);
    assert_int_equal(0, chmod(path, 0755));
    free(path);
    free(text);
}

/* Each misbehaves in its own way; the one that does not is reported all the same. */
static void test_misbehaving(void **state) {
    struct fixture *fixture = *state;
    stand_in(fixture, "cmake", "trap '' TERM; echo cmake version 9.9.9; sleep 60; sleep 60");
    stand_in(fixture, "ninja", "while :; do echo 1.11.1 and much more to read; done");
    stand_in(fixture, "nvcc", "printf 'release, V \\377\\376 none\\n'");
    stand_in(fixture, "g++", "kill -SEGV $$");
    stand_in(fixture, "gcc", "echo 'gcc (GCC) 8.5.0 20210514 (Red Hat 8.5.0-26)'");
    stand_in(fixture, "hipcc",
             "echo 'HIP version: 6.2.41133-dd7f95766'; echo 'clang version 18.0.0'");
    double started = bp_now_ms();
    struct gathered gathered = gather_with(bp_collect_build_tools, NULL, NULL, 1000);
    assert_true(bp_now_ms() - started < 4000);
    expect_text(&gathered, "/tools/gcc/version", "8.5.0");
    expect_text(&gathered, "/tools/hipcc/version", "6.2.41133");
    assert_true(null_at(&gathered, "/tools/cmake/version"));
    assert_non_null(strstr(reason_at(&gathered, "/tools/cmake"), "in time"));
    assert_true(null_at(&gathered, "/tools/ninja/version"));
    assert_non_null(strstr(reason_at(&gathered, "/tools/ninja"), "printed more"));
    assert_true(null_at(&gathered, "/tools/nvcc/version"));
    expect_text(&gathered, "/tools/nvcc/output", "release, V \xEF\xBF\xBD\xEF\xBF\xBD none");
    assert_non_null(strstr(reason_at(&gathered, "/tools/gxx"), "signal 11"));
    assert_non_null(strstr(reason_at(&gathered, "/tools/nvcc"), "exit code 0"));
    char *path = bp_join(fixture->scratch, "cmake");
    expect_text(&gathered, "/tools/cmake/path", path);
    free(path);
    gathered_free(&gathered);
}

static void test_not_installed(void **state) {
    struct fixture *fixture = *state;
    stand_in(fixture, "gcc", "echo 'gcc (GCC) 13.2.0'");
    struct gathered gathered = gather_with(bp_collect_build_tools, NULL, NULL, 5000);
    expect_text(&gathered, "/tools/gcc/version", "13.2.0");
    assert_true(null_at(&gathered, "/tools/nvcc/path"));
    assert_null(reason_at(&gathered, "/tools/nvcc"));
    gathered_free(&gathered);
}

/* Programs of another root are found and not run. */
static void test_another_root(void **state) {
    struct fixture *fixture = *state;
    stand_in(fixture, "gcc", "echo x");
    char *command =
        bp_format("PATH=/usr/bin:/bin; mkdir -p %s/root/usr/bin && cp %s/gcc %s/root/usr/bin/gcc",
                  fixture->scratch, fixture->scratch, fixture->scratch);
    free(said_by(command));
    char *root = bp_join(fixture->scratch, "root");
    struct gathered gathered = gather(bp_collect_build_tools, root);
    expect_text(&gathered, "/tools/gcc/path", "/usr/bin/gcc");
    assert_true(null_at(&gathered, "/tools/gcc/version"));
    assert_non_null(reason_at(&gathered, "/tools/gcc/version"));
    gathered_free(&gathered);
    free(root);
    free(command);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_this_machine),
        cmocka_unit_test_setup_teardown(test_not_installed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_misbehaving, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_another_root, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
