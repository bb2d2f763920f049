/* ROCm installations, variables and the GPUs of the kernel's compute driver. */
#include "tests/unit/cmocka_all.h"

#include "probe/rocm.h"
#include "tests/unit/gather.h"

static int set_up(void **state) {
    unsetenv("ROCM_HOME");
    unsetenv("ROCM_PATH");
    unsetenv("HIP_PATH");
    *state = scratch_make();
    return 0;
}

static int tear_down(void **state) {
    scratch_remove(*state);
    free(*state);
    return 0;
}

static void expect_text(const struct gathered *gathered, const char *pointer, const char *text) {
    assert_non_null(text_at(gathered, pointer));
    assert_string_equal(text, text_at(gathered, pointer));
}

static int count_at(const struct gathered *gathered, const char *pointer) {
    return cJSON_GetArraySize(bp_json_at(gathered->snapshot, pointer));
}

/* The targets that LLVM's AMDGPU documentation lists for these versions. */
static void test_target_names(void **state) {
    (void)state;
    static const struct {
        unsigned long version;
        const char *name;
    } rows[] = {{90010, "gfx90a"},   {90000, "gfx900"},   {90402, "gfx942"},
                {90008, "gfx908"},   {100300, "gfx1030"}, {110000, "gfx1100"},
                {110501, "gfx1151"}, {120001, "gfx1201"}, {80003, "gfx803"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *name = bp_gfx_name(rows[i].version);
        assert_string_equal(rows[i].name, name);
        free(name);
    }
    assert_null(bp_gfx_name(0));
}

static void test_whole_and_partial_installation(void **state) {
    const char *scratch = *state;
    scratch_write(scratch, "opt/rocm-6.2.0/.info/version", "6.2.0-66\n");
    scratch_write(scratch, "opt/rocm-6.2.0/bin/hipcc", "");
    scratch_write(scratch, "opt/rocm-6.2.0/bin/hipconfig", "");
    scratch_write(scratch, "opt/rocm-6.2.0/bin/rocminfo", "");
    scratch_write(scratch, "opt/rocm-6.2.0/include/hip/hip_runtime.h", "");
    scratch_write(scratch, "opt/rocm-6.2.0/lib/libamdhip64.so", "");
    scratch_write(scratch, "opt/rocm-5.7.1/.info/version-dev", "5.7.1-98\n");
    scratch_write(scratch, "opt/rocm-5.7.1/lib/libamdhip64.so.5", "");
    scratch_write(scratch, "opt/rocm-empty/share/x", "");
    char *link = bp_join(scratch, "opt/rocm");
    assert_int_equal(0, symlink("rocm-6.2.0", link));
    free(link);
    struct gathered gathered = gather(bp_collect_rocm, scratch);
    assert_int_equal(2, count_at(&gathered, "/rocm/installations"));
    expect_text(&gathered, "/rocm/installations/0/path", "/opt/rocm-6.2.0");
    expect_text(&gathered, "/rocm/installations/0/version", "6.2.0");
    expect_text(&gathered, "/rocm/installations/0/hipcc", "/opt/rocm-6.2.0/bin/hipcc");
    assert_int_equal(0, count_at(&gathered, "/rocm/installations/0/missing"));
    expect_text(&gathered, "/rocm/installations/1/version", "5.7.1");
    expect_text(&gathered, "/rocm/installations/1/from", ".info/version-dev");
    expect_text(&gathered, "/rocm/installations/1/amdhip64",
                "/opt/rocm-5.7.1/lib/libamdhip64.so.5");
    assert_true(null_at(&gathered, "/rocm/installations/1/hipcc"));
    assert_int_equal(4, count_at(&gathered, "/rocm/installations/1/missing"));
    expect_text(&gathered, "/rocm/installations/1/missing/0", "bin/hipcc");
    gathered_free(&gathered);
}

static void test_variables(void **state) {
    scratch_write(*state, "half/bin/hipcc", "");
    char *half = bp_join(*state, "half");
    setenv("ROCM_PATH", half, 1);
    setenv("HIP_PATH", "/nonexistent/rocm", 1);
    struct gathered gathered = gather(bp_collect_rocm, NULL);
    assert_int_equal(2, count_at(&gathered, "/rocm/variables"));
    expect_text(&gathered, "/rocm/variables/0/name", "ROCM_PATH");
    expect_text(&gathered, "/rocm/variables/0/missing/0", "bin/hipconfig");
    assert_true(cJSON_IsTrue(bp_json_at(gathered.snapshot, "/rocm/variables/0/exists")));
    expect_text(&gathered, "/rocm/variables/1/name", "HIP_PATH");
    assert_true(cJSON_IsFalse(bp_json_at(gathered.snapshot, "/rocm/variables/1/exists")));
    bool listed = false;
    for (int i = 0; i < count_at(&gathered, "/rocm/installations"); i++) {
        char *pointer = bp_format("/rocm/installations/%d/path", i);
        listed = listed || bp_equal(text_at(&gathered, pointer), half);
        free(pointer);
    }
    assert_true(listed);
    gathered_free(&gathered);
    unsetenv("ROCM_PATH");
    unsetenv("HIP_PATH");
    free(half);
}

#define NODES "sys/class/kfd/kfd/topology/nodes/"

static void test_gpus(void **state) {
    const char *scratch = *state;
    scratch_write(scratch, NODES "0/properties",
                  "cpu_cores_count 64\nsimd_count 0\nvendor_id 0\ngfx_target_version 0\n");
    scratch_write(scratch, NODES "0/name", "\n");
    scratch_write(scratch, NODES "1/properties",
                  "cpu_cores_count 0\nsimd_count 440\ngfx_target_version 90010\nvendor_id 4098\n"
                  "device_id 29711\n");
    scratch_write(scratch, NODES "1/name", "aldebaran\n");
    scratch_write(scratch, NODES "2/properties", "x_gfx_target_version 110000\nsimd_count 1\n");
    scratch_write(scratch, "sys/module/amdgpu/version", "6.7.0\n");
    scratch_write(scratch, "dev/kfd", "");
    scratch_write(scratch, "dev/dri/renderD128", "");
    scratch_write(scratch, "dev/dri/card0", "");
    struct gathered gathered = gather(bp_collect_rocm, scratch);
    assert_int_equal(1, count_at(&gathered, "/rocm/gpus"));
    assert_true(number_at(&gathered, "/rocm/gpus/0/node") == 1);
    expect_text(&gathered, "/rocm/gpus/0/gfx", "gfx90a");
    expect_text(&gathered, "/rocm/gpus/0/name", "aldebaran");
    expect_text(&gathered, "/rocm/gpus/0/vendor", "0x1002"); /* AMD's */
    expect_text(&gathered, "/rocm/gpus/0/device", "0x740f");
    expect_text(&gathered, "/rocm/kernel_module/version", "6.7.0");
    assert_true(cJSON_IsTrue(bp_json_at(gathered.snapshot, "/rocm/kfd/present")));
    assert_int_equal(1, count_at(&gathered, "/rocm/render_nodes"));
    assert_int_equal(BP_STATUS_OK, gathered.report.status);
    gathered_free(&gathered);
}

static void test_nothing_to_see(void **state) {
    struct gathered gathered = gather(bp_collect_rocm, *state);
    assert_int_equal(BP_STATUS_ABSENT, gathered.report.status);
    assert_non_null(reason_at(&gathered, "/rocm/gpus"));
    assert_non_null(reason_at(&gathered, "/rocm/kfd"));
    assert_non_null(reason_at(&gathered, "/rocm/kernel_module"));
    assert_null(bp_json_at(gathered.snapshot, "/rocm/gpus"));
    gathered_free(&gathered);
}

#define ON_SCRATCH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_target_names), ON_SCRATCH(test_whole_and_partial_installation),
        ON_SCRATCH(test_variables),          ON_SCRATCH(test_gpus),
        ON_SCRATCH(test_nothing_to_see),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
