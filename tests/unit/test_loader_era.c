/* Which era a bitsandbytes belongs to. Expected eras: the releases each rewrite shipped in. */
#include "tests/unit/loader_snapshot.h"

static void expect_era(const char *version, const char *markers, const char *era) {
    cJSON *snapshot = machine_with(version, TORCH_CPU, DRIVER_NONE, "");
    if (markers) {
        put_json(snapshot, "/bitsandbytes/markers", markers);
    }
    cJSON *answer = bp_loader_judge(snapshot);
    if (strcmp(shown(answer, "era"), era) != 0) {
        fail_msg("%s: era %s, expected %s", version ? version : "no version", shown(answer, "era"),
                 era);
    }
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
}

/* Both ends of every era, and the post releases between. */
static void test_releases(void **state) {
    (void)state;
    static const char *const releases[][2] = {
        {"0.34.0", "-"},
        {"0.35.0", "cudart-singleton"},
        {"0.35.4", "cudart-singleton"},
        {"0.36.0", "cudasetup-cudart"},
        {"0.36.0.post2", "cudasetup-cudart"},
        {"0.40.0.post4", "cudasetup-cudart"},
        {"0.40.1", "cudasetup-torch"},
        {"0.41.3.post2", "cudasetup-torch"},
        {"0.42.0", "cudasetup-torch"},
        {"0.43.0", "cudasetup-torch-os"},
        {"0.43.1", "native-none-v1"},
        {"0.43.3", "native-none-v1"},
        {"0.44.0", "native-none-v2"},
        {"0.44.1", "native-none-v2"},
        {"0.45.0", "native-none-v3"},
        {"0.45.5", "native-none-v3"},
        {"0.46.0", "native-mock"},
        {"0.46.1", "native-mock"},
        {"0.47.0", "native-mock-rocm"},
        {"0.48.0", "native-mock-v2"},
        {"0.48.2", "native-mock-v2"},
        {"0.49.0", "native-mock-v3"},
        {"0.49.2", "native-mock-v3"},
        {"0.50.0", "native-best-match-v2"},
        {"0.50.2", "native-best-match-v2"},
        {"0.50.2.dev0", "native-best-match-v2"},
        {"0.51.0", "native-best-match-v2"},
    };
    for (size_t i = 0; i < sizeof releases / sizeof *releases; i++) {
        expect_era(releases[i][0], NULL, releases[i][1]);
    }
}

#define OLDEST "{'cuda_setup_main':true,'cuda_setup_paths':true,'cuda_specs':false}"
#define NATIVE_NONE                                                                                \
    "{'cuda_setup_main':false,'cuda_specs':true,'ops':false,'backends':false,"                     \
    "'py_typed':false}"
#define MOCK                                                                                       \
    "{'cuda_setup_main':false,'cuda_specs':true,'ops':true,'backends':true,"                       \
    "'py_typed':false,'backends_mps':false}"
#define TYPED_MOCK                                                                                 \
    "{'cuda_setup_main':false,'cuda_specs':true,'ops':true,'backends':true,"                       \
    "'py_typed':true,'backends_mps':false}"
#define NEWEST                                                                                     \
    "{'cuda_setup_main':false,'cuda_specs':true,'ops':true,'backends':true,"                       \
    "'py_typed':true,'backends_mps':true}"
#define FORK                                                                                       \
    "{'cuda_setup_main':false,'cuda_specs':true,'ops':false,'backends':true,"                      \
    "'npu_specs':true}"

static void test_files_decide_without_a_version(void **state) {
    (void)state;
    expect_era(NULL, NULL, "-");
    expect_era(NULL, OLDEST, "cudart-singleton");
    expect_era(NULL, NEWEST, "native-best-match-v2");
    /* 0.48.0 to 0.49.2 choose alike; 0.43.1 to 0.45.5 do not. */
    expect_era(NULL, TYPED_MOCK, "native-mock-v2");
    expect_era(NULL, NATIVE_NONE, "-");
    expect_era("nonsense", NEWEST, "native-best-match-v2");
}

/* A development version lies between two releases: its files say on which side of a rewrite. */
static void test_development_versions(void **state) {
    (void)state;
    expect_era("0.46.0.dev0", MOCK, "native-mock");
    expect_era("0.46.0.dev0", NATIVE_NONE, "native-none-v3");
    expect_era("0.46.0.dev0", NULL, "native-mock");
    expect_era("0.44.1.dev0", NATIVE_NONE, "native-none-v2");
    expect_era("0.44.1.dev0+gabcdef", NATIVE_NONE, "native-none-v2");
    expect_era("0.44.1.dev0", FORK, "multi-backend");
    expect_era("0.50.2.dev0", NEWEST, "native-best-match-v2");
}

/* pip's metadata may belong to another copy: the files that are imported decide. */
static void test_files_against_the_version(void **state) {
    (void)state;
    expect_era("0.45.5", OLDEST, "cudart-singleton");
    expect_era("0.45.5", NEWEST, "native-best-match-v2");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_releases),
        cmocka_unit_test(test_files_decide_without_a_version),
        cmocka_unit_test(test_development_versions),
        cmocka_unit_test(test_files_against_the_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
