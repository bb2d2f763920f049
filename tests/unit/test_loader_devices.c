/*
 * Each GPU against the code inside the chosen library. What runs where is NVIDIA's and AMD's
 * rule: cubins within a major version from their minor version on, PTX on anything newer by
 * a driver as new as its toolkit, "a" on one device, "f" on a family; code objects on one
 * processor or a generic group. Holes named in comments are those of published wheels.
 */
#include "tests/unit/loader_snapshot.h"

#include "checks/catalogue.h"
#include "checks/check.h"

#define CUDA128 "libbitsandbytes_cuda128.so"
#define CPU "libbitsandbytes_cpu.so"

/* Puts "sm_70 sm_75 +compute_90 gfx90a:xnack-" at the library as its code. */
static void put_code(cJSON *snapshot, int library, const char *targets) {
    struct bp_strs words = {0};
    struct bp_str text = BP_STR_EMPTY;
    bp_str_add_char(&text, '[');
    bp_strs_split(&words, targets, ' ', false);
    for (size_t i = 0; i < words.count; i++) {
        const char *word = words.items[i];
        const char *kind = bp_starts_with(word, "gfx")       ? "hip"
                           : bp_starts_with(word, "compute") ? "ptx"
                                                             : "cubin";
        bp_str_addf(&text, "%s{'kind':'%s','target':'%s','compressed':true,'count':1}",
                    i ? "," : "", kind, word);
    }
    bp_str_add_char(&text, ']');
    char *pointer = bp_format("/bitsandbytes/native_libraries/%d/gpu_code", library);
    put_json(snapshot, pointer, text.data);
    free(pointer);
    bp_str_free(&text);
    bp_strs_free(&words);
}

static char *driver_with(const char *version, const char *capabilities) {
    struct bp_strs words = {0};
    struct bp_str text = BP_STR_EMPTY;
    bp_strs_split(&words, capabilities, ' ', false);
    bp_str_addf(&text,
                "{'library':{'status':'loaded'},'init':{'code':0},'version':'%s',"
                "'device_count':%zu,'devices':[",
                version, words.count);
    for (size_t i = 0; i < words.count; i++) {
        bp_str_addf(&text, "%s{'ordinal':%zu,'name':'Card %zu','compute_capability':'%s'}",
                    i ? "," : "", i, i, words.items[i]);
    }
    bp_str_add(&text, "]}");
    bp_strs_free(&words);
    return bp_str_detach(&text);
}

struct machine {
    const char *version;
    const char *cuda;
    const char *driver; /* the CUDA version that it supports */
    const char *capabilities;
    const char *code;
};

static cJSON *snapshot_of(const struct machine *machine) {
    char *torch = bp_format("{'version':'2.8.0','cuda':'%s','build_known':true}", machine->cuda);
    char *driver = driver_with(machine->driver, machine->capabilities);
    char *name = bp_format("libbitsandbytes_cuda%.2s%s.so", machine->cuda, machine->cuda + 3);
    cJSON *snapshot = machine_with(machine->version, torch, driver, name);
    if (machine->code) {
        put_code(snapshot, 0, machine->code);
    }
    free(name);
    free(driver);
    free(torch);
    return snapshot;
}

static cJSON *judge(cJSON *snapshot) {
    cJSON *answer = bp_loader_judge(snapshot);
    cJSON_Delete(snapshot);
    return answer;
}

static cJSON *judge_machine(const struct machine *machine) {
    return judge(snapshot_of(machine));
}

static const char *code_of(const cJSON *answer, int device) {
    char *pointer = bp_format("/devices/%d/code", device);
    const char *code = bp_json_text_at(answer, pointer);
    free(pointer);
    return code ? code : "-";
}

static void expect_code(const char *capability, const char *code, const char *driver,
                        const char *expected) {
    struct machine machine = {"0.49.2", "12.8", driver, capability, code};
    cJSON *answer = judge_machine(&machine);
    if (strcmp(code_of(answer, 0), expected) != 0) {
        fail_msg("%s in %s: %s; expected %s", capability, code, code_of(answer, 0), expected);
    }
    cJSON_Delete(answer);
}

/* --- cubins and PTX --- */

static void test_cubins(void **state) {
    (void)state;
    expect_code("8.0", "sm_80", "12.8", "native");
    /* Within a major version, from the minor version on: sm_80 on 8.6, 8.7 and 8.9. */
    expect_code("8.6", "sm_80", "12.8", "native");
    expect_code("8.7", "sm_80", "12.8", "native");
    expect_code("8.9", "sm_80", "12.8", "native");
    expect_code("8.0", "sm_86", "12.8", "none");
    expect_code("9.0", "sm_80 sm_89", "12.8", "none");
    expect_code("7.0", "sm_75", "12.8", "none");
    expect_code("12.1", "sm_120", "12.8", "native");
    expect_code("10.3", "sm_100", "12.9", "native");
    expect_code("10.0", "sm_103", "12.9", "none");
    expect_code("6.1", "", "12.8", "none");
}

static void test_architecture_specific_code(void **state) {
    (void)state;
    /* "a": that device alone. */
    expect_code("9.0", "sm_90a", "12.8", "native");
    expect_code("10.3", "sm_100a", "12.9", "none");
    expect_code("12.1", "sm_120a compute_120a", "12.9", "none");
    expect_code("13.0", "compute_120a", "13.0", "none");
    /* "f": the family, which 10.3 shares with 10.0 and 12.1 with 12.0. */
    expect_code("10.3", "sm_100f", "12.9", "native");
    expect_code("10.0", "sm_103f", "12.9", "none");
    expect_code("12.1", "sm_120f", "12.9", "native");
    expect_code("12.0", "sm_100f", "12.9", "none");
    expect_code("10.1", "sm_100f", "12.9", "none");
}

static void test_ptx(void **state) {
    (void)state;
    expect_code("9.0", "sm_80 compute_80", "12.8", "ptx");
    expect_code("13.0", "sm_120 compute_120", "13.2", "ptx");
    expect_code("8.0", "compute_90", "12.8", "none");
    /* A cubin that fits comes first. */
    expect_code("9.0", "sm_90 compute_80", "12.8", "native");
    /* The file's toolkit is 12.8: an older driver cannot compile its PTX. */
    expect_code("13.0", "sm_120 compute_120", "12.8", "ptx");
    expect_code("9.0", "sm_90", "12.4", "native");
}

static void test_targets_that_make_no_sense(void **state) {
    (void)state;
    expect_code("9.0", "sm_ sm_9 sm_90ab sm_90x sm_99999999999", "12.8", "none");
    expect_code("nine", "sm_90", "12.8", "unknown");
}

/* Without a listing nothing is claimed, and a listing that breaks off proves no lack. */
static void test_unknown_code(void **state) {
    (void)state;
    struct machine machine = {"0.49.2", "12.8", "13.0", "6.1", NULL};
    cJSON *answer = judge_machine(&machine);
    assert_string_equal(code_of(answer, 0), "unknown");
    assert_string_equal(shown(answer, "outcome"), "loads");
    assert_true(gives_reason(answer, "holds code for this GPU is not known"));
    cJSON_Delete(answer);
    machine.code = "sm_75";
    cJSON *snapshot = snapshot_of(&machine);
    put_json(snapshot, "/bitsandbytes/native_libraries/0/gpu_code_error", "'it breaks off'");
    answer = judge(snapshot);
    assert_string_equal(code_of(answer, 0), "unknown");
    assert_string_equal(shown(answer, "outcome"), "loads");
    cJSON_Delete(answer);
}

/* --- outcomes --- */

static void expect_outcome(const struct machine *machine, const char *outcome, const char *sees) {
    cJSON *answer = judge_machine(machine);
    if (strcmp(shown(answer, "outcome"), outcome) != 0 ||
        !strstr(shown(answer, "user_sees"), sees)) {
        fail_msg("%s on %s: %s, seen as: %s; expected %s, %s", machine->version,
                 machine->capabilities, shown(answer, "outcome"), shown(answer, "user_sees"),
                 outcome, sees);
    }
    cJSON_Delete(answer);
}

static void test_no_code(void **state) {
    (void)state;
    static const char no_kernel[] =
        "Error no kernel image is available for execution on the device at line";
    static const struct machine machines[] = {
        /* Volta was left out of 0.46's file for CUDA 12.8. */
        {"0.46.1", "12.8", "12.8", "7.0",
         "sm_75 sm_80 sm_86 sm_89 sm_90 sm_100 sm_120 compute_120"},
        /* Files up to 0.42.0 hold no PTX, so Hopper cannot run the one for CUDA 11.7. */
        {"0.42.0", "11.7", "12.2", "9.0", "sm_75 sm_80 sm_86"},
        /* Pascal is absent from files for CUDA 12.8. */
        {"0.50.2", "12.8", "12.8", "6.1", "sm_70 sm_75 sm_80 sm_86 sm_89 sm_90 sm_100 sm_120"},
        /* CUDA 13 dropped everything below 7.5. */
        {"0.50.2", "13.0", "13.0", "7.0", "sm_75 sm_80 sm_86 sm_89 sm_90 sm_100 sm_120"},
    };
    for (size_t i = 0; i < sizeof machines / sizeof *machines; i++) {
        expect_outcome(&machines[i], "no-gpu-code", no_kernel);
        expect_outcome(&machines[i], "no-gpu-code", "exit code 1");
    }
}

static void test_compiled_at_first_use(void **state) {
    (void)state;
    static const struct machine newer = {"0.49.2", "12.8", "13.2", "13.0", "sm_120 compute_120"};
    static const struct machine old_driver = {"0.49.2", "12.8", "12.4", "13.0",
                                              "sm_120 compute_120"};
    expect_outcome(&newer, "jit-from-ptx", "takes long");
    expect_outcome(&old_driver, "driver-too-old", "unsupported toolchain");
}

static void expect_verdict(cJSON *snapshot, const char *verdict, const char *pattern) {
    struct bp_catalogue *catalogue = bp_catalogue_builtin();
    cJSON *answer = bp_check(snapshot, NULL, catalogue);
    const char *found = bp_json_text_at(answer, "/findings/0/pattern");
    assert_string_equal(shown(answer, "verdict"), verdict);
    if (pattern) {
        assert_string_equal(found ? found : "-", pattern);
    }
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
    bp_catalogue_free(catalogue);
}

static void test_verdicts(void **state) {
    (void)state;
    static const struct machine none = {"0.46.1", "12.8", "12.8", "7.0", "sm_75"};
    static const struct machine jit = {"0.49.2", "12.8", "13.2", "13.0", "compute_120"};
    static const struct machine old = {"0.49.2", "13.0", "12.4", "9.0", "sm_90"};
    expect_verdict(snapshot_of(&none), "problem", "unsupported-platform");
    expect_verdict(snapshot_of(&jit), "ok", NULL);
    expect_verdict(snapshot_of(&old), "problem", NULL);
}

/* The first device decides, as torch uses it; the others are named. */
static void test_mixed_cards(void **state) {
    (void)state;
    static const char code[] = "sm_75 sm_80 sm_90 compute_90";
    struct machine machine = {"0.49.2", "12.8", "12.8", "9.0 6.1 12.0", code};
    cJSON *answer = judge_machine(&machine);
    assert_string_equal(shown(answer, "outcome"), "loads");
    assert_string_equal(code_of(answer, 0), "native");
    assert_string_equal(code_of(answer, 1), "none");
    assert_string_equal(code_of(answer, 2), "ptx");
    assert_non_null(strstr(shown(answer, "outcome_says"), "GPU 1 (Card 1, 6.1) finds no code"));
    assert_non_null(strstr(shown(answer, "outcome_says"), "GPU 2 (Card 2, 12.0)"));
    assert_string_equal(bp_json_text_at(answer, "/files/0/gpu_code/1"), "none");
    cJSON_Delete(answer);
    machine.capabilities = "6.1 9.0";
    answer = judge_machine(&machine);
    assert_string_equal(shown(answer, "outcome"), "no-gpu-code");
    assert_non_null(strstr(shown(answer, "outcome_says"), "GPU 0 (Card 0, 6.1)"));
    assert_string_equal(code_of(answer, 1), "native");
    cJSON_Delete(answer);
}

/* A library that does not load comes first, whatever code it holds. */
static void test_loading_comes_first(void **state) {
    (void)state;
    static const struct machine machine = {"0.49.2", "12.8", "12.8", "6.1", "sm_75"};
    cJSON *snapshot = snapshot_of(&machine);
    put_json(snapshot, "/bitsandbytes/native_libraries/0/machine", "'aarch64'");
    cJSON *answer = judge(snapshot);
    assert_string_equal(shown(answer, "outcome"), "wrong-architecture");
    assert_string_equal(code_of(answer, 0), "none");
    cJSON_Delete(answer);
}

/* What was listed by the driver is what CUDA_VISIBLE_DEVICES left: it is not cut again. */
static void test_cuda_visible_devices(void **state) {
    (void)state;
    static const struct machine machine = {"0.49.2", "12.8", "12.8", "9.0", "sm_90"};
    cJSON *snapshot = snapshot_of(&machine);
    set_variable(snapshot, "CUDA_VISIBLE_DEVICES", "3");
    cJSON *answer = judge(snapshot);
    assert_string_equal(shown(answer, "outcome"), "loads");
    assert_string_equal(code_of(answer, 0), "native");
    cJSON_Delete(answer);
}

static void test_cpu_library_has_no_code(void **state) {
    (void)state;
    cJSON *snapshot = machine_with("0.49.2", TORCH_CPU, DRIVER("8.6"), CPU);
    put_code(snapshot, 0, "");
    cJSON *answer = judge(snapshot);
    assert_string_equal(shown(answer, "outcome"), "cpu-only");
    assert_string_equal(code_of(answer, 0), "none");
    cJSON_Delete(answer);
}

/* --- the driver --- */

static void test_driver_too_old_for_torch(void **state) {
    (void)state;
    cJSON *answer =
        judge(machine_with("0.49.2", TORCH_CUDA("13.0"), DRIVER_OF("12.4", DEVICE("9.0")), CPU));
    assert_string_equal(shown(answer, "outcome"), "driver-too-old");
    assert_string_equal(shown(answer, "chosen"), CPU);
    assert_non_null(strstr(shown(answer, "user_sees"),
                           "NVIDIA driver on your system is too old (found version 12040)"));
    cJSON_Delete(answer);
    /* The CPU library is not there, which 0.48 and newer pass over in silence. */
    answer =
        judge(machine_with("0.49.2", TORCH_CUDA("13.0"), DRIVER_OF("12.4", DEVICE("9.0")), ""));
    assert_string_equal(shown(answer, "outcome"), "driver-too-old");
    cJSON_Delete(answer);
}

/* 450 for CUDA 11, 525 for 12, 580 for 13, where only the kernel module's version is known. */
static void test_kernel_module_too_old(void **state) {
    (void)state;
    static const char *const modules[][3] = {
        {"11.8", "'418.226.00'", "driver-too-old"},
        {"11.8", "'450.80.02'", "cannot-tell"},
        {"12.4", "'515.105.01'", "driver-too-old"},
        {"12.4", "'525.60.13'", "cannot-tell"},
        {"13.0", "'575.57.08'", "driver-too-old"},
        {"13.0", "'580.65.06'", "cannot-tell"},
        {"13.0", "null", "cannot-tell"},
    };
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++) {
        char *torch =
            bp_format("{'version':'2.8.0','cuda':'%s','build_known':true}", modules[i][0]);
        cJSON *snapshot = machine_with("0.45.5", torch, DRIVER_UNKNOWN, CPU);
        put_json(snapshot, "/cuda/kernel_module", "{'loaded':true}");
        put_json(snapshot, "/cuda/kernel_module/version", modules[i][1]);
        cJSON *answer = judge(snapshot);
        if (strcmp(shown(answer, "outcome"), modules[i][2]) != 0) {
            fail_msg("CUDA %s, module %s: %s", modules[i][0], modules[i][1],
                     shown(answer, "outcome"));
        }
        cJSON_Delete(answer);
        free(torch);
    }
    /* A compatibility package lets an older module do: the driver's own answer counts. */
    cJSON *snapshot =
        machine_with("0.45.5", TORCH_CUDA("12.4"), DRIVER("9.0"), "libbitsandbytes_cuda124.so");
    put_json(snapshot, "/cuda/kernel_module", "{'loaded':true,'version':'470.223.02'}");
    cJSON *answer = judge(snapshot);
    assert_string_equal(shown(answer, "outcome"), "loads");
    cJSON_Delete(answer);
}

/* An override asks for a library of a newer CUDA than the driver supports. */
static void test_driver_too_old_for_the_override(void **state) {
    (void)state;
    cJSON *snapshot = machine_with("0.49.2", TORCH_CUDA("12.8"), DRIVER_OF("12.8", DEVICE("9.0")),
                                   "libbitsandbytes_cuda130.so " CUDA128);
    set_variable(snapshot, "BNB_CUDA_VERSION", "130");
    cJSON *answer = judge(snapshot);
    assert_string_equal(shown(answer, "outcome"), "driver-too-old");
    assert_non_null(strstr(shown(answer, "user_sees"), "driver version is insufficient"));
    cJSON_Delete(answer);
}

/* #1930: the published aarch64 wheel on a Jetson, whose sm_80 code looks as if it would do. */
static void test_jetson(void **state) {
    (void)state;
    static const struct {
        const char *capability;
        const char *tags;
        const char *outcome;
    } boards[] = {
        {"8.7", "['py3-none-manylinux_2_24_aarch64']", "no-gpu-code"},
        /* Built on the board. */
        {"8.7", "['cp310-cp310-linux_aarch64']", "loads"},
        /* From 11.0 on, boards share their code with Arm servers. */
        {"11.0", "['py3-none-manylinux_2_24_aarch64']", "loads"},
    };
    for (size_t i = 0; i < sizeof boards / sizeof *boards; i++) {
        struct machine machine = {"0.49.2", "12.8", "13.0", boards[i].capability,
                                  "sm_75 sm_80 sm_90 sm_110"};
        cJSON *snapshot = snapshot_of(&machine);
        put_json(snapshot, "/host/tegra", "'36.4'");
        put_json(snapshot, "/bitsandbytes/wheel_tags", boards[i].tags);
        cJSON *answer = judge(snapshot);
        assert_string_equal(shown(answer, "outcome"), boards[i].outcome);
        if (i == 0) {
            assert_non_null(strstr(shown(answer, "user_sees"), "Error named symbol not found"));
            assert_string_equal(code_of(answer, 0), "none");
        }
        cJSON_Delete(answer);
    }
}

/* --- ROCm --- */

static cJSON *rocm_snapshot(const char *gpus, const char *code) {
    cJSON *snapshot =
        machine_with("0.50.2", "{'version':'2.9.0','cuda':null,'hip':'7.2.0','build_known':true}",
                     DRIVER_NONE, "libbitsandbytes_rocm72.so");
    struct bp_strs words = {0};
    put_json(snapshot, "/rocm", "{'kfd':{'present':true,'may_use':true},'gpus':[]}");
    bp_strs_split(&words, gpus, ' ', false);
    for (size_t i = 0; i < words.count; i++) {
        char *text = bp_format("{'node':%zu,'gfx':'%s'}", i + 1, words.items[i]);
        put_json(snapshot, "/rocm/gpus/-", text);
        free(text);
    }
    bp_strs_free(&words);
    put_code(snapshot, 0, code);
    return snapshot;
}

static void expect_gfx(const char *gpu, const char *code, const char *expected) {
    cJSON *answer = judge(rocm_snapshot(gpu, code));
    if (strcmp(code_of(answer, 0), expected) != 0) {
        fail_msg("%s in %s: %s; expected %s", gpu, code, code_of(answer, 0), expected);
    }
    cJSON_Delete(answer);
}

static void test_gfx_targets(void **state) {
    (void)state;
    expect_gfx("gfx90a", "gfx90a gfx942", "native");
    expect_gfx("gfx906", "gfx90a gfx942", "none");
    expect_gfx("gfx1100", "gfx110", "none");
    /* Generic targets: whole groups, and nothing beside them. */
    expect_gfx("gfx1103", "gfx11-generic", "native");
    expect_gfx("gfx1201", "gfx11-generic", "none");
    expect_gfx("gfx1034", "gfx10-3-generic", "native");
    expect_gfx("gfx1010", "gfx10-3-generic", "none");
    expect_gfx("gfx942", "gfx9-4-generic", "native");
    expect_gfx("gfx90a", "gfx9-generic", "none");
    /* Code for one mode, and what the kernel tells does not hold the mode. */
    expect_gfx("gfx90a", "gfx90a:xnack-", "unknown");
    expect_gfx("gfx90a", "gfx90a:xnack- gfx90a:xnack+", "native");
    expect_gfx("gfx90a", "gfx90a:xnack- gfx90a", "native");
    expect_gfx("gfx90a:sramecc+:xnack-", "gfx90a:xnack-", "native");
    expect_gfx("gfx90a:sramecc+:xnack-", "gfx90a:sramecc+:xnack+", "none");
    /* CUDA code is none for it. */
    expect_gfx("gfx1100", "sm_90", "none");
}

static void test_rocm_outcome(void **state) {
    (void)state;
    cJSON *answer = judge(rocm_snapshot("gfx1030", "gfx90a gfx1100"));
    assert_string_equal(shown(answer, "outcome"), "no-gpu-code");
    assert_non_null(strstr(shown(answer, "user_sees"), "Error invalid device function"));
    cJSON_Delete(answer);
}

static void test_gfx_override(void **state) {
    (void)state;
    static const char *const overrides[][2] = {
        {"11.0.0", "native"}, {"10.3.0", "none"}, {"9.0.10", "none"}, {"nonsense", "none"}};
    for (size_t i = 0; i < sizeof overrides / sizeof *overrides; i++) {
        cJSON *snapshot = rocm_snapshot("gfx1101", "gfx1100");
        set_variable(snapshot, "HSA_OVERRIDE_GFX_VERSION", overrides[i][0]);
        cJSON *answer = judge(snapshot);
        assert_string_equal(code_of(answer, 0), overrides[i][1]);
        cJSON_Delete(answer);
    }
    cJSON *snapshot = rocm_snapshot("gfx906", "gfx90a");
    set_variable(snapshot, "HSA_OVERRIDE_GFX_VERSION", "9.0.10");
    cJSON *answer = judge(snapshot);
    assert_string_equal(bp_json_text_at(answer, "/devices/0/target"), "gfx90a");
    cJSON_Delete(answer);
}

/* ROCR_VISIBLE_DEVICES cuts the kernel's list, HIP_VISIBLE_DEVICES what that left. */
static void test_rocm_visible_devices(void **state) {
    (void)state;
    static const struct {
        const char *runtime;
        const char *hip;
        const char *cuda;
        const char *first;
        int count;
        const char *outcome;
    } lists[] = {
        {NULL, NULL, NULL, "gfx1030", 3, "no-gpu-code"},
        {"1,2", NULL, NULL, "gfx1100", 2, "loads"},
        {"2,0", "1", NULL, "gfx1030", 1, "no-gpu-code"},
        {NULL, "2,7,0", NULL, "gfx942", 1, "loads"},
        {NULL, NULL, "1", "gfx1100", 1, "loads"},
        {NULL, "0", "1", "gfx1030", 1, "no-gpu-code"},
        /* By UUID: which ones they are is not known, and they do not fare alike. */
        {"GPU-8f1c2a", NULL, NULL, "gfx1030", 3, "loads"},
    };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        cJSON *snapshot = rocm_snapshot("gfx1030 gfx1100 gfx942", "gfx1100 gfx942");
        if (lists[i].runtime) {
            set_variable(snapshot, "ROCR_VISIBLE_DEVICES", lists[i].runtime);
        }
        if (lists[i].hip) {
            set_variable(snapshot, "HIP_VISIBLE_DEVICES", lists[i].hip);
        }
        if (lists[i].cuda) {
            set_variable(snapshot, "CUDA_VISIBLE_DEVICES", lists[i].cuda);
        }
        cJSON *answer = judge(snapshot);
        assert_string_equal(bp_json_text_at(answer, "/devices/0/target"), lists[i].first);
        assert_int_equal(cJSON_GetArraySize(bp_json_get(answer, "devices")), lists[i].count);
        assert_string_equal(shown(answer, "outcome"), lists[i].outcome);
        cJSON_Delete(answer);
    }
    cJSON *snapshot = rocm_snapshot("gfx1030 gfx1030", "gfx1100");
    set_variable(snapshot, "ROCR_VISIBLE_DEVICES", "GPU-8f1c2a");
    cJSON *answer = judge(snapshot);
    assert_string_equal(shown(answer, "outcome"), "no-gpu-code");
    cJSON_Delete(answer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cubins),
        cmocka_unit_test(test_architecture_specific_code),
        cmocka_unit_test(test_ptx),
        cmocka_unit_test(test_targets_that_make_no_sense),
        cmocka_unit_test(test_unknown_code),
        cmocka_unit_test(test_no_code),
        cmocka_unit_test(test_compiled_at_first_use),
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_mixed_cards),
        cmocka_unit_test(test_loading_comes_first),
        cmocka_unit_test(test_cuda_visible_devices),
        cmocka_unit_test(test_cpu_library_has_no_code),
        cmocka_unit_test(test_driver_too_old_for_torch),
        cmocka_unit_test(test_kernel_module_too_old),
        cmocka_unit_test(test_driver_too_old_for_the_override),
        cmocka_unit_test(test_jetson),
        cmocka_unit_test(test_gfx_targets),
        cmocka_unit_test(test_rocm_outcome),
        cmocka_unit_test(test_gfx_override),
        cmocka_unit_test(test_rocm_visible_devices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
