/*
 * What keeps the import from working beside a native library: each release with the torch,
 * the Python and the modules with which its own code cannot be imported.
 */
#include "tests/unit/loader_snapshot.h"

#define CPU "libbitsandbytes_cpu.so"

static void expect(const char *version, const char *pointer, const char *value, const char *outcome,
                   const char *sees) {
    cJSON *snapshot = machine_with(version, TORCH_CPU, DRIVER_NONE, CPU);
    put_json(snapshot, pointer, value);
    cJSON *answer = bp_loader_judge(snapshot);
    if (strcmp(shown(answer, "outcome"), outcome) != 0 ||
        (sees && !strstr(shown(answer, "user_sees"), sees))) {
        fail_msg("%s with %s: %s, seen as: %s; expected %s, %s", version, value,
                 shown(answer, "outcome"), shown(answer, "user_sees"), outcome, sees ? sees : "");
    }
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
}

static void expect_package(const char *version, const char *package, const char *copies,
                           const char *outcome, const char *sees) {
    char *pointer = bp_format("/python/interpreters/0/packages/%s", package);
    expect(version, pointer, copies, outcome, sees);
    free(pointer);
}

static void test_scipy(void **state) {
    (void)state;
    static const char error[] = "ModuleNotFoundError: No module named 'scipy'";
    expect_package("0.39.0", "scipy", "[]", "python-dependency-missing", error);
    expect_package("0.41.3.post2", "scipy", "[]", "python-dependency-missing", error);
    expect_package("0.41.3", "scipy", "[{'version':'1.11.0'}]", "cpu-only", NULL);
    expect_package("0.41.3", "scipy", "null", "cpu-only", NULL);
    /* Imported where it is used: before 0.39.0 not at all, since 0.42.0 in one function. */
    expect_package("0.38.1", "scipy", "[]", "cpu-only", NULL);
    expect_package("0.42.0", "scipy", "[]", "cpu-only", NULL);
}

static void test_triton_ops(void **state) {
    (void)state;
    static const char error[] = "ModuleNotFoundError: No module named 'triton.ops'";
    expect_package("0.45.0", "triton", "[{'version':'3.2.0'}]", "python-dependency-missing", error);
    expect_package("0.42.0", "triton", "[{'version':'3.6.0'}]", "python-dependency-missing", error);
    expect_package("0.43.3", "triton-windows", "[{'version':'3.2.0.post11'}]",
                   "python-dependency-missing", error);
    expect_package("0.45.0", "triton", "[{'version':'3.1.0'}]", "cpu-only", NULL);
    expect_package("0.38.1", "triton", "[{'version':'3.6.0'}]", "python-dependency-missing", error);
    expect_package("0.38.0", "triton", "[{'version':'3.6.0'}]", "cpu-only", NULL);
    expect_package("0.45.0", "triton", "[]", "cpu-only", NULL);
    expect_package("0.45.1", "triton", "[{'version':'3.2.0'}]", "cpu-only", NULL);
}

/* triton 2 imports setuptools for it, which a virtual environment need not have. */
static void test_setuptools_for_triton(void **state) {
    (void)state;
    static const char *const cases[][3] = {
        {"[]", "'2.3.1'", "python-dependency-missing"},
        {"[{'version':'69.0'}]", "'2.3.1'", "cpu-only"},
        {"null", "'2.3.1'", "cpu-only"},
        {"[]", "'3.1.0'", "cpu-only"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cJSON *snapshot = machine_with("0.43.3", TORCH_CPU, DRIVER_NONE, CPU);
        put_json(snapshot, "/python/interpreters/0/packages/setuptools", cases[i][0]);
        put_json(snapshot, "/python/interpreters/0/packages/triton", "[{}]");
        put_json(snapshot, "/python/interpreters/0/packages/triton/0/version", cases[i][1]);
        cJSON *answer = bp_loader_judge(snapshot);
        assert_string_equal(shown(answer, "outcome"), cases[i][2]);
        cJSON_Delete(answer);
        cJSON_Delete(snapshot);
    }
}

static void test_old_torch(void **state) {
    (void)state;
    static const char pointer[] = "/python/interpreters/0/torch/version";
    expect("0.46.0", pointer, "'1.13.1'", "python-dependency-missing",
           "module 'torch.library' has no attribute 'impl_abstract'");
    expect("0.47.0", pointer, "'2.0.1'", "python-dependency-missing", "'impl_abstract'");
    expect("0.47.0", pointer, "'2.1.0+cpu'", "cpu-only", NULL);
    expect("0.45.2", pointer, "'1.13.1'", "python-dependency-missing", "torch._inductor");
    /* Asked after that, where torch sees no GPU. */
    expect("0.49.2", pointer, "'2.0.1'", "python-dependency-missing", "'impl_abstract'");
    expect("0.49.2", pointer, "'2.2.2+cpu'", "python-dependency-missing", "'_has_xpu'");
    expect("0.49.2", pointer, "'2.3.0+cpu'", "cpu-only", NULL);
    expect("0.50.0", pointer, "'2.3.1'", "python-dependency-missing",
           "module 'torch.library' has no attribute 'register_fake'");
    expect("0.50.0", pointer, "'2.4.0+cpu'", "cpu-only", NULL);
    expect("0.45.5", pointer, "'1.13.1'", "python-dependency-missing",
           "ModuleNotFoundError: No module named 'torch._inductor'");
    expect("0.45.1", pointer, "'1.13.1'", "cpu-only", NULL);
    expect("0.45.5", pointer, "'2.0.0'", "cpu-only", NULL);
    expect("0.50.0", pointer, "null", "cpu-only", NULL);
}

static void test_old_python(void **state) {
    (void)state;
    static const char pointer[] = "/python/interpreters/0/version";
    expect("0.46.0", pointer, "'3.8.20'", "python-dependency-missing",
           "TypeError: 'type' object is not subscriptable");
    expect("0.46.0", pointer, "'3.9.1'", "cpu-only", NULL);
    expect("0.45.5", pointer, "'3.8.20'", "cpu-only", NULL);
}

/* A library that fails ends the import of the old eras before triton is met. */
static void test_library_fails_first(void **state) {
    (void)state;
    static const char *const cases[][2] = {{"0.42.0", "file-missing"},
                                           {"0.43.3", "python-dependency-missing"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cJSON *snapshot = machine_with(cases[i][0], TORCH_CUDA("12.8"), DRIVER("8.6"), "");
        put_json(snapshot, "/python/interpreters/0/packages/triton", "[{'version':'3.3.0'}]");
        cJSON *answer = bp_loader_judge(snapshot);
        assert_string_equal(shown(answer, "outcome"), cases[i][1]);
        assert_string_equal(shown(answer, "asks_for"), "libbitsandbytes_cuda128.so");
        cJSON_Delete(answer);
        cJSON_Delete(snapshot);
    }
}

/* What pip would not have put together is said, and is no outcome by itself. */
static void test_requirements_are_noted(void **state) {
    (void)state;
    cJSON *snapshot = machine_with("0.49.2", TORCH_CPU, DRIVER_NONE, CPU);
    put_json(snapshot, "/python/interpreters/0/torch/version", "'2.2.1'");
    put_json(snapshot, "/python/interpreters/0/version", "'3.9.5'");
    put_json(snapshot, "/python/interpreters/0/packages/bitsandbytes/0/requires",
             "['torch<3,>=2.3','torchvision>=9','numpy>=1.17']");
    cJSON *answer = bp_loader_judge(snapshot);
    assert_string_equal(shown(answer, "outcome"), "python-dependency-missing");
    assert_true(gives_reason(answer, "It asks for torch<3,>=2.3, and this is torch 2.2.1."));
    assert_true(gives_reason(answer, "It asks for Python 3.10 or newer, and this is 3.9.5."));
    assert_false(gives_reason(answer, "vision"));
    assert_false(gives_reason(answer, "packaging"));
    cJSON_Delete(answer);
    put_json(snapshot, "/python/interpreters/0/torch/version", "'2.9.0+cpu'");
    put_json(snapshot, "/python/interpreters/0/version", "'3.10.2'");
    put_json(snapshot, "/python/interpreters/0/packages/packaging", "[]");
    answer = bp_loader_judge(snapshot);
    assert_false(gives_reason(answer, "It asks for torch"));
    assert_false(gives_reason(answer, "It asks for Python"));
    assert_true(gives_reason(answer, "It imports packaging, too, which is not installed."));
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scipy),
        cmocka_unit_test(test_triton_ops),
        cmocka_unit_test(test_setuptools_for_triton),
        cmocka_unit_test(test_old_torch),
        cmocka_unit_test(test_old_python),
        cmocka_unit_test(test_library_fails_first),
        cmocka_unit_test(test_requirements_are_noted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
