/*
 * The outcome of opening the chosen library, what a person sees of it in each era, and that
 * what is not known stays so. Messages are those that each era's code prints.
 */
#include "tests/unit/loader_snapshot.h"

#include "checks/catalogue.h"
#include "checks/check.h"

#define CPU "libbitsandbytes_cpu.so"
#define CUDA124 "libbitsandbytes_cuda124.so"
#define PATH_OF(name) "/site/bitsandbytes/" name
#define NO_SUCH_FILE ": cannot open shared object file: No such file or directory"

static cJSON *judge_and_delete(cJSON *snapshot) {
    cJSON *answer = bp_loader_judge(snapshot);
    cJSON_Delete(snapshot);
    return answer;
}

static void expect_outcome(const cJSON *answer, const char *outcome, const char *sees) {
    if (strcmp(shown(answer, "outcome"), outcome) != 0 ||
        (sees && !strstr(shown(answer, "user_sees"), sees))) {
        fail_msg("%s, seen as: %s; expected %s, seen as: %s", shown(answer, "outcome"),
                 shown(answer, "user_sees"), outcome, sees ? sees : "anything");
    }
    /* An outcome is always put into words. */
    assert_true(strlen(shown(answer, "outcome_says")) > 10);
}

/* A machine that would load the file for CUDA 12.4, with a member of that file replaced. */
static cJSON *machine_with_file(const char *version, const char *member, const char *value) {
    cJSON *snapshot = machine_with(version, TORCH_CUDA("12.4"), DRIVER("8.6"), CUDA124 " " CPU);
    char *pointer = bp_format("/bitsandbytes/native_libraries/0/%s", member);
    put_json(snapshot, pointer, value);
    free(pointer);
    return snapshot;
}

static void expect_with_file(const char *version, const char *member, const char *value,
                             const char *outcome, const char *sees) {
    cJSON *answer = judge_and_delete(machine_with_file(version, member, value));
    expect_outcome(answer, outcome, sees);
    cJSON_Delete(answer);
}

/* --- before any file matters --- */

static void test_nothing_installed(void **state) {
    (void)state;
    cJSON *snapshot = machine_with(NULL, TORCH_CPU, DRIVER_NONE, "");
    put_json(snapshot, "/bitsandbytes", "{'installed':false}");
    cJSON *answer = bp_loader_judge(snapshot);
    expect_outcome(answer, "not-installed", "No module named 'bitsandbytes'");
    cJSON_Delete(answer);
    /* #1632 */
    put_json(snapshot, "/python/interpreters/0/shadowing",
             "[{'package':'bitsandbytes','kind':'namespace-folder'}]");
    answer = judge_and_delete(snapshot);
    expect_outcome(answer, "not-installed", "has no attribute 'nn'");
    cJSON_Delete(answer);
}

static void test_torch_missing(void **state) {
    (void)state;
    cJSON *snapshot = machine_with("0.49.2", TORCH_UNKNOWN, DRIVER_NONE, CPU);
    put_json(snapshot, "/python/interpreters/0/packages/torch", "[]");
    cJSON *answer = judge_and_delete(snapshot);
    expect_outcome(answer, "torch-missing", "No module named 'torch'");
    cJSON_Delete(answer);
}

static void expect_unknown(cJSON *snapshot) {
    cJSON *answer = judge_and_delete(snapshot);
    expect_outcome(answer, "cannot-tell", NULL);
    assert_string_equal(shown(answer, "user_sees"), "-");
    cJSON_Delete(answer);
}

static void test_what_is_not_known_stays_so(void **state) {
    (void)state;
    expect_unknown(document_of("{}"));
    expect_unknown(document_of("{'bitsandbytes':null,'python':null}"));
    expect_unknown(machine_with("0.49.2", TORCH_UNKNOWN, DRIVER("8.6"), CPU));
    expect_unknown(machine_with("0.49.2", TORCH_CUDA("12.4"), DRIVER_UNKNOWN, CPU));
    expect_unknown(machine_with(NULL, TORCH_CPU, DRIVER_NONE, CPU));
    static const char *const pointers[] = {
        "/host/os", "/bitsandbytes/native_libraries", "/bitsandbytes/native_libraries/0/format",
        "/bitsandbytes/native_libraries/0/machine", "/bitsandbytes/native_libraries/0/needed"};
    for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++) {
        cJSON *snapshot = machine_with("0.49.2", TORCH_CPU, DRIVER_NONE, CPU);
        put_json(snapshot, pointers[i], "null");
        expect_unknown(snapshot);
    }
}

/* --- the file itself --- */

static void test_wrong_architecture(void **state) {
    (void)state;
    /* #232: the message says that the file is not there, although it is. */
    expect_with_file("0.42.0", "machine", "'aarch64'", "wrong-architecture",
                     PATH_OF(CUDA124) NO_SUCH_FILE);
    expect_with_file("0.45.5", "machine", "'aarch64'", "wrong-architecture",
                     "Could not load bitsandbytes native library: " PATH_OF(CUDA124) NO_SUCH_FILE);
    expect_with_file("0.46.1", "machine", "'aarch64'", "wrong-architecture",
                     "CUDA SETUP ERROR: Missing dependency: " PATH_OF(CUDA124));
    expect_with_file("0.46.1", "machine", "'AMD64'", "loads", NULL);
}

static void test_interpreter_decides_the_machine(void **state) {
    (void)state;
    cJSON *snapshot = machine_with_file("0.45.5", "machine", "'x86_64'");
    put_json(snapshot, "/python/interpreters/0/machine", "'i686'");
    put_json(snapshot, "/python/interpreters/0/bits", "32");
    cJSON *answer = judge_and_delete(snapshot);
    expect_outcome(answer, "wrong-architecture", NULL);
    cJSON_Delete(answer);
}

static void test_wrong_format(void **state) {
    (void)state;
    expect_with_file("0.45.5", "format", "'pe'", "wrong-format", "invalid ELF header");
    expect_with_file("0.45.5", "error", "'shorter than its headers'", "wrong-format", NULL);
    cJSON *snapshot = machine_with("0.42.0", TORCH_CPU, DRIVER_NONE, CPU);
    put_json(snapshot, "/host/os", "'macos'");
    cJSON *answer = judge_and_delete(snapshot);
    expect_outcome(answer, "wrong-format", NULL);
    cJSON_Delete(answer);
    snapshot = machine_with("0.42.0", TORCH_CUDA("12.4"), DRIVER("8.6"), CUDA124);
    put_json(snapshot, "/host/os", "'windows'");
    answer = judge_and_delete(snapshot);
    expect_outcome(answer, "wrong-format", "WinError 193");
    cJSON_Delete(answer);
}

/* --- what it needs --- */

static cJSON *machine_without_cusparse(const char *version) {
    cJSON *snapshot = machine_with_file(version, "needed", "['libcusparse.so.12','libc.so.6']");
    put_json(snapshot, "/libraries", "{'candidates':{'libcusparse.so.12':[]}}");
    return snapshot;
}

static void test_dependency_missing(void **state) {
    (void)state;
    static const char *const eras[][2] = {
        {"0.42.0", "CUDA Setup failed despite GPU being available"},
        {"0.43.3", "CUDA Setup failed despite CUDA being available"},
        {"0.45.5", "Could not load bitsandbytes native library: libcusparse.so.12" NO_SUCH_FILE},
        {"0.46.1", "CUDA SETUP ERROR: Missing dependency: libcusparse.so.12"},
        {"0.49.2", "bitsandbytes library load error: libcusparse.so.12" NO_SUCH_FILE},
    };
    for (size_t i = 0; i < sizeof eras / sizeof *eras; i++) {
        cJSON *answer = judge_and_delete(machine_without_cusparse(eras[i][0]));
        expect_outcome(answer, "dependency-missing", eras[i][1]);
        assert_string_equal(bp_json_text_at(answer, "/missing/0"), "libcusparse.so.12");
        assert_null(bp_json_at(answer, "/missing/1"));
        cJSON_Delete(answer);
    }
}

/* glibc says "cannot open ..." of what is missing before it looks at any version. */
static void test_missing_comes_before_versions(void **state) {
    (void)state;
    cJSON *snapshot = machine_without_cusparse("0.45.5");
    put_json(snapshot, "/bitsandbytes/native_libraries/0/version_needs",
             "[{'library':'libc.so.6','versions':['GLIBC_2.38']}]");
    cJSON *answer = judge_and_delete(snapshot);
    expect_outcome(answer, "dependency-missing", NULL);
    cJSON_Delete(answer);
}

/* #1610, #1638: 0.45.x for CUDA 12.6 and 12.8 needs GLIBC_2.34. */
static void test_libc_too_old(void **state) {
    (void)state;
    static const char *const systems[][2] = {{"'2.31'", "libc-too-old"},
                                             {"'2.34'", "loads"},
                                             {"'2.4'", "libc-too-old"},
                                             {"null", "cannot-tell"}};
    for (size_t i = 0; i < sizeof systems / sizeof *systems; i++) {
        cJSON *snapshot = machine_with_file("0.45.5", "needed", "['libc.so.6']");
        put_json(snapshot, "/bitsandbytes/native_libraries/0/version_needs",
                 "[{'library':'libc.so.6','versions':['GLIBC_2.14','GLIBC_2.34','GLIBC_2.3']}]");
        put_json(snapshot, "/host/libc/version", systems[i][0]);
        cJSON *answer = judge_and_delete(snapshot);
        expect_outcome(answer, systems[i][1],
                       i == 0 ? "/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found "
                                "(required by " PATH_OF(CUDA124) ")"
                              : NULL);
        cJSON_Delete(answer);
    }
}

static void test_another_libc(void **state) {
    (void)state;
    cJSON *snapshot = machine_with_file("0.45.5", "needed", "['libc.so.6']");
    put_json(snapshot, "/host/libc", "{'name':'musl','version':'1.2.4'}");
    cJSON *answer = judge_and_delete(snapshot);
    expect_outcome(answer, "dependency-missing", NULL);
    cJSON_Delete(answer);
}

/* --- functions of another release --- */

static void test_symbols_of_another_release(void **state) {
    (void)state;
    /* A library of 0.50 under older Python files. */
    expect_with_file("0.42.0", "symbols", "{'get_cusparse':false,'cadam32bit_grad_fp32':true}",
                     "symbol-missing", "compiled without GPU support");
    expect_with_file("0.45.5", "symbols", "{'get_cusparse':false}", "symbol-missing",
                     "undefined symbol: get_cusparse");
    expect_with_file("0.49.2", "symbols", "{'get_cusparse':false}", "symbol-missing",
                     "bitsandbytes library load error");
    /* 0.50 does not need it, but needs what older libraries lack. */
    expect_with_file("0.50.0", "symbols", "{'get_cusparse':false,'cgemm_4bit_fp16':true}", "loads",
                     NULL);
    expect_with_file("0.50.0", "symbols", "{'cgemm_4bit_fp16':false}", "symbol-missing",
                     "Method 'cgemm_4bit_fp16' not available in CPU-only version");
    /* A symbol that was not looked for is no evidence. */
    expect_with_file("0.49.2", "symbols", "{}", "loads", NULL);
}

/* --- what is seen where no file is loaded --- */

static void expect_missing(const char *version, const char *libraries, const char *sees) {
    cJSON *answer =
        judge_and_delete(machine_with(version, TORCH_CUDA("12.4"), DRIVER("8.6"), libraries));
    expect_outcome(answer, "file-missing", sees);
    cJSON_Delete(answer);
}

static void test_file_missing(void **state) {
    (void)state;
    expect_missing("0.42.0", CPU, "RuntimeError: CUDA Setup failed despite GPU being available.");
    /* The real cause is hidden: the message names the CPU file. */
    expect_missing("0.45.5", "", "native library: " PATH_OF(CPU) NO_SUCH_FILE);
    expect_missing("0.46.1", CPU, "Forgot to compile the bitsandbytes library?");
    expect_missing("0.49.2", CPU " libbitsandbytes_cuda118.so", "CUDA VERSION MISMATCH");
    expect_missing("0.49.2", CPU " libbitsandbytes_cuda118.so",
                   "Configured CUDA binary not found at " PATH_OF(CUDA124));
    /* 0.50 words it anew, and its own heading for it can no longer appear. */
    expect_missing("0.50.0", CPU " libbitsandbytes_cuda118.so",
                   "No compatible CUDA binary found at " PATH_OF(CUDA124));
    expect_missing("0.50.0", CPU " libbitsandbytes_cuda118.so",
                   "Attempted to use bitsandbytes native library functionality");
}

static void test_cpu_failure_is_silent_since_0_48(void **state) {
    (void)state;
    static const char *const eras[][2] = {
        {"0.45.5", "Could not load bitsandbytes native library"},
        {"0.47.0", "Missing dependency: " PATH_OF(CPU)},
        {"0.48.0", "Nothing: import bitsandbytes succeeds"},
        {"0.50.0", "XPU/CPU can run without native library."},
    };
    for (size_t i = 0; i < sizeof eras / sizeof *eras; i++) {
        cJSON *answer = judge_and_delete(machine_with(eras[i][0], TORCH_CPU, DRIVER_NONE, ""));
        expect_outcome(answer, "file-missing", eras[i][1]);
        cJSON_Delete(answer);
    }
}

/* What is done without in silence is no problem, but slower; a driver that is too old is one. */
static void test_verdict_on_silence(void **state) {
    (void)state;
    static const struct {
        const char *version;
        const char *torch;
        const char *verdict;
        bool silent;
    } cases[] = {
        {"0.49.2", TORCH_CPU, "ok", true},
        {"0.47.0", TORCH_CPU, "problem", false},
        {"0.50.2", TORCH_XPU("20250101"), "ok", true},
        {"0.45.5", TORCH_CPU, "problem", false},
        /* A ROCm build of torch stays ROCm for bitsandbytes, GPU or not. */
        {"0.49.2", "{'version':'2.9.0','cuda':null,'hip':'7.1.0','build_known':true}", "problem",
         false},
    };
    struct bp_catalogue *catalogue = bp_catalogue_builtin();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cJSON *snapshot = machine_with(cases[i].version, cases[i].torch, DRIVER_NONE, "");
        put_json(snapshot, "/rocm", "{'kfd':{'present':false}}");
        cJSON *answer = bp_check(snapshot, NULL, catalogue);
        assert_string_equal(bp_json_text_at(answer, "/loader/outcome"), "file-missing");
        assert_int_equal(bp_json_is_true(bp_json_get(answer, "loader"), "silent"), cases[i].silent);
        assert_string_equal(shown(answer, "verdict"), cases[i].verdict);
        cJSON_Delete(answer);
        cJSON_Delete(snapshot);
    }
    bp_catalogue_free(catalogue);
}

/* libgomp is needed by the CPU library since 0.49.0: without it, slower, and nothing said. */
static void test_silent_dependency(void **state) {
    (void)state;
    struct bp_catalogue *catalogue = bp_catalogue_builtin();
    cJSON *snapshot = machine_with("0.49.2", TORCH_CPU, DRIVER_NONE, CPU);
    put_json(snapshot, "/bitsandbytes/native_libraries/0/needed", "['libgomp.so.1']");
    put_json(snapshot, "/libraries", "{'candidates':{'libgomp.so.1':[]}}");
    cJSON *answer = bp_check(snapshot, NULL, catalogue);
    assert_string_equal(bp_json_text_at(answer, "/loader/outcome"), "dependency-missing");
    assert_string_equal(shown(answer, "verdict"), "ok");
    assert_string_equal(bp_json_text_at(answer, "/findings/0/severity"), "warning");
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
    bp_catalogue_free(catalogue);
}

static cJSON *rocm_machine(const char *version, const char *libraries) {
    cJSON *snapshot =
        machine_with(version, "{'version':'2.8.0','cuda':null,'hip':'6.3.4','build_known':true}",
                     DRIVER_NONE, libraries);
    put_json(snapshot, "/rocm",
             "{'kfd':{'present':true,'may_use':true},'gpus':[{'gfx':'gfx1100'}]}");
    return snapshot;
}

/* Wheels had no ROCm library up to 0.48.2; the texts name the backend since 0.47.0. */
static void test_rocm_texts(void **state) {
    (void)state;
    static const char *const eras[][4] = {
        {"0.45.5", CUDA124, "setup-error", "'NoneType' object has no attribute 'split'"},
        {"0.46.1", CUDA124, "file-missing", "Configured CUDA binary not found at"},
        {"0.46.1", CUDA124, "file-missing", "CUDA VERSION MISMATCH"},
        {"0.47.0", CUDA124, "file-missing", "Configured ROCm binary not found at"},
        {"0.47.0", CUDA124, "file-missing", "If you are using Intel CPU/XPU"},
        /* CUDA files are no ROCm versions that it could list. */
        {"0.48.2", CUDA124, "file-missing", "Forgot to compile the bitsandbytes library?"},
        {"0.49.2", "libbitsandbytes_rocm72.so", "file-missing", "ROCm VERSION MISMATCH"},
        {"0.50.0", CUDA124, "file-missing", "No compatible ROCm binary found at"},
        {"0.50.0", CUDA124, "file-missing", "Attempted to use bitsandbytes native library"},
    };
    for (size_t i = 0; i < sizeof eras / sizeof *eras; i++) {
        cJSON *answer = judge_and_delete(rocm_machine(eras[i][0], eras[i][1]));
        expect_outcome(answer, eras[i][2], eras[i][3]);
        cJSON_Delete(answer);
    }
}

/* The previews' own words. */
static void test_texts_of_the_previews(void **state) {
    (void)state;
    static const char *const cases[][3] = {
        {"", "file-missing", "ROCm Setup failed despite ROCm being available."},
        {"", "file-missing", "please pip install intel_extension_for_pytorch"},
        {CPU, "loads-fallback", "Could not find the bitsandbytes ROCm binary at"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cJSON *snapshot = rocm_machine("0.44.1.dev0", cases[i][0]);
        put_json(snapshot, "/bitsandbytes/markers", "{'npu_specs':true,'backends':true}");
        cJSON *answer = judge_and_delete(snapshot);
        expect_outcome(answer, cases[i][1], cases[i][2]);
        assert_null(strstr(shown(answer, "user_sees"), "compiled without GPU support"));
        cJSON_Delete(answer);
    }
}

/* Without a GPU and without the CPU file, up to 0.43.0: the line it prints. */
static void test_nothing_to_load_in_old_eras(void **state) {
    (void)state;
    static const char *const eras[][2] = {
        {"0.41.0", "'NoneType' object has no attribute 'cadam32bit_grad_fp32'"},
        {"0.38.1", "compiled without GPU support"},
        {"0.46.1", "CUDA unknown.x runtime libraries were not found"},
    };
    for (size_t i = 0; i < sizeof eras / sizeof *eras; i++) {
        cJSON *answer = judge_and_delete(machine_with(eras[i][0], TORCH_CPU, DRIVER_NONE, ""));
        expect_outcome(answer, "file-missing", eras[i][1]);
        cJSON_Delete(answer);
    }
}

static void test_setup_error(void **state) {
    (void)state;
    cJSON *snapshot = machine_with("0.50.0", TORCH_CUDA("12.4"), DRIVER("8.6"), CUDA124);
    set_variable(snapshot, "BNB_CUDA_VERSION", "");
    cJSON *answer = judge_and_delete(snapshot);
    expect_outcome(answer, "setup-error", "BNB_CUDA_VERSION='': value must be digits only");
    cJSON_Delete(answer);
}

/* --- what is seen where a file is loaded --- */

static void test_cpu_library_loads(void **state) {
    (void)state;
    static const char *const eras[][2] = {
        {"0.38.1", "compiled without GPU support"},
        {"0.42.0", "undefined symbol: cadam32bit_grad_fp32"},
        {"0.45.5", "name 'str2optimizer32bit' is not defined"},
        {"0.46.1", "not available in CPU-only version"},
        {"0.46.1", "compiled without GPU support"},
        {"0.47.0", "8-bit optimizer is not available on your device"},
        {"0.49.2", "not available in CPU-only version"},
    };
    for (size_t i = 0; i < sizeof eras / sizeof *eras; i++) {
        cJSON *answer = judge_and_delete(machine_with(eras[i][0], TORCH_CPU, DRIVER_NONE, CPU));
        expect_outcome(answer, "cpu-only", eras[i][1]);
        cJSON_Delete(answer);
    }
}

static void test_fallback_is_told(void **state) {
    (void)state;
    cJSON *answer =
        judge_and_delete(machine_with("0.45.5", TORCH_CUDA("12.8"), DRIVER("8.6"), CPU));
    expect_outcome(answer, "loads-fallback", "Could not find the bitsandbytes CUDA binary at");
    cJSON_Delete(answer);
    answer = judge_and_delete(machine_with("0.50.0", TORCH_CUDA("12.5"), DRIVER("8.6"), CUDA124));
    expect_outcome(answer, "loads-fallback", "No prebuilt binary for CUDA");
    cJSON_Delete(answer);
}

/* The CPU library in place of a GPU one is a problem; the best match of one major is none. */
static void test_verdict_on_a_fallback(void **state) {
    (void)state;
    static const struct {
        const char *version;
        const char *libraries;
        const char *variable;
        const char *verdict;
    } cases[] = {
        {"0.45.5", CPU, NULL, "problem"},
        {"0.50.0", CUDA124, NULL, "ok"},
        {"0.50.0", CUDA124, "12.4", "problem"},
    };
    struct bp_catalogue *catalogue = bp_catalogue_builtin();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cJSON *snapshot =
            machine_with(cases[i].version, TORCH_CUDA("12.5"), DRIVER("8.6"), cases[i].libraries);
        if (cases[i].variable) {
            set_variable(snapshot, "BNB_CUDA_VERSION", cases[i].variable);
        }
        cJSON *answer = bp_check(snapshot, NULL, catalogue);
        assert_string_equal(shown(answer, "verdict"), cases[i].verdict);
        cJSON_Delete(answer);
        cJSON_Delete(snapshot);
    }
    bp_catalogue_free(catalogue);
}

/* Every library of the package is judged, whichever is chosen. */
static void test_every_file_is_judged(void **state) {
    (void)state;
    cJSON *snapshot = machine_with("0.45.5", TORCH_CUDA("12.8"), DRIVER("8.6"),
                                   CPU " " CUDA124 " libbitsandbytes_cuda118.so");
    put_json(snapshot, "/bitsandbytes/native_libraries/2/machine", "'aarch64'");
    cJSON *answer = judge_and_delete(snapshot);
    assert_string_equal(bp_json_text_at(answer, "/files/0/role"), "fallback");
    assert_string_equal(bp_json_text_at(answer, "/files/0/outcome"), "loads");
    assert_string_equal(bp_json_text_at(answer, "/files/1/role"), "other");
    assert_string_equal(bp_json_text_at(answer, "/files/2/outcome"), "wrong-architecture");
    cJSON_Delete(answer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_installed),
        cmocka_unit_test(test_torch_missing),
        cmocka_unit_test(test_what_is_not_known_stays_so),
        cmocka_unit_test(test_wrong_architecture),
        cmocka_unit_test(test_interpreter_decides_the_machine),
        cmocka_unit_test(test_wrong_format),
        cmocka_unit_test(test_dependency_missing),
        cmocka_unit_test(test_missing_comes_before_versions),
        cmocka_unit_test(test_libc_too_old),
        cmocka_unit_test(test_another_libc),
        cmocka_unit_test(test_symbols_of_another_release),
        cmocka_unit_test(test_file_missing),
        cmocka_unit_test(test_cpu_failure_is_silent_since_0_48),
        cmocka_unit_test(test_verdict_on_silence),
        cmocka_unit_test(test_silent_dependency),
        cmocka_unit_test(test_rocm_texts),
        cmocka_unit_test(test_texts_of_the_previews),
        cmocka_unit_test(test_nothing_to_load_in_old_eras),
        cmocka_unit_test(test_setup_error),
        cmocka_unit_test(test_cpu_library_loads),
        cmocka_unit_test(test_fallback_is_told),
        cmocka_unit_test(test_verdict_on_a_fallback),
        cmocka_unit_test(test_every_file_is_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
