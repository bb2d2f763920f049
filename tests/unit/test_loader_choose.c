/*
 * Which file each release asks for and opens. Numbers in comments are issues of
 * bitsandbytes; "published" is the set of files in a release's wheel.
 */
#include "tests/unit/loader_snapshot.h"

struct choosing {
    const char *version;
    const char *torch;
    const char *driver;
    const char *variable; /* NAME=VALUE, or NULL */
    const char *libraries;
    const char *asks_for;
    const char *chosen;
    const char *outcome;
};

static cJSON *judge(const struct choosing *choosing) {
    cJSON *snapshot =
        machine_with(choosing->version, choosing->torch, choosing->driver, choosing->libraries);
    if (choosing->variable) {
        const char *equals = strchr(choosing->variable, '=');
        char *name = bp_format("%.*s", (int)(equals - choosing->variable), choosing->variable);
        set_variable(snapshot, name, equals + 1);
        free(name);
    }
    cJSON *answer = bp_loader_judge(snapshot);
    cJSON_Delete(snapshot);
    return answer;
}

static void expect_choice(const struct choosing *choosing) {
    cJSON *answer = judge(choosing);
    if (strcmp(shown(answer, "asks_for"), choosing->asks_for) != 0 ||
        strcmp(shown(answer, "chosen"), choosing->chosen) != 0 ||
        strcmp(shown(answer, "outcome"), choosing->outcome) != 0) {
        fail_msg("%s with %s, %s: asks for %s, chooses %s, %s; expected %s, %s, %s",
                 choosing->version, choosing->torch, choosing->variable ? choosing->variable : "",
                 shown(answer, "asks_for"), shown(answer, "chosen"), shown(answer, "outcome"),
                 choosing->asks_for, choosing->chosen, choosing->outcome);
    }
    cJSON_Delete(answer);
}

static void expect_choices(const struct choosing *choosings, size_t count) {
    for (size_t i = 0; i < count; i++) {
        expect_choice(&choosings[i]);
    }
}

#define EXPECT_ALL(table) expect_choices(table, sizeof(table) / sizeof *(table))

#define CPU "libbitsandbytes_cpu.so"
#define CUDA(digits) "libbitsandbytes_cuda" digits ".so"
#define ROCM(digits) "libbitsandbytes_rocm" digits ".so"

/* The published CUDA files of the wheels concerned, for Linux on x86_64. */
#define OF_0_42                                                                                    \
    CPU " " CUDA("117") " " CUDA("118") " " CUDA("118_nocublaslt") " " CUDA("121") " " CUDA(       \
        "121_nocublaslt")
#define OF_0_45 CPU " " CUDA("118") " " CUDA("121") " " CUDA("124") " " CUDA("126")
#define OF_0_46 CUDA("118") " " CUDA("126") " " CUDA("128") " " CPU
#define OF_0_50                                                                                    \
    CPU " " CUDA("118") " " CUDA("121") " " CUDA("124") " " CUDA("126") " " CUDA("128") " " CUDA(  \
        "130") " " CUDA("132") " " ROCM("64") " " ROCM("70") " " ROCM("71") " " ROCM("72") " " ROCM("714")

/* The exact file, and what each era does without it. */
static void test_cuda_file(void **state) {
    (void)state;
    static const struct choosing table[] = {
        {"0.42.0", TORCH_CUDA("12.1"), DRIVER("8.6"), NULL, OF_0_42, CUDA("121"), CUDA("121"),
         "loads"},
        /* Refused where torch sees a GPU. */
        {"0.42.0", TORCH_CUDA("12.4"), DRIVER("8.6"), NULL, OF_0_42, CUDA("124"), "-",
         "file-missing"},
        {"0.43.0", TORCH_CUDA("12.4"), DRIVER("8.6"), NULL, OF_0_42, CUDA("124"), "-",
         "file-missing"},
        /* The CPU file instead: torch 2.7 for CUDA 12.8 before 0.45.3. */
        {"0.45.2", TORCH_CUDA("12.8"), DRIVER("8.6"), NULL, OF_0_45, CUDA("128"), CPU,
         "loads-fallback"},
        {"0.43.1", TORCH_CUDA("12.6"), DRIVER("8.6"), NULL, OF_0_42, CUDA("126"), CPU,
         "loads-fallback"},
        /* No fallback. */
        {"0.46.0", TORCH_CUDA("12.9"), DRIVER("8.6"), NULL, OF_0_46, CUDA("129"), "-",
         "file-missing"},
        {"0.47.0", TORCH_CUDA("13.0"), DRIVER("8.6"), NULL, OF_0_46, CUDA("130"), "-",
         "file-missing"},
        {"0.48.2", TORCH_CUDA("12.8"), DRIVER("8.6"), NULL, OF_0_46, CUDA("128"), CUDA("128"),
         "loads"},
        {"0.49.2", TORCH_CUDA("13.2"), DRIVER("8.6"), NULL, OF_0_46, CUDA("132"), "-",
         "file-missing"},
    };
    EXPECT_ALL(table);
}

/* No GPU for torch: the CPU file, in every era. */
static void test_cpu_file(void **state) {
    (void)state;
    static const char *const versions[] = {"0.35.3", "0.39.1", "0.42.0", "0.43.0", "0.43.3",
                                           "0.45.5", "0.46.1", "0.47.0", "0.49.2", "0.50.2"};
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        const struct choosing without_driver = {
            versions[i], TORCH_CUDA("12.1"), DRIVER_NONE, NULL, OF_0_42, CPU, CPU, "cpu-only"};
        const struct choosing cpu_torch = {versions[i], TORCH_CPU, DRIVER("8.6"), NULL,
                                           OF_0_42,     CPU,       CPU,           "cpu-only"};
        const struct choosing hidden = {
            versions[i], TORCH_CUDA("12.1"), DRIVER("8.6"), "CUDA_VISIBLE_DEVICES=", OF_0_42, CPU,
            CPU,         "cpu-only"};
        expect_choice(&without_driver);
        expect_choice(&cpu_torch);
        expect_choice(&hidden);
    }
}

#define DRIVER_OF_TWO(first, second)                                                               \
    "{'library':{'status':'loaded'},'init':{'code':0},'version':'12.8','device_count':2,"          \
    "'devices':[{'compute_capability':'" first "'},{'compute_capability':'" second "'}]}"

/* As text, 6.1 comes after 12.0; since 0.43.0 they are compared as numbers. */
static void test_two_devices(void **state) {
    (void)state;
    static const struct choosing table[] = {
        {"0.42.0", TORCH_CUDA("12.1"), DRIVER_OF_TWO("12.0", "6.1"), NULL, OF_0_42,
         CUDA("121_nocublaslt"), CUDA("121_nocublaslt"), "loads"},
        {"0.43.0", TORCH_CUDA("12.1"), DRIVER_OF_TWO("12.0", "6.1"), NULL, OF_0_42, CUDA("121"),
         CUDA("121"), "loads"},
        {"0.44.1", TORCH_CUDA("12.1"), DRIVER_OF_TWO("12.0", "6.1"), NULL, OF_0_42, CUDA("121"),
         CUDA("121"), "loads"},
    };
    EXPECT_ALL(table);
}

/* 0.35.4 misspells the name and finds nothing; 0.36 does, too, and then takes the right one. */
static void test_misspelt_cpu_file(void **state) {
    (void)state;
    static const struct choosing table[] = {
        {"0.35.4", TORCH_CPU, DRIVER_NONE, NULL, OF_0_42, "libsbitsandbytes_cpu.so", "-",
         "file-missing"},
        {"0.36.0.post2", TORCH_CPU, DRIVER_NONE, NULL, OF_0_42, CPU, CPU, "cpu-only"},
    };
    EXPECT_ALL(table);
}

/* torch has been asked for XPU since 0.48.0, and answers since 2.3. */
static void test_torch_that_cannot_be_asked_for_xpu(void **state) {
    (void)state;
    static const struct choosing table[] = {
        {"0.47.0", TORCH_OF("2.2.2", "11.8"), DRIVER("8.6"), NULL, OF_0_46, CUDA("118"),
         CUDA("118"), "loads"},
        {"0.49.2", TORCH_OF("2.2.2", "11.8"), DRIVER("8.6"), NULL, OF_0_46, CUDA("118"), "-",
         "setup-error"},
        {"0.49.2", TORCH_OF("2.2.2", "12.1"), DRIVER("8.6"), NULL, OF_0_46, CUDA("121"), "-",
         "file-missing"},
        {"0.49.2", TORCH_OF("2.3.0", "11.8"), DRIVER("8.6"), NULL, OF_0_46, CUDA("118"),
         CUDA("118"), "loads"},
    };
    EXPECT_ALL(table);
}

/* Two files for one version: the one that the folder lists last, and a broken link is listed. */
static void test_files_of_one_version(void **state) {
    (void)state;
    cJSON *snapshot = machine_with("0.50.2", TORCH_CUDA("11.8"), DRIVER("8.6"),
                                   CUDA("118") " " CUDA("118_nocublaslt"));
    put_json(snapshot, "/bitsandbytes/native_libraries/0/folder_order", "7");
    put_json(snapshot, "/bitsandbytes/native_libraries/1/folder_order", "9");
    cJSON *answer = bp_loader_judge(snapshot);
    assert_string_equal(shown(answer, "chosen"), CUDA("118_nocublaslt"));
    cJSON_Delete(answer);
    put_json(snapshot, "/bitsandbytes/native_libraries/0/folder_order", "11");
    answer = bp_loader_judge(snapshot);
    assert_string_equal(shown(answer, "chosen"), CUDA("118"));
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
    snapshot = machine_with("0.50.2", TORCH_CUDA("12.6"), DRIVER("8.6"), CUDA("124"));
    put_json(snapshot, "/bitsandbytes/broken_links", "['" CUDA("126") "']");
    answer = bp_loader_judge(snapshot);
    assert_string_equal(shown(answer, "outcome"), "file-missing");
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
}

/* 0.45.4 was published for Linux without the CPU file (#1584). */
static void test_cpu_file_missing(void **state) {
    (void)state;
    static const struct choosing table[] = {
        {"0.45.4", TORCH_CPU, DRIVER_NONE, NULL, CUDA("118"), CPU, "-", "file-missing"},
        {"0.50.0", TORCH_CPU, DRIVER_NONE, NULL, CUDA("118"), CPU, "-", "file-missing"},
    };
    EXPECT_ALL(table);
}

/* Below 7.5 a file without cublasLt, up to 0.44.1. */
static void test_nocublaslt(void **state) {
    (void)state;
    static const struct choosing table[] = {
        {"0.42.0", TORCH_CUDA("12.1"), DRIVER("7.0"), NULL, OF_0_42, CUDA("121_nocublaslt"),
         CUDA("121_nocublaslt"), "loads"},
        {"0.44.1", TORCH_CUDA("12.1"), DRIVER("6.1"), NULL, OF_0_42, CUDA("121_nocublaslt"),
         CUDA("121_nocublaslt"), "loads"},
        {"0.44.1", TORCH_CUDA("12.1"), DRIVER("7.5"), NULL, OF_0_42, CUDA("121"), CUDA("121"),
         "loads"},
        {"0.45.0", TORCH_CUDA("12.1"), DRIVER("6.1"), NULL, OF_0_45, CUDA("121"), CUDA("121"),
         "loads"},
        /* As text "6.1" is the highest of 6.1 and 12.0; as numbers 12.0 is. */
        {"0.42.0", TORCH_CUDA("12.1"), DRIVER_OF("13.0", DEVICE("12.0") "," DEVICE("6.1")), NULL,
         OF_0_42, CUDA("121_nocublaslt"), CUDA("121_nocublaslt"), "loads"},
        {"0.44.0", TORCH_CUDA("12.1"), DRIVER_OF("13.0", DEVICE("12.0") "," DEVICE("6.1")), NULL,
         OF_0_42, CUDA("121"), CUDA("121"), "loads"},
        {"0.44.0", TORCH_CUDA("12.1"), DRIVER_OF("13.0", "{'ordinal':0}"), NULL, OF_0_42, "-", "-",
         "cannot-tell"},
    };
    EXPECT_ALL(table);
}

static void test_override(void **state) {
    (void)state;
    static const struct choosing table[] = {
        /* 0.40.1 reads CUDA_VERSION itself, which container images set to a dotted value. */
        {"0.40.1", TORCH_CUDA("11.8"), DRIVER("8.0"), "CUDA_VERSION=11.8.0", OF_0_42,
         CUDA("11.8.0"), "-", "file-missing"},
        {"0.40.1.post1", TORCH_CUDA("11.8"), DRIVER("8.0"), "CUDA_VERSION=11.8.0", OF_0_42,
         CUDA("118"), CUDA("118"), "loads"},
        {"0.42.0", TORCH_CUDA("12.4"), DRIVER("8.0"), "BNB_CUDA_VERSION=121", OF_0_42, CUDA("121"),
         CUDA("121"), "loads"},
        {"0.42.0", TORCH_CUDA("12.1"), DRIVER("8.0"), "BNB_CUDA_VERSION=", OF_0_42, CUDA("121"),
         CUDA("121"), "loads"},
        /* Six characters are cut off, which spoils the longer name. */
        {"0.42.0", TORCH_CUDA("11.8"), DRIVER("7.0"), "BNB_CUDA_VERSION=121", OF_0_42,
         "libbitsandbytes_cuda118_nocubla121.so", "-", "file-missing"},
        /* #1312, #1180 */
        {"0.43.0", TORCH_CUDA("12.4"), DRIVER("7.0"), "BNB_CUDA_VERSION=121", OF_0_42,
         "libbitsandbytes_cuda124_nocublaslt121.so", "-", "file-missing"},
        {"0.43.3", TORCH_CUDA("12.4"), DRIVER("7.0"), "BNB_CUDA_VERSION=121", OF_0_42,
         "libbitsandbytes_cuda124_nocublaslt121.so", CPU, "loads-fallback"},
        {"0.43.3", TORCH_CUDA("12.4"), DRIVER("8.0"), "BNB_CUDA_VERSION=121", OF_0_42, CUDA("121"),
         CUDA("121"), "loads"},
        {"0.44.0", TORCH_CUDA("12.4"), DRIVER("7.0"), "BNB_CUDA_VERSION=121", OF_0_42,
         CUDA("121_nocublaslt"), CUDA("121_nocublaslt"), "loads"},
        {"0.45.5", TORCH_CUDA("12.8"), DRIVER("8.0"), "BNB_CUDA_VERSION=126", OF_0_45, CUDA("126"),
         CUDA("126"), "loads"},
        {"0.46.1", TORCH_CUDA("12.9"), DRIVER("8.0"), "BNB_CUDA_VERSION=128", OF_0_46, CUDA("128"),
         CUDA("128"), "loads"},
        {"0.40.1", TORCH_CUDA("11.8"), DRIVER("8.0"), "BNB_CUDA_VERSION=121", OF_0_42, CUDA("118"),
         CUDA("118"), "loads"},
        {"0.40.1", TORCH_CUDA("11.8"), DRIVER("8.0"), "CUDA_VERSION=", OF_0_42, CUDA("118"),
         CUDA("118"), "loads"},
        /* Dotted: no file has such a name. */
        {"0.42.0", TORCH_CUDA("12.1"), DRIVER("8.0"), "BNB_CUDA_VERSION=12.1", OF_0_42,
         CUDA("12.1"), "-", "file-missing"},
        {"0.43.3", TORCH_CUDA("12.1"), DRIVER("8.0"), "BNB_CUDA_VERSION=11.8", OF_0_42,
         CUDA("11.8"), CPU, "loads-fallback"},
        {"0.49.2", TORCH_CUDA("12.8"), DRIVER("8.0"), "BNB_CUDA_VERSION=12.6", OF_0_46,
         CUDA("12.6"), "-", "file-missing"},
        {"0.45.5", TORCH_CUDA("12.6"), DRIVER("8.0"), "BNB_CUDA_VERSION=", OF_0_45, CUDA("126"),
         CUDA("126"), "loads"},
        {"0.49.2", TORCH_CUDA("12.6"), DRIVER("8.0"), "BNB_CUDA_VERSION=", OF_0_46, CUDA("126"),
         CUDA("126"), "loads"},
        /* The variable for ROCm came with 0.50.0. */
        {"0.49.2", TORCH_CUDA("12.6"), DRIVER("8.0"), "BNB_ROCM_VERSION=72", OF_0_46, CUDA("126"),
         CUDA("126"), "loads"},
        /* Without a GPU nothing is overridden. */
        {"0.45.5", TORCH_CUDA("12.8"), DRIVER_NONE, "BNB_CUDA_VERSION=126", OF_0_45, CPU, CPU,
         "cpu-only"},
    };
    EXPECT_ALL(table);
}

/* Since 0.50.0: digits, and an empty value is an error, too. */
static void test_override_of_digits(void **state) {
    (void)state;
    static const struct choosing table[] = {
        {"0.50.0", TORCH_CUDA("12.9"), DRIVER("8.0"), "BNB_CUDA_VERSION=118", OF_0_50, CUDA("118"),
         CUDA("118"), "loads"},
        {"0.50.0", TORCH_CUDA("12.9"), DRIVER("8.0"), "BNB_CUDA_VERSION=129", OF_0_50, CUDA("129"),
         "-", "file-missing"},
        {"0.50.0", TORCH_CUDA("12.9"), DRIVER("8.0"), "BNB_CUDA_VERSION=", OF_0_50, "-", "-",
         "setup-error"},
        {"0.50.0", TORCH_CUDA("12.9"), DRIVER("8.0"), "BNB_CUDA_VERSION=12.4", OF_0_50, "-", "-",
         "setup-error"},
        {"0.50.0", TORCH_CUDA("12.9"), DRIVER("8.0"), "BNB_ROCM_VERSION=72", OF_0_50, CUDA("129"),
         CUDA("128"), "loads-fallback"},
        {"0.50.0", TORCH_CUDA("12.9"), DRIVER_NONE, "BNB_CUDA_VERSION=", OF_0_50, CPU, CPU,
         "cpu-only"},
        {"0.50.0", TORCH_CUDA("12.9"), DRIVER("8.0"), "BNB_CUDA_VERSION= 128", OF_0_50, "-", "-",
         "setup-error"},
        {"0.50.0", TORCH_CUDA("12.9"), DRIVER("8.0"), "BNB_CUDA_VERSION=cuda128", OF_0_50, "-", "-",
         "setup-error"},
    };
    EXPECT_ALL(table);
}

/* The published set of 0.50 against every torch: lower in the same major, else higher. */
static void test_best_match(void **state) {
    (void)state;
    static const char *const matches[][2] = {
        {"11.7", "118"}, {"11.8", "118"}, {"12.0", "121"}, {"12.2", "121"},
        {"12.3", "121"}, {"12.5", "124"}, {"12.7", "126"}, {"12.9", "128"},
        {"13.1", "130"}, {"13.2", "132"}, {"13.3", "132"},
    };
    for (size_t i = 0; i < sizeof matches / sizeof *matches; i++) {
        char *torch =
            bp_format("{'version':'2.9.0','cuda':'%s','build_known':true}", matches[i][0]);
        cJSON *snapshot = machine_with("0.50.2", torch, DRIVER("9.0"), OF_0_50);
        cJSON *answer = bp_loader_judge(snapshot);
        char *expected = bp_format("libbitsandbytes_cuda%s.so", matches[i][1]);
        assert_string_equal(shown(answer, "chosen"), expected);
        free(expected);
        cJSON_Delete(answer);
        cJSON_Delete(snapshot);
        free(torch);
    }
    static const struct choosing no_match[] = {
        {"0.50.0", TORCH_CUDA("10.2"), DRIVER("8.0"), NULL, OF_0_50, CUDA("102"), "-",
         "file-missing"},
        {"0.50.0", TORCH_CUDA("13.0"), DRIVER("8.0"), NULL, CPU " " CUDA("128"), CUDA("130"), "-",
         "file-missing"},
        /* Two files of one version: the order of the folder decides, which is not a fact. */
        {"0.50.0", TORCH_CUDA("11.8"), DRIVER("8.0"), NULL, CUDA("118") " " CUDA("118_nocublaslt"),
         CUDA("118"), "-", "cannot-tell"},
    };
    EXPECT_ALL(no_match);
}

static cJSON *rocm_machine(const char *version, const char *hip, const char *libraries) {
    char *torch = bp_format("{'version':'2.9.0','cuda':null,'hip':'%s','build_known':true}", hip);
    cJSON *snapshot = machine_with(version, torch, DRIVER_NONE, libraries);
    put_json(snapshot, "/rocm",
             "{'kfd':{'present':true,'may_use':true},'gpus':[{'gfx':'gfx1100'}]}");
    free(torch);
    return snapshot;
}

static void expect_rocm(const char *version, const char *hip, const char *variable,
                        const char *asks_for, const char *chosen, const char *outcome) {
    cJSON *snapshot = rocm_machine(version, hip, OF_0_50);
    if (variable) {
        set_variable(snapshot, variable, "72");
    }
    cJSON *answer = bp_loader_judge(snapshot);
    assert_string_equal(shown(answer, "asks_for"), asks_for);
    assert_string_equal(shown(answer, "chosen"), chosen);
    assert_string_equal(shown(answer, "outcome"), outcome);
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
}

static void test_rocm(void **state) {
    (void)state;
    /* Releases before 0.46.0 take torch.version.cuda apart, which is None. */
    expect_rocm("0.42.0", "6.2.1", NULL, "-", "-", "setup-error");
    expect_rocm("0.45.5", "6.2.1", NULL, "-", "-", "setup-error");
    expect_rocm("0.46.0", "6.3.4", NULL, ROCM("63"), "-", "file-missing");
    expect_rocm("0.49.2", "7.2.0", NULL, ROCM("72"), ROCM("72"), "loads");
    /* major * 10 + minor (#1799, #1890, #2014) */
    expect_rocm("0.49.2", "7.10.0", NULL, ROCM("80"), "-", "file-missing");
    expect_rocm("0.49.2", "7.12.0", NULL, ROCM("82"), "-", "file-missing");
    expect_rocm("0.47.0", "6.4.0", "BNB_CUDA_VERSION", "-", "-", "setup-error");
    expect_rocm("0.46.1", "7.1.0", "BNB_CUDA_VERSION", ROCM("71"), ROCM("71"), "loads");
    /* Best match, with a one-digit major. */
    expect_rocm("0.50.0", "6.2.0", NULL, ROCM("62"), ROCM("64"), "loads-fallback");
    expect_rocm("0.50.0", "7.10.0", NULL, ROCM("710"), ROCM("72"), "loads-fallback");
    expect_rocm("0.50.0", "7.14.0", NULL, ROCM("714"), ROCM("714"), "loads");
    expect_rocm("0.50.0", "7.15.0", NULL, ROCM("715"), ROCM("714"), "loads-fallback");
    expect_rocm("0.50.0", "5.7.0", NULL, ROCM("57"), "-", "file-missing");
    expect_rocm("0.50.0", "7.0.0", "BNB_ROCM_VERSION", ROCM("72"), ROCM("72"), "loads");
    expect_rocm("0.50.0", "7.0.0", "BNB_CUDA_VERSION", ROCM("70"), ROCM("70"), "loads");
}

static void test_xpu(void **state) {
    (void)state;
    static const struct choosing table[] = {
        {"0.47.0", TORCH_XPU("20250101"), DRIVER_NONE, NULL, CPU, CPU, CPU, "cpu-only"},
        {"0.49.2", TORCH_XPU("20250101"), DRIVER_NONE, NULL, CPU " libbitsandbytes_xpu.so",
         "libbitsandbytes_xpu.so", "libbitsandbytes_xpu.so", "loads"},
        {"0.50.2", TORCH_XPU("20250101"), DRIVER_NONE, NULL, CPU " libbitsandbytes_xpu2025.so",
         "libbitsandbytes_xpu2025.so", "libbitsandbytes_xpu2025.so", "loads"},
        {"0.50.2", TORCH_XPU("20240201"), DRIVER_NONE, NULL, CPU " libbitsandbytes_xpu2025.so",
         "libbitsandbytes_xpu.so", "-", "file-missing"},
    };
    EXPECT_ALL(table);
}

static void test_windows_names(void **state) {
    (void)state;
    cJSON *snapshot =
        machine_with("0.45.5", TORCH_CUDA("12.4"), DRIVER("8.6"), "libbitsandbytes_cuda124.dll");
    put_json(snapshot, "/host/os", "'windows'");
    cJSON *answer = bp_loader_judge(snapshot);
    assert_string_equal(shown(answer, "chosen"), "libbitsandbytes_cuda124.dll");
    cJSON_Delete(answer);
    /* Before 0.43.0 the names are Linux's on every system. */
    put_json(snapshot, "/bitsandbytes/version", "'0.42.0'");
    answer = bp_loader_judge(snapshot);
    assert_string_equal(shown(answer, "asks_for"), CUDA("124"));
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
}

/* --- the eras that look for a libcudart --- */

#define CUDART(from, path, version)                                                                \
    "{'family':'cudart','found_from':'" from "','path':'" path "','version':" version "}"

static void expect_cudart(const char *version, const char *capability, const char *libraries,
                          const char *asks_for, const char *outcome) {
    char *driver = bp_format("{'library':{'status':'loaded'},'init':{'code':0},'version':'12.2',"
                             "'device_count':1,'devices':[{'compute_capability':'%s'}]}",
                             capability);
    cJSON *snapshot = machine_with(version, TORCH_CUDA("11.7"), driver, OF_0_42);
    put_json(snapshot, "/libraries",
             "{'candidates':{'libcuda.so':[{'path':'/usr/lib/libcuda.so'}]}}");
    put_json(snapshot, "/cuda/toolkits", "[{'path':'/usr/local/cuda','version':'11.8'}]");
    if (libraries) {
        put_json(snapshot, "/cuda/libraries", libraries);
    }
    cJSON *answer = bp_loader_judge(snapshot);
    if (strcmp(shown(answer, "asks_for"), asks_for) != 0 ||
        strcmp(shown(answer, "outcome"), outcome) != 0) {
        fail_msg("%s with %s: asks for %s, %s; expected %s, %s", version,
                 libraries ? libraries : "nothing known", shown(answer, "asks_for"),
                 shown(answer, "outcome"), asks_for, outcome);
    }
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
    free(driver);
}

static void test_libcudart_decides(void **state) {
    (void)state;
    const char *conda = "[" CUDART("conda", "/conda/lib/libcudart.so", "'12.1.105'") "]";
    const char *both =
        "[" CUDART("toolkit", "/usr/local/cuda/lib64/libcudart.so", "'12.1.105'") "," CUDART(
            "ld_library_path", "/opt/lib/libcudart.so", "'11.8.89'") "]";
    const char *later_name =
        "[" CUDART("ld_library_path", "/opt/lib/libcudart.so.11.0", "'11.8.89'") "]";
    const char *of_toolkit =
        "[" CUDART("toolkit", "/usr/local/cuda/lib64/libcudart.so", "null") "]";
    const char *no_minor = "[" CUDART("conda", "/conda/lib/libcudart.so", "'12'") "]";
    const char *elsewhere = "[" CUDART("wheel", "/site/nvidia/libcudart.so.12", "'12.1.105'") "]";
    /* Whatever torch is built for. */
    expect_cudart("0.39.1", "8.6", conda, CUDA("121"), "loads");
    expect_cudart("0.39.1", "7.0", conda, CUDA("121_nocublaslt"), "loads");
    /* LD_LIBRARY_PATH comes before /usr/local/cuda. */
    expect_cudart("0.39.1", "8.6", both, CUDA("118"), "loads");
    /* Versioned names are looked for since 0.38.0 only. */
    expect_cudart("0.38.0", "8.6", later_name, CUDA("118"), "loads");
    expect_cudart("0.37.2", "8.6", later_name, CPU, "cpu-only");
    /* Without a version in its name, the toolkit's. */
    expect_cudart("0.39.1", "8.6", of_toolkit, CUDA("118"), "loads");
    /* 0.36 alone trips over a device below 7.5. */
    expect_cudart("0.36.0", "7.0", conda, "-", "setup-error");
    expect_cudart("0.37.0", "7.0", conda, CUDA("121_nocublaslt"), "loads");
    expect_cudart("0.39.1", "8.6", no_minor, "-", "cannot-tell");
    expect_cudart("0.39.1", "8.6", NULL, "-", "cannot-tell");
    /* None in the places searched: the CPU file, although torch works. */
    expect_cudart("0.39.1", "8.6", elsewhere, CPU, "cpu-only");
    /* 0.35 knows three capabilities. */
    expect_cudart("0.35.4", "8.6", conda, CUDA("121"), "loads");
    expect_cudart("0.35.4", "8.9", conda, CUDA("121_nocublaslt"), "loads");
}

static void test_missing_cudart_file(void **state) {
    (void)state;
    const char *newer = "[" CUDART("conda", "/conda/lib/libcudart.so", "'12.4.99'") "]";
    expect_cudart("0.36.0", "8.6", newer, CUDA("124"), "loads-fallback");
    expect_cudart("0.37.0", "8.6", newer, CUDA("124"), "file-missing");
    expect_cudart("0.35.4", "8.6", newer, CUDA("124"), "file-missing");
}

/* WSL: the driver is there under its versioned name alone. */
static void test_unversioned_driver(void **state) {
    (void)state;
    cJSON *snapshot = machine_with("0.39.1", TORCH_CUDA("11.7"), DRIVER("8.6"), OF_0_42);
    cJSON *answer = bp_loader_judge(snapshot);
    assert_string_equal(shown(answer, "outcome"), "cannot-tell");
    cJSON_Delete(answer);
    put_json(snapshot, "/libraries", "{'candidates':{'libcuda.so':[]}}");
    answer = bp_loader_judge(snapshot);
    assert_string_equal(shown(answer, "chosen"), CPU);
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
}

/* --- what torch sees --- */

static void expect_sight(const char *driver, const char *chosen, const char *reason) {
    cJSON *snapshot = machine_with("0.45.5", TORCH_CUDA("12.6"), driver, OF_0_45);
    cJSON *answer = bp_loader_judge(snapshot);
    assert_string_equal(shown(answer, "chosen"), chosen);
    if (!gives_reason(answer, reason)) {
        fail_msg("no reason holds: %s", reason);
    }
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
}

static void test_what_torch_sees(void **state) {
    (void)state;
    expect_sight(DRIVER("8.6"), CUDA("126"), "has 1 device");
    expect_sight(DRIVER_NONE, CPU, "no CUDA driver library");
    expect_sight("{'library':{'status':'loaded'},'init':{'code':100,"
                 "'name':'CUDA_ERROR_NO_DEVICE'}}",
                 CPU, "CUDA_ERROR_NO_DEVICE");
    expect_sight("{'library':{'status':'loaded'},'init':{'code':0},'device_count':0}", CPU,
                 "no device");
    expect_sight("{'library':{'status':'loaded','stub':true}}", CPU, "stub");
    expect_sight("{'library':{'status':'unloadable','error':'wrong ELF class'}}", CPU,
                 "wrong ELF class");
    /* The driver is older than torch's CUDA major version; within the major it is enough. */
    expect_sight(DRIVER_OF("11.8", DEVICE("8.6")), CPU, "supports up to CUDA 11.8");
    expect_sight(DRIVER_OF("12.2", DEVICE("8.6")), CUDA("126"), "12.2");
    expect_sight(DRIVER_UNKNOWN, "-", "the driver was not asked");
}

static void test_visible_devices(void **state) {
    (void)state;
    static const char *const lists[][2] = {
        {"", CPU}, {"-1", CPU}, {"-1,0", CPU}, {"0", CUDA("126")}, {"0,-1", CUDA("126")}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        cJSON *snapshot = machine_with("0.45.5", TORCH_CUDA("12.6"), DRIVER("8.6"), OF_0_45);
        set_variable(snapshot, "CUDA_VISIBLE_DEVICES", lists[i][0]);
        cJSON *answer = bp_loader_judge(snapshot);
        assert_string_equal(shown(answer, "chosen"), lists[i][1]);
        cJSON_Delete(answer);
        cJSON_Delete(snapshot);
    }
}

/* The multi-backend previews: HIP below 6.1 has a file of its own; then the CPU file. */
static void test_fork(void **state) {
    (void)state;
    static const char *const builds[][3] = {
        {"6.2.1", ROCM("62"), "loads"},
        {"6.0.2", ROCM("60_nohipblaslt"), "loads"},
        {"5.7.0", ROCM("57_nohipblaslt"), "loads-fallback"},
    };
    for (size_t i = 0; i < sizeof builds / sizeof *builds; i++) {
        cJSON *snapshot = rocm_machine("0.44.1.dev0", builds[i][0],
                                       CPU " " ROCM("62") " " ROCM("60_nohipblaslt"));
        put_json(snapshot, "/bitsandbytes/markers", "{'npu_specs':true,'backends':true}");
        cJSON *answer = bp_loader_judge(snapshot);
        assert_string_equal(shown(answer, "era"), "multi-backend");
        assert_string_equal(shown(answer, "asks_for"), builds[i][1]);
        assert_string_equal(shown(answer, "outcome"), builds[i][2]);
        cJSON_Delete(answer);
        cJSON_Delete(snapshot);
    }
}

/* The ROCm builds of before the previews, whose file has no version in its name. */
static void test_early_rocm_build(void **state) {
    (void)state;
    static const char *const builds[][2] = {{"6.1.2", "libbitsandbytes_hip.so"},
                                            {"6.0.2", "libbitsandbytes_hip_nohipblaslt.so"},
                                            {"5.7.0", "libbitsandbytes_hip_nohipblaslt.so"}};
    for (size_t i = 0; i < sizeof builds / sizeof *builds; i++) {
        cJSON *snapshot =
            rocm_machine("0.43.3", builds[i][0],
                         CPU " libbitsandbytes_hip.so libbitsandbytes_hip_nohipblaslt.so");
        cJSON *answer = bp_loader_judge(snapshot);
        assert_string_equal(shown(answer, "chosen"), builds[i][1]);
        assert_string_equal(shown(answer, "outcome"), "loads");
        cJSON_Delete(answer);
        cJSON_Delete(snapshot);
    }
}

/* The previews take an NPU file where torch_npu sees a device, which is not known here. */
static void test_npu(void **state) {
    (void)state;
    cJSON *snapshot =
        machine_with("0.44.1.dev0", TORCH_CPU, DRIVER_NONE, CPU " libbitsandbytes_npu.so");
    put_json(snapshot, "/bitsandbytes/markers", "{'npu_specs':true,'backends':true}");
    cJSON *answer = bp_loader_judge(snapshot);
    assert_string_equal(shown(answer, "outcome"), "cannot-tell");
    assert_true(gives_reason(answer, "torch_npu"));
    cJSON_Delete(answer);
    put_json(snapshot, "/python/interpreters/0/packages/torch-npu", "[]");
    answer = bp_loader_judge(snapshot);
    assert_string_equal(shown(answer, "chosen"), CPU);
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
}

/* macOS: never a GPU library; the CPU one is asked for, and done without since 0.48. */
static void test_macos(void **state) {
    (void)state;
    static const char dylib[] = "libbitsandbytes_cpu.dylib";
    static const char *const cases[][4] = {
        {"0.50.2", "libbitsandbytes_cpu.dylib", "libbitsandbytes_cpu.dylib", "cpu-only"},
        {"0.49.2", "", "-", "file-missing"},
        {"0.45.5", "", "-", "file-missing"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cJSON *snapshot = machine_with(cases[i][0], TORCH_CPU, DRIVER_NONE, cases[i][1]);
        put_json(snapshot, "/host/os", "'macos'");
        cJSON *answer = bp_loader_judge(snapshot);
        assert_string_equal(shown(answer, "asks_for"), dylib);
        assert_string_equal(shown(answer, "chosen"), cases[i][2]);
        assert_string_equal(shown(answer, "outcome"), cases[i][3]);
        cJSON_Delete(answer);
        cJSON_Delete(snapshot);
    }
}

/* Windows on Arm: one file, for CUDA 13.4, taken upward since 0.50.1. */
static void test_windows_on_arm(void **state) {
    (void)state;
    static const char file[] = "libbitsandbytes_cuda134.dll";
    cJSON *snapshot = machine_with("0.50.1", TORCH_CUDA("13.0"), DRIVER_OF("13.4", DEVICE("12.1")),
                                   "libbitsandbytes_cuda134.dll libbitsandbytes_cpu.dll");
    put_json(snapshot, "/host/os", "'windows'");
    put_json(snapshot, "/python/interpreters/0/machine", "'ARM64'");
    put_json(snapshot, "/bitsandbytes/native_libraries/0/machine", "'ARM64'");
    put_json(snapshot, "/bitsandbytes/native_libraries/0/gpu_code",
             "[{'kind':'cubin','target':'sm_121'},{'kind':'ptx','target':'compute_121'}]");
    cJSON *answer = bp_loader_judge(snapshot);
    assert_string_equal(shown(answer, "chosen"), file);
    assert_string_equal(shown(answer, "outcome"), "loads-fallback");
    cJSON_Delete(answer);
    /* Its code is for 12.1 alone. */
    put_json(snapshot, "/cuda/driver/devices/0/compute_capability", "'12.0'");
    answer = bp_loader_judge(snapshot);
    assert_string_equal(shown(answer, "outcome"), "no-gpu-code");
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
}

/* conda-forge: a package holds exactly one library. */
static void test_conda_variants(void **state) {
    (void)state;
    static const struct choosing table[] = {
        {"0.49.2", TORCH_CUDA("12.9"), DRIVER("8.6"), NULL, CUDA("129"), CUDA("129"), CUDA("129"),
         "loads"},
        {"0.49.2", TORCH_CUDA("12.8"), DRIVER("8.6"), NULL, CUDA("129"), CUDA("128"), "-",
         "file-missing"},
        {"0.50.2", TORCH_CUDA("12.8"), DRIVER("8.6"), NULL, CUDA("129"), CUDA("128"), CUDA("129"),
         "loads-fallback"},
        {"0.45.5", TORCH_CUDA("12.8"), DRIVER("8.6"), NULL, CPU, CUDA("128"), CPU,
         "loads-fallback"},
        {"0.49.2", TORCH_CUDA("12.8"), DRIVER("8.6"), NULL, CPU, CUDA("128"), "-", "file-missing"},
        /* The GPU is not seen, and there is no CPU file for that. */
        {"0.49.2", TORCH_CUDA("12.9"), DRIVER_NONE, NULL, CUDA("129"), CPU, "-", "file-missing"},
    };
    EXPECT_ALL(table);
}

/* A left-over file of an old release has the version of the exact one in its name. */
static void test_stale_nocublaslt_file(void **state) {
    (void)state;
    const struct choosing stale = {
        "0.50.0",    TORCH_CUDA("11.8"),     DRIVER("8.0"),   NULL, CPU " " CUDA("118_nocublaslt"),
        CUDA("118"), CUDA("118_nocublaslt"), "loads-fallback"};
    expect_choice(&stale);
    cJSON *answer = judge(&stale);
    assert_null(strstr(shown(answer, "user_sees"), "No prebuilt binary"));
    cJSON_Delete(answer);
}

static void test_slip_in_the_cpu_name(void **state) {
    (void)state;
    static const char *const versions[] = {"0.35.3", "0.35.4", "0.37.2", "0.38.0"};
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        const struct choosing choosing = {versions[i], TORCH_CPU, DRIVER_NONE, NULL,
                                          OF_0_42,     CPU,       CPU,         "cpu-only"};
        cJSON *answer = judge(&choosing);
        assert_int_equal(gives_reason(answer, "libsbitsandbytes_cpu.so"), i == 1 || i == 2);
        cJSON_Delete(answer);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cuda_file),
        cmocka_unit_test(test_cpu_file),
        cmocka_unit_test(test_two_devices),
        cmocka_unit_test(test_misspelt_cpu_file),
        cmocka_unit_test(test_torch_that_cannot_be_asked_for_xpu),
        cmocka_unit_test(test_files_of_one_version),
        cmocka_unit_test(test_cpu_file_missing),
        cmocka_unit_test(test_nocublaslt),
        cmocka_unit_test(test_override),
        cmocka_unit_test(test_override_of_digits),
        cmocka_unit_test(test_best_match),
        cmocka_unit_test(test_rocm),
        cmocka_unit_test(test_xpu),
        cmocka_unit_test(test_windows_names),
        cmocka_unit_test(test_libcudart_decides),
        cmocka_unit_test(test_missing_cudart_file),
        cmocka_unit_test(test_unversioned_driver),
        cmocka_unit_test(test_what_torch_sees),
        cmocka_unit_test(test_visible_devices),
        cmocka_unit_test(test_fork),
        cmocka_unit_test(test_early_rocm_build),
        cmocka_unit_test(test_npu),
        cmocka_unit_test(test_macos),
        cmocka_unit_test(test_windows_on_arm),
        cmocka_unit_test(test_conda_variants),
        cmocka_unit_test(test_stale_nocublaslt_file),
        cmocka_unit_test(test_slip_in_the_cpu_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
