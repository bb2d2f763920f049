/* Versions from Debian's package database. */
#include "tests/unit/cmocka_all.h"

#include "probe/dpkg.h"
#include "probe/tool_records.h"
#include "probe/os/clock.h"
#include "tests/unit/scratch.h"

static void expect_upstream(const char *version, const char *upstream) {
    char *got = bp_dpkg_upstream(version);
    if (upstream) {
        assert_non_null(got);
        assert_string_equal(upstream, got);
    } else {
        assert_null(got);
    }
    free(got);
}

/* deb-version(7); what is not plainly upstream's number is left to the program itself. */
static void test_upstream_part(void **state) {
    (void)state;
    expect_upstream("3.25.1-1", "3.25.1");
    expect_upstream("12.2.0-14+deb12u1", "12.2.0");
    expect_upstream("1:12.2.0-14", "12.2.0");
    expect_upstream("3.22.1-1ubuntu1.22.04.2", "3.22.1");
    expect_upstream("1.11.1-2~deb12u1", "1.11.1");
    expect_upstream("5.7.3+dfsg-1", "5.7.3");
    expect_upstream("15-20250404-0ubuntu1", NULL);
    expect_upstream("11.8.89~11.8.0-4", NULL);
    expect_upstream("2.0+really1.9-1", NULL);
    expect_upstream("12-1", NULL);
    expect_upstream("", NULL);
    expect_upstream("-", NULL);
    expect_upstream(":-", NULL);
}

static const char status[] =
    "Package: cmake-data\nStatus: install ok installed\nVersion: 9.9.9-1\n\n"
    "Package: cmake\nStatus: install ok installed\nPriority: optional\n"
    "Version: 3.30.4-1\nDescription: about\n Version: 1.2.3 of a line that goes on\n\n"
    "Package: gcc-14-x86-64-linux-gnu\nStatus: install ok installed\nVersion: 14.2.0-19\n\n"
    "Package: ninja-build\nStatus: deinstall ok config-files\nVersion: 1.12.1-1\n";

struct fixture {
    char *folder;
    struct bp_root root;
};

static int set_up(void **state) {
    struct fixture *fixture = bp_alloc(sizeof *fixture);
    fixture->folder = scratch_make();
    scratch_write(fixture->folder, "var/lib/dpkg/status", status);
    scratch_write(fixture->folder, "var/lib/dpkg/info/cmake.list",
                  "/.\n/usr/bin\n/usr/bin/cmake\n");
    scratch_write(fixture->folder, "var/lib/dpkg/info/ninja-build.list", "/usr/bin/ninja\n");
    scratch_write(fixture->folder, "var/lib/dpkg/info/gcc-14-x86-64-linux-gnu.list",
                  "/usr/bin/x86_64-linux-gnu-gcc-14\n");
    scratch_write(fixture->folder, "usr/bin/cmake", "");
    scratch_write(fixture->folder, "usr/bin/ninja", "");
    scratch_write(fixture->folder, "usr/local/bin/cmake", "");
    scratch_write(fixture->folder, "usr/bin/x86_64-linux-gnu-gcc-14", "");
    scratch_write(fixture->folder, "opt/cuda/bin/nvcc", "");
    scratch_write(
        fixture->folder, "opt/cuda/version.json",
        "{\"cuda\": {\"version\": \"12.4.1\"}, \"cuda_nvcc\": {\"version\": \"12.4.131\"}}");
    char *link = bp_join(fixture->folder, "usr/bin/gcc");
    assert_int_equal(0, symlink("x86_64-linux-gnu-gcc-14", link));
    free(link);
    assert_int_equal(0, bp_root_open(&fixture->root, fixture->folder, NULL));
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

static void expect_recorded(struct fixture *fixture, const char *name, const char *path,
                            const char *version, const char *from) {
    char *said_from = NULL;
    char *got = bp_tool_recorded_version(&fixture->root, name, path, &said_from);
    if (version) {
        assert_non_null(got);
        assert_string_equal(version, got);
        assert_string_equal(from, said_from);
    } else {
        assert_null(got);
    }
    free(got);
    free(said_from);
}

static void test_what_records_say(void **state) {
    expect_recorded(*state, "cmake", "/usr/bin/cmake", "3.30.4", "package cmake");
    expect_recorded(*state, "gcc", "/usr/bin/gcc", "14.2.0", "package gcc-14-x86-64-linux-gnu");
    expect_recorded(*state, "nvcc", "/opt/cuda/bin/nvcc", "12.4.131", "/opt/cuda/version.json");
}

/* A file that the package does not own, a package that was removed, a file that is not there. */
static void test_what_records_do_not_say(void **state) {
    expect_recorded(*state, "cmake", "/usr/local/bin/cmake", NULL, NULL);
    expect_recorded(*state, "ninja", "/usr/bin/ninja", NULL, NULL);
    expect_recorded(*state, "g++", "/usr/bin/g++", NULL, NULL);
    expect_recorded(*state, "hipcc", "/usr/bin/cmake", NULL, NULL);
    const struct fixture *fixture = *state;
    scratch_write(fixture->folder, "var/lib/dpkg/status", "");
    expect_recorded(*state, "cmake", "/usr/bin/cmake", NULL, NULL);
}

/* A database that is empty, and one of 10 GB that are holes, which would take seconds to read. */
static void test_no_database(void **state) {
    struct fixture *fixture = *state;
    char *path = bp_join(fixture->folder, "var/lib/dpkg/status");
    assert_int_equal(0, truncate(path, 0));
    expect_recorded(fixture, "cmake", "/usr/bin/cmake", NULL, NULL);
    assert_int_equal(0, truncate(path, (off_t)10 << 30));
    double started = bp_now_ms();
    expect_recorded(fixture, "cmake", "/usr/bin/cmake", NULL, NULL);
    assert_true(bp_now_ms() - started < 1000);
    free(path);
}

int main(void) {
    bp_memory_install();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_upstream_part),
        cmocka_unit_test_setup_teardown(test_what_records_say, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_records_do_not_say, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_database, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
