/* What must give no finding at all: machines in order, and machines about which little is known. */
#include "checks/catalogue.h"
#include "checks/check.h"
#include "loader_snapshot.h"

/* Deletes the snapshot. */
static void assert_quiet(cJSON *snapshot, const char *outcome) {
    struct bp_catalogue *catalogue = bp_catalogue_builtin();
    cJSON *answer = bp_check(snapshot, NULL, catalogue);
    const cJSON *finding;
    assert_string_equal(shown(bp_json_get(answer, "loader"), "outcome"), outcome);
    cJSON_ArrayForEach(finding, bp_json_get(answer, "findings")) {
        print_error("%s is found: %s\n", shown(finding, "pattern"), shown(finding, "says"));
    }
    assert_null(bp_json_get(answer, "findings")->child);
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
    bp_catalogue_free(catalogue);
}

#define MODERN                                                                                     \
    "{'cuda_setup_main':false,'cuda_specs':true,'ops':true,'backends':true,'py_typed':true}"
#define PACKAGES                                                                                   \
    "{'torch':[{'version':'2.8.0'}],'transformers':[{'version':'5.1.0'}],"                         \
    "'accelerate':[{'version':'1.12.0'}],'tensorflow':[{'version':'2.16.1'}],'jax':[]}"

static cJSON *modern(const char *version, const char *torch, const char *driver,
                     const char *libraries) {
    cJSON *snapshot = machine_with(version, torch, driver, libraries);
    put_json(snapshot, "/bitsandbytes/markers", MODERN);
    put_json(snapshot, "/bitsandbytes/sources", "[]");
    put_json(snapshot, "/python/interpreters/0/packages", PACKAGES);
    put_json(snapshot, "/python/interpreters/0/version", "'3.12.3'");
    put_json(snapshot, "/rocm", "{'installations':[],'variables':[],'gpus':[]}");
    return snapshot;
}

#define BOTH "libbitsandbytes_cuda128.so libbitsandbytes_cpu.so"

static void test_gpu(void **state) {
    (void)state;
    assert_quiet(modern("0.50.1", TORCH_CUDA("12.8"), DRIVER("8.9"), BOTH), "loads");
    assert_quiet(modern("0.49.2", TORCH_CUDA("12.8"), DRIVER("12.0"), BOTH), "loads");
    assert_quiet(modern("0.50.1", TORCH_CUDA("12.9"), DRIVER("9.0"), BOTH), "loads-fallback");
}

static void test_no_gpu(void **state) {
    (void)state;
    assert_quiet(modern("0.50.1", TORCH_CPU, DRIVER_NONE, BOTH), "cpu-only");
    assert_quiet(modern("0.49.2", TORCH_CUDA("12.8"), DRIVER_NONE, BOTH), "cpu-only");
}

/* CUDA 13 and an old CMake harm nobody who does not build from source. */
static void test_tools_for_another_purpose(void **state) {
    (void)state;
    cJSON *snapshot = modern("0.50.1", TORCH_CUDA("12.8"), DRIVER("8.9"), BOTH);
    put_json(snapshot, "/tools",
             "{'cmake':{'path':'/usr/bin/cmake','version':'3.28.3'},"
             "'nvcc':{'path':'/usr/local/cuda/bin/nvcc','version':'13.0'}}");
    assert_quiet(snapshot, "loads");
}

static void test_process_of_the_package_in_use(void **state) {
    (void)state;
    cJSON *snapshot = modern("0.50.1", TORCH_CUDA("12.8"), DRIVER("8.9"), BOTH);
    put_json(snapshot, "/bitsandbytes/installed_at", "'2026-03-01T09:00:00Z'");
    put_json(snapshot, "/session",
             "{'notebook':'jupyter','processes':[{'pid':5,'started_at':'2026-03-01T10:00:00Z',"
             "'interpreter':true,'libraries':[{'path':'/site/bitsandbytes/"
             "libbitsandbytes_cuda128.so','deleted':false,'same_file':true}]}]}");
    assert_quiet(snapshot, "loads");
}

static void test_without_bitsandbytes(void **state) {
    (void)state;
    cJSON *snapshot = modern("0.50.1", TORCH_CUDA("12.8"), DRIVER("8.9"), "");
    put_json(snapshot, "/bitsandbytes", "{'installed':false,'sources':[]}");
    assert_quiet(snapshot, "not-installed");
}

static void test_nothing_known(void **state) {
    (void)state;
    assert_quiet(document_of("{}"), "cannot-tell");
    assert_quiet(document_of("{'host':null,'bitsandbytes':{'installed':true,'version':null},"
                             "'python':{'interpreters':[]},'collectors':{}}"),
                 "cannot-tell");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gpu),
        cmocka_unit_test(test_no_gpu),
        cmocka_unit_test(test_tools_for_another_purpose),
        cmocka_unit_test(test_process_of_the_package_in_use),
        cmocka_unit_test(test_without_bitsandbytes),
        cmocka_unit_test(test_nothing_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
