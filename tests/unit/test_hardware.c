/* Processors, memory nodes and memory: this machine against its tools, recorded ones by count. */
#include "tests/unit/cmocka_all.h"

#include <sched.h>

#include "tests/unit/gather.h"

static double number_of(char *text) {
    double number = strtod(text, NULL);
    free(text);
    return number;
}

static void test_this_machine(void **state) {
    (void)state;
    struct gathered gathered = gather(bp_collect_hardware, NULL);
    assert_true(number_at(&gathered, "/hardware/cpu/usable_threads") ==
                number_of(said_by("OMP_NUM_THREADS= nproc")));
    assert_true(number_at(&gathered, "/hardware/cpu/threads") ==
                number_of(said_by("grep -c ^processor /proc/cpuinfo")));
    double total = number_of(said_by("sed -n 's/^MemTotal: *//p' /proc/meminfo")) * 1024;
    assert_true(number_at(&gathered, "/hardware/memory/total_bytes") == total);
    double available = number_at(&gathered, "/hardware/memory/available_bytes");
    assert_true(available > 0 && available <= total);
    char *model = said_by("sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo");
    if (*model) {
        assert_string_equal(model, text_at(&gathered, "/hardware/cpu/model"));
    }
    free(model);
    gathered_free(&gathered);
}

static void test_bound_process(void **state) {
    (void)state;
    cpu_set_t before;
    cpu_set_t one;
    assert_int_equal(0, sched_getaffinity(0, sizeof before, &before));
    CPU_ZERO(&one);
    for (size_t i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; i++) {
        if (CPU_ISSET(i, &before)) {
            CPU_SET(i, &one);
        }
    }
    assert_int_equal(0, sched_setaffinity(0, sizeof one, &one));
    struct gathered gathered = gather(bp_collect_hardware, NULL);
    assert_int_equal(0, sched_setaffinity(0, sizeof before, &before));
    assert_true(number_at(&gathered, "/hardware/cpu/usable_threads") == 1);
    assert_true(number_at(&gathered, "/hardware/cpu/threads") ==
                number_of(said_by("grep -c ^processor /proc/cpuinfo")));
    gathered_free(&gathered);
}

/* What a person set for another use of hwloc must not show. */
static void test_deaf_to_variables(void **state) {
    (void)state;
    setenv("HWLOC_SYNTHETIC", "pack:5 core:3 pu:2", 1);
    setenv("HWLOC_XMLFILE", "/nonexistent.xml", 1);
    setenv("HWLOC_FSROOT", "/nonexistent", 1);
    setenv("HWLOC_COMPONENTS", "no_os,stop", 1);
    struct gathered gathered = gather(bp_collect_hardware, NULL);
    assert_true(number_at(&gathered, "/hardware/cpu/threads") ==
                number_of(said_by("grep -c ^processor /proc/cpuinfo")));
    gathered_free(&gathered);
}

static void test_root_without_sysfs(void **state) {
    (void)state;
    char *scratch = scratch_make();
    scratch_write(scratch, "proc/meminfo", "MemTotal:       1000 kB\nMemFree: 1 kB\n");
    struct gathered gathered = gather(bp_collect_hardware, scratch);
    assert_null(bp_json_at(gathered.snapshot, "/hardware/cpu/threads"));
    assert_null(bp_json_at(gathered.snapshot, "/hardware/numa"));
    assert_non_null(reason_at(&gathered, "/hardware/cpu/threads"));
    assert_non_null(reason_at(&gathered, "/hardware/memory/cgroup_limit_bytes"));
    assert_true(number_at(&gathered, "/hardware/memory/total_bytes") == 1024000);
    assert_true(null_at(&gathered, "/hardware/memory/available_bytes"));
    gathered_free(&gathered);
    scratch_remove(scratch);
    free(scratch);
}

struct expected {
    const char *name;
    int packages;
    int cores;
    int threads;
    int usable;
    int nodes;
    double first_node_bytes;
    int first_node_usable;
    const char *model;
};

/*
 * Counted in the recorded files by a few lines of shell and Python: distinct
 * topology/physical_package_id and topology/thread_siblings of sys/devices/system/cpu,
 * "cpus" of the cpuset that proc/self/cpuset names, MemTotal of node0/meminfo (times 1024)
 * and the bits that node0/cpumap shares with that cpuset.
 */
static const struct expected recorded[] = {
    {"128arm-2pa2n8cluster4co", 2, 128, 128, 128, 4, 134894530560.0, 32, "Kunpeng-920"},
    {"16amd64-4n4c-cgroup-distance-merge", 4, 16, 16, 4, 4, 8589201408.0, 4,
     "Quad-Core AMD Opteron(tm) Processor 8347 HE"},
    {"32amd64-4s2n4c-cgroup2", 4, 32, 32, 6, 8, 17177686016.0, 4, "AMD Opteron(tm) Processor 6134"},
    {"40intel64-2g2n4c+pci", 4, 40, 40, 40, 4, 137425154048.0, 10,
     "Intel(R) Xeon(R) CPU E7- 4870  @ 2.40GHz"},
    /* Its six further nodes are GPU memory, which no thread is near to. */
    {"nvidiagpunumanodes", 2, 8, 32, 32, 2, 132955242496.0, 16, "POWER9, altivec supported"},
};

static void expect_recorded(const struct expected *expected) {
    char *folder = recorded_machine(expected->name);
    if (!folder) {
        skip();
    }
    struct gathered gathered = gather(bp_collect_hardware, folder);
    assert_true(number_at(&gathered, "/hardware/cpu/packages") == expected->packages);
    assert_true(number_at(&gathered, "/hardware/cpu/cores") == expected->cores);
    assert_true(number_at(&gathered, "/hardware/cpu/threads") == expected->threads);
    assert_true(number_at(&gathered, "/hardware/cpu/usable_threads") == expected->usable);
    assert_int_equal(expected->nodes,
                     cJSON_GetArraySize(bp_json_at(gathered.snapshot, "/hardware/numa")));
    assert_true(number_at(&gathered, "/hardware/numa/0/memory_bytes") ==
                expected->first_node_bytes);
    assert_true(number_at(&gathered, "/hardware/numa/0/usable_threads") ==
                expected->first_node_usable);
    assert_string_equal(expected->model, text_at(&gathered, "/hardware/cpu/model"));
    gathered_free(&gathered);
    free(folder);
}

static void test_recorded(void **state) {
    expect_recorded(*state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_this_machine),
        cmocka_unit_test(test_bound_process),
        cmocka_unit_test(test_deaf_to_variables),
        cmocka_unit_test(test_root_without_sysfs),
        {"recorded: Arm", test_recorded, NULL, NULL, (void *)(uintptr_t)&recorded[0]},
        {"recorded: cpuset", test_recorded, NULL, NULL, (void *)(uintptr_t)&recorded[1]},
        {"recorded: cgroup 2", test_recorded, NULL, NULL, (void *)(uintptr_t)&recorded[2]},
        {"recorded: four packages", test_recorded, NULL, NULL, (void *)(uintptr_t)&recorded[3]},
        {"recorded: POWER with GPUs", test_recorded, NULL, NULL, (void *)(uintptr_t)&recorded[4]},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
