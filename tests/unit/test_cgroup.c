/* Control group limits, laid out as the kernel shows them in each arrangement. */
#include "tests/unit/cmocka_all.h"

#include "probe/cgroup.h"
#include "tests/unit/gather.h"

static int set_up(void **state) {
    *state = scratch_make();
    return 0;
}

static int tear_down(void **state) {
    scratch_remove(*state);
    free(*state);
    return 0;
}

static struct bp_cgroup_limits limits_of(const char *scratch) {
    struct bp_root root;
    assert_int_equal(0, bp_root_open(&root, scratch, NULL));
    struct bp_cgroup_limits limits = bp_cgroup_limits_read(&root);
    bp_root_close(&root);
    return limits;
}

static void expect_limits(const char *scratch, int version, double memory, double cpus) {
    struct bp_cgroup_limits limits = limits_of(scratch);
    assert_int_equal(version, limits.version);
    assert_true(limits.memory_known);
    assert_true(limits.memory_bytes == memory);
    assert_true(limits.cpus == cpus);
    bp_cgroup_limits_free(&limits);
}

#define MOUNT_V2                                                                                   \
    "24 1 0:21 / /proc rw - proc proc rw\n"                                                        \
    "31 23 0:28 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"

static void test_version_2(void **state) {
    scratch_write(*state, "proc/self/cgroup", "0::/user.slice/job/step\n");
    scratch_write(*state, "proc/self/mountinfo", MOUNT_V2);
    scratch_write(*state, "sys/fs/cgroup/user.slice/job/step/memory.max", "max\n");
    scratch_write(*state, "sys/fs/cgroup/user.slice/job/step/cpu.max", "max 100000\n");
    expect_limits(*state, 2, -1, -1);
    /* A group above limits as well; the least of all counts. */
    scratch_write(*state, "sys/fs/cgroup/user.slice/job/memory.max", "1073741824\n");
    scratch_write(*state, "sys/fs/cgroup/user.slice/memory.max", "2147483648\n");
    scratch_write(*state, "sys/fs/cgroup/user.slice/cpu.max", "150000 100000\n");
    expect_limits(*state, 2, 1073741824, 1.5);
    struct bp_cgroup_limits limits = limits_of(*state);
    assert_string_equal("/user.slice/job/step", limits.path);
    bp_cgroup_limits_free(&limits);
}

/* In a container with a control group namespace the own group is the top of what is seen. */
static void test_version_2_in_namespace(void **state) {
    scratch_write(*state, "proc/self/cgroup", "0::/\n");
    scratch_write(*state, "proc/self/mountinfo", MOUNT_V2);
    scratch_write(*state, "sys/fs/cgroup/memory.max", "536870912\n");
    scratch_write(*state, "sys/fs/cgroup/cpu.max", "50000 100000\n");
    expect_limits(*state, 2, 536870912, 0.5);
    /* Moved in from elsewhere, the group lies outside of what is seen. */
    scratch_write(*state, "proc/self/cgroup", "0::/../other\n");
    expect_limits(*state, 2, 536870912, 0.5);
}

#define MOUNT_V1(top)                                                                              \
    "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n"                                   \
    "32 31 0:29 " top " /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"            \
    "35 31 0:32 " top " /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"                      \
    "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"

static void test_version_1(void **state) {
    scratch_write(*state, "proc/self/cgroup",
                  "12:cpuset:/\n9:cpu,cpuacct:/batch\n4:memory:/batch/job\n0::/elsewhere\n");
    scratch_write(*state, "proc/self/mountinfo", MOUNT_V1("/"));
    scratch_write(*state, "sys/fs/cgroup/memory/batch/job/memory.limit_in_bytes",
                  "9223372036854771712\n");
    scratch_write(*state, "sys/fs/cgroup/cpu,cpuacct/batch/cpu.cfs_quota_us", "-1\n");
    scratch_write(*state, "sys/fs/cgroup/cpu,cpuacct/batch/cpu.cfs_period_us", "100000\n");
    expect_limits(*state, 1, -1, -1);
    /* With 64 KiB pages the number that stands for "no limit" is another. */
    scratch_write(*state, "sys/fs/cgroup/memory/batch/job/memory.limit_in_bytes",
                  "9223372036854710272\n");
    expect_limits(*state, 1, -1, -1);
    scratch_write(*state, "sys/fs/cgroup/memory/batch/memory.limit_in_bytes", "4294967296\n");
    scratch_write(*state, "sys/fs/cgroup/cpu,cpuacct/batch/cpu.cfs_quota_us", "200000\n");
    expect_limits(*state, 1, 4294967296.0, 2);
}

/* Docker without a namespace mounts the container's own group as the top. */
static void test_version_1_in_container(void **state) {
    scratch_write(*state, "proc/self/cgroup", "9:cpu,cpuacct:/docker/4f\n4:memory:/docker/4f\n");
    scratch_write(*state, "proc/self/mountinfo", MOUNT_V1("/docker/4f"));
    scratch_write(*state, "sys/fs/cgroup/memory/memory.limit_in_bytes", "268435456\n");
    scratch_write(*state, "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "100000\n");
    scratch_write(*state, "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
    expect_limits(*state, 1, 268435456, 1);
}

/* Only /proc/mounts, and a folder whose name has a space in it. */
static void test_mounts_without_mountinfo(void **state) {
    scratch_write(*state, "proc/self/cgroup", "3:memory:/a\n");
    scratch_write(*state, "proc/mounts", "none /my\\040groups/memory cgroup rw,memory 0 0\n");
    scratch_write(*state, "my groups/memory/a/memory.limit_in_bytes", "1048576\n");
    expect_limits(*state, 1, 1048576, -1);
}

static void test_nothing_to_see(void **state) {
    struct bp_cgroup_limits limits = limits_of(*state);
    assert_int_equal(0, limits.version);
    assert_false(limits.memory_known);
    assert_true(limits.memory_bytes < 0);
    bp_cgroup_limits_free(&limits);
    scratch_write(*state, "proc/self/cgroup", "rubbish\n::\n0:\n\n4:memory\n");
    limits = limits_of(*state);
    assert_int_equal(0, limits.version);
    bp_cgroup_limits_free(&limits);
}

/* What the recorded process was in: `grep memory proc/self/cgroup`. */
static void test_recorded_path(void **state) {
    (void)state;
    char *folder = recorded_machine("128arm-2pa2n8cluster4co");
    if (!folder) {
        skip();
    }
    struct bp_cgroup_limits limits = limits_of(folder);
    assert_int_equal(1, limits.version);
    assert_string_equal("/user.slice/user-0.slice/session-1.scope", limits.path);
    assert_false(limits.memory_known); /* the memory hierarchy was not recorded */
    bp_cgroup_limits_free(&limits);
    free(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_version_2, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_version_2_in_namespace, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_version_1, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_version_1_in_container, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_mounts_without_mountinfo, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_to_see, set_up, tear_down),
        cmocka_unit_test(test_recorded_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
