/*
 * Facts put in place of others: what is understood, what else changes with a fact, and that
 * nothing that was found here stays where it says nothing any more.
 */
#include "tests/unit/loader_snapshot.h"

#include "checks/assume.h"
#include "checks/releases.h"

#define CPU "libbitsandbytes_cpu.so"
#define CUDA124 "libbitsandbytes_cuda124.so"

static int make_releases(void **state) {
    *state = bp_releases_builtin();
    return *state ? 0 : -1;
}

static int free_releases(void **state) {
    bp_releases_free(*state);
    return 0;
}

/* The assumptions in `words`, with blanks between them. */
static struct bp_strs listed(const char *words) {
    struct bp_strs list = {0};
    bp_strs_split(&list, words, ' ', false);
    return list;
}

static void assume(cJSON *snapshot, const char *words, const struct bp_releases *releases) {
    struct bp_strs list = listed(words);
    struct bp_err err = {0};
    if (bp_assume(snapshot, &list, releases, &err) != 0) {
        fail_msg("%s: %s", words, bp_err_text(&err));
    }
    bp_strs_free(&list);
}

static void expect_text(const cJSON *snapshot, const char *pointer, const char *expected) {
    const char *text = bp_json_text_at(snapshot, pointer);
    if (expected ? !bp_equal(text, expected) : text != NULL) {
        fail_msg("%s is %s, not %s", pointer, text ? text : "null", expected ? expected : "null");
    }
}

static void expect_number(const cJSON *snapshot, const char *pointer, double expected) {
    const cJSON *number = bp_json_at(snapshot, pointer);
    if (!cJSON_IsNumber(number) || number->valuedouble != expected) {
        fail_msg("%s is not %g", pointer, expected);
    }
}

static void expect_outcome(const cJSON *snapshot, const char *outcome) {
    cJSON *answer = bp_loader_judge(snapshot);
    if (strcmp(shown(answer, "outcome"), outcome) != 0) {
        fail_msg("%s (%s), not %s", shown(answer, "outcome"), shown(answer, "outcome_says"),
                 outcome);
    }
    cJSON_Delete(answer);
}

/* --- what is understood --- */

static void refuse(const char *words, const char *says) {
    struct bp_strs list = listed(words);
    struct bp_err err = {0};
    if (bp_assume_check(&list, NULL, &err) == 0) {
        fail_msg("%s is taken", words);
    }
    if (!strstr(bp_err_text(&err), says)) {
        fail_msg("%s: '%s' is not in '%s'", words, says, bp_err_text(&err));
    }
    bp_err_clear(&err);
    bp_strs_free(&list);
}

static void test_a_wrong_one_is_explained(void **state) {
    (void)state;
    refuse("gpu", "KEY=VALUE");
    refuse("cuda=12.4", "there are platform, glibc, musl, python, gpu, driver");
    refuse("gpu=Hopper", "compute capability such as 9.0");
    refuse("gpu=9.0,", "compute capability such as 9.0");
    refuse("gpu=9.0,gfx942", "several of one kind");
    refuse("driver=12.4", "570.86");
    refuse("driver-cuda=570", "not '570'");
    refuse("torch-cuda=twelve", "not 'twelve'");
    refuse("platform=windows", "win_amd64");
    refuse("platform=macosx_x", "win_amd64");
    refuse("bitsandbytes=new", "newest, source or none");
    refuse("glibc=new", "2.17");
    refuse("env:HOME=/root", "there are BNB_CUDA_VERSION");
    refuse("env:LD_PRELOAD=/x/libx.so", "unset alone");
    refuse("library=cusparse", "libcusparse.so.12");
    refuse("python=3.9 python=3.10", "python is assumed twice");
    refuse("env:CUDA_VERSION=1 env:CUDA_VERSION=2", "env:CUDA_VERSION is assumed twice");
    refuse("glibc=2.17 musl=1.2", "glibc and musl cannot be assumed together");
    refuse("torch-cuda=12.4 torch-hip=6.4", "torch-cuda and torch-hip");
}

static void test_ways_to_write_a_value(void **state) {
    static const struct {
        const char *given;
        const char *capability;
    } gpus[] = {{"9.0", "9.0"},   {"sm_90", "9.0"},   {"sm_90a", "9.0"},  {"90", "9.0"},
                {"12.0", "12.0"}, {"sm_120", "12.0"}, {"sm_100f", "10.0"}};
    for (size_t i = 0; i < sizeof gpus / sizeof *gpus; i++) {
        cJSON *snapshot = machine_with("0.49.2", TORCH_CPU, DRIVER_NONE, CPU);
        char *word = bp_format("gpu=%s", gpus[i].given);
        assume(snapshot, word, *state);
        expect_text(snapshot, "/cuda/driver/devices/0/compute_capability", gpus[i].capability);
        free(word);
        cJSON_Delete(snapshot);
    }
    static const char *const versions[] = {"12.4", "cu124", "124", "12.4.1"};
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        cJSON *snapshot = machine_with("0.49.2", TORCH_CPU, DRIVER_NONE, CPU);
        char *word = bp_format("torch-cuda=%s", versions[i]);
        assume(snapshot, word, *state);
        expect_text(snapshot, "/python/interpreters/0/torch/cuda", "12.4");
        free(word);
        cJSON_Delete(snapshot);
    }
}

/* --- GPUs and drivers --- */

static void test_a_gpu_brings_a_driver_that_starts(void **state) {
    cJSON *snapshot = machine_with("0.49.2", TORCH_CUDA("12.4"), DRIVER_NONE, CUDA124 " " CPU);
    assume(snapshot, "gpu=9.0,8.0", *state);
    expect_text(snapshot, "/cuda/driver/library/status", "loaded");
    expect_number(snapshot, "/cuda/driver/init/code", 0);
    expect_number(snapshot, "/cuda/driver/device_count", 2);
    expect_text(snapshot, "/cuda/driver/devices/1/compute_capability", "8.0");
    /* Which driver is not said, and so not known. */
    expect_text(snapshot, "/cuda/driver/version", NULL);
    assume(snapshot, "gpu=none", *state);
    expect_text(snapshot, "/cuda/driver/library/status", "not-found");
    expect_number(snapshot, "/cuda/driver/device_count", 0);
    expect_outcome(snapshot, "cpu-only");
    cJSON_Delete(snapshot);
}

static void test_an_amd_gpu(void **state) {
    cJSON *snapshot = machine_with("0.49.2", TORCH_CPU, DRIVER("8.6"), CPU);
    assume(snapshot, "gpu=gfx942", *state);
    expect_text(snapshot, "/rocm/gpus/0/gfx", "gfx942");
    assert_true(cJSON_IsTrue(bp_json_at(snapshot, "/rocm/kfd/may_use")));
    expect_text(snapshot, "/cuda/driver/library/status", "not-found");
    cJSON_Delete(snapshot);
}

/* CUDA's release notes: driver 535 came with CUDA 12.2, 550 with 12.4, 580 with 13.0. */
static void test_a_driver_supports_one_cuda(void **state) {
    static const struct {
        const char *driver;
        const char *cuda;
    } drivers[] = {{"535.183.01", "12.2"}, {"550.54", "12.4"}, {"570.86", "12.8"},
                   {"580.65", "13.0"},     {"390.1", NULL},    {"610.10", NULL}};
    for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++) {
        cJSON *snapshot = machine_with("0.49.2", TORCH_CPU, DRIVER("9.0"), CPU);
        char *word = bp_format("driver=%s", drivers[i].driver);
        assume(snapshot, word, *state);
        expect_text(snapshot, "/cuda/kernel_module/version", drivers[i].driver);
        expect_text(snapshot, "/cuda/driver/version", drivers[i].cuda);
        /* The GPU that is there stays. */
        expect_text(snapshot, "/cuda/driver/devices/0/compute_capability", "9.0");
        free(word);
        cJSON_Delete(snapshot);
    }
}

static void test_a_driver_without_a_gpu_has_no_device(void **state) {
    cJSON *snapshot = machine_with("0.49.2", TORCH_CUDA("12.4"), DRIVER_NONE, CPU);
    put_json(snapshot, "/hardware", "{'pci':[]}");
    assume(snapshot, "driver-cuda=12.4", *state);
    expect_number(snapshot, "/cuda/driver/init/code", 100);
    /* With a card in the machine, there is one, of which nothing more is known. */
    put_json(snapshot, "/hardware", "{'pci':[{'class':'0x030200','vendor':'0x10de'}]}");
    assume(snapshot, "driver-cuda=12.4", *state);
    expect_number(snapshot, "/cuda/driver/init/code", 0);
    expect_number(snapshot, "/cuda/driver/device_count", 1);
    assert_true(cJSON_IsNull(bp_json_at(snapshot, "/cuda/driver/devices")));
    cJSON_Delete(snapshot);
}

/* --- variables --- */

static void test_variables(void **state) {
    cJSON *snapshot = machine_with("0.49.2", TORCH_CUDA("12.4"),
                                   "{'library':{'status':'loaded'},'init':{'code':100},"
                                   "'device_count':0,'devices':[],'visible_devices':'-1'}",
                                   CUDA124 " " CPU);
    put_json(snapshot, "/hardware", "{'pci':[{'class':'0x030000','vendor':'0x10de'}]}");
    set_variable(snapshot, "CUDA_VISIBLE_DEVICES", "-1");
    set_variable(snapshot, "BNB_CUDA_VERSION", "118");
    assume(snapshot, "env:CUDA_VISIBLE_DEVICES= env:BNB_CUDA_VERSION=124", *state);
    /* What it hid is there, as far as is known. */
    assert_null(bp_json_at(snapshot, "/environment/CUDA_VISIBLE_DEVICES"));
    expect_text(snapshot, "/environment/BNB_CUDA_VERSION", "124");
    expect_number(snapshot, "/cuda/driver/device_count", 1);
    cJSON_Delete(snapshot);
}

static void test_the_library_path_takes_its_finds_with_it(void **state) {
    cJSON *snapshot = machine_with("0.49.2", TORCH_CPU, DRIVER_NONE, CPU);
    put_json(snapshot, "/libraries",
             "{'search':{'ld_library_path':['/old']},'candidates':{'libgomp.so.1':["
             "{'path':'/old/libgomp.so.1','found_from':'ld_library_path'},"
             "{'path':'/usr/lib/libgomp.so.1','found_from':'loader_cache'}]}}");
    assume(snapshot, "env:LD_LIBRARY_PATH=/new:/newer", *state);
    expect_text(snapshot, "/libraries/search/ld_library_path/1", "/newer");
    expect_text(snapshot, "/libraries/candidates/libgomp.so.1/0/path", "/usr/lib/libgomp.so.1");
    assert_null(bp_json_at(snapshot, "/libraries/candidates/libgomp.so.1/1"));
    cJSON_Delete(snapshot);
}

static void test_nothing_is_preloaded(void **state) {
    cJSON *snapshot = machine_with("0.49.2", TORCH_CPU, DRIVER_NONE, CPU);
    set_variable(snapshot, "LD_PRELOAD", "/x/libx.so");
    put_json(snapshot, "/libraries", "{'search':{'ld_preload':['/x/libx.so']}}");
    assume(snapshot, "env:LD_PRELOAD=", *state);
    assert_null(bp_json_at(snapshot, "/environment/LD_PRELOAD"));
    assert_null(bp_json_at(snapshot, "/libraries/search/ld_preload/0"));
    cJSON_Delete(snapshot);
}

/* --- torch --- */

/* A library as the CUDA files need it. */
static cJSON *machine_needing(const char *torch, const char *library) {
    cJSON *snapshot = machine_with("0.49.2", torch, DRIVER("9.0"), CUDA124 " " CPU);
    char *needed = bp_format("['%s']", library);
    put_json(snapshot, "/bitsandbytes/native_libraries/0/needed", needed);
    put_json(snapshot, "/libraries",
             "{'search':{},'candidates':{'libcudart.so.12':[],'libcudart.so.11.0':[{'path':"
             "'/site/nvidia/cuda_runtime/lib/libcudart.so.11.0','soname':'libcudart.so.11.0',"
             "'found_from':'wheel','format':'elf','machine':'x86_64','bits':64,"
             "'version_definitions':[],'needed':[]}],'libcusparse.so.12':[]}}");
    free(needed);
    return snapshot;
}

static void test_another_torch_brings_its_own_libraries(void **state) {
    cJSON *snapshot = machine_needing(TORCH_CUDA("11.8"), "libcudart.so.12");
    assume(snapshot, "torch-cuda=12.4", *state);
    expect_text(snapshot, "/python/interpreters/0/torch/version", "2.4.0+cu124");
    expect_text(snapshot, "/libraries/candidates/libcudart.so.12/0/found_from", "torch");
    /* Those of the old one are gone with it. */
    assert_null(bp_json_at(snapshot, "/libraries/candidates/libcudart.so.11.0/0"));
    expect_outcome(snapshot, "loads");
    assume(snapshot, "torch-cuda=none", *state);
    expect_text(snapshot, "/python/interpreters/0/torch/cuda", NULL);
    assert_null(bp_json_at(snapshot, "/libraries/candidates/libcudart.so.12/0"));
    expect_outcome(snapshot, "cpu-only");
    assume(snapshot, "torch=none", *state);
    expect_outcome(snapshot, "torch-missing");
    cJSON_Delete(snapshot);
}

/* What is there of the same torch stays as it is, and what it lacks comes back. */
static void test_the_same_torch_again(void **state) {
    cJSON *snapshot = machine_needing(TORCH_CUDA("12.4"), "libcudart.so.12");
    expect_outcome(snapshot, "dependency-missing");
    put_json(snapshot, "/libraries/candidates/libcublas.so.12",
             "[{'path':'/site/nvidia/cublas/lib/libcublas.so.12','found_from':'wheel'}]");
    put_json(snapshot, "/libraries/candidates/libcublasLt.so.12",
             "[{'path':'/site/nvidia/cublas/lib/libcublasLt.so.12','found_from':'wheel',"
             "'error':'the file is empty'}]");
    assume(snapshot, "torch=again", *state);
    expect_text(snapshot, "/python/interpreters/0/torch/cuda", "12.4");
    expect_text(snapshot, "/libraries/candidates/libcudart.so.12/0/found_from", "torch");
    expect_text(snapshot, "/libraries/candidates/libcublas.so.12/0/found_from", "wheel");
    expect_text(snapshot, "/libraries/candidates/libcublasLt.so.12/0/found_from", "torch");
    expect_outcome(snapshot, "loads");
    cJSON_Delete(snapshot);
    /* Where there is none, there is none again. */
    snapshot = machine_needing("null", "libcudart.so.12");
    put_json(snapshot, "/python/interpreters/0/packages/torch", "[]");
    assume(snapshot, "torch=again", *state);
    expect_outcome(snapshot, "torch-missing");
    cJSON_Delete(snapshot);
}

/* Some builds for CUDA 12.1 link it statically, those for 12.4 take it from a wheel. */
static void test_a_library_that_only_some_builds_bring(void **state) {
    cJSON *snapshot = machine_needing(TORCH_CPU, "libcusparse.so.12");
    assume(snapshot, "torch-cuda=12.4", *state);
    expect_outcome(snapshot, "loads");
    cJSON_Delete(snapshot);
    snapshot = machine_needing(TORCH_CPU, "libcusparse.so.12");
    assume(snapshot, "torch-cuda=12.1 env:BNB_CUDA_VERSION=124", *state);
    expect_outcome(snapshot, "cannot-tell");
    assume(snapshot, "library=libcusparse.so.12", *state);
    expect_outcome(snapshot, "loads");
    cJSON_Delete(snapshot);
}

static void test_the_version_says_the_build(void **state) {
    cJSON *snapshot = machine_with("0.49.2", TORCH_CPU, DRIVER_NONE, CPU);
    assume(snapshot, "torch=2.8.0+cu128", *state);
    expect_text(snapshot, "/python/interpreters/0/torch/cuda", "12.8");
    assume(snapshot, "torch=2.9.1+rocm6.4", *state);
    expect_text(snapshot, "/python/interpreters/0/torch/cuda", NULL);
    expect_text(snapshot, "/python/interpreters/0/torch/hip", "6.4");
    assume(snapshot, "torch=2.8.0+cpu", *state);
    expect_text(snapshot, "/python/interpreters/0/torch/hip", NULL);
    assert_true(
        bp_json_is_true(bp_json_at(snapshot, "/python/interpreters/0/torch"), "build_known"));
    /* A bare version does not say it. */
    assume(snapshot, "torch=2.7.0", *state);
    assert_false(
        bp_json_is_true(bp_json_at(snapshot, "/python/interpreters/0/torch"), "build_known"));
    cJSON_Delete(snapshot);
}

/* --- system --- */

static void test_an_older_glibc(void **state) {
    cJSON *snapshot = machine_with("0.45.5", TORCH_CUDA("12.4"), DRIVER("9.0"), CUDA124 " " CPU);
    put_json(snapshot, "/host/distribution", "{'id':'debian','version':'12'}");
    put_json(snapshot, "/bitsandbytes/native_libraries/0/needed", "['libc.so.6']");
    put_json(snapshot, "/bitsandbytes/native_libraries/0/version_needs",
             "[{'library':'libc.so.6','versions':['GLIBC_2.2.5','GLIBC_2.34']}]");
    expect_outcome(snapshot, "loads");
    assume(snapshot, "glibc=2.17", *state);
    expect_text(snapshot, "/host/libc/version", "2.17");
    /* Debian 12 has another; what stood for it says nothing any more, and the reason is kept. */
    assert_true(cJSON_IsNull(bp_json_at(snapshot, "/host/distribution")));
    assert_non_null(bp_json_at(snapshot, "/collectors/assumed/unknown/~1host~1distribution"));
    /* CentOS 7's libstdc++ goes up to GLIBCXX_3.4.19. */
    expect_text(snapshot, "/host/libstdcxx/glibcxx", "3.4.19");
    expect_outcome(snapshot, "libc-too-old");
    assume(snapshot, "glibc=2.34", *state);
    expect_outcome(snapshot, "loads");
    assume(snapshot, "musl=1.2.5", *state);
    expect_text(snapshot, "/host/libc/name", "musl");
    expect_outcome(snapshot, "dependency-missing");
    cJSON_Delete(snapshot);
}

static void test_a_platform_has_none_of_the_files_of_this_one(void **state) {
    cJSON *snapshot = machine_with("0.49.2", TORCH_CUDA("12.8"), DRIVER("9.0"), CUDA124 " " CPU);
    put_json(snapshot, "/libraries", "{'candidates':{'libcudart.so.12':[{'path':'/x'}]}}");
    put_json(snapshot, "/tools", "{'gcc':{'path':'/usr/bin/gcc'}}");
    put_json(snapshot, "/python/interpreters/0/executable", "'/usr/bin/python3'");
    set_variable(snapshot, "LD_LIBRARY_PATH", "/x");
    set_variable(snapshot, "CUDA_VISIBLE_DEVICES", "0");
    assume(snapshot, "platform=win_amd64", *state);
    expect_text(snapshot, "/host/os", "windows");
    expect_text(snapshot, "/host/libc/version", NULL);
    expect_text(snapshot, "/python/interpreters/0/executable", NULL);
    expect_text(snapshot, "/tools/gcc/path", NULL);
    assert_null(bp_json_at(snapshot, "/libraries/candidates/libcudart.so.12"));
    assert_null(bp_json_at(snapshot, "/environment/LD_LIBRARY_PATH"));
    expect_text(snapshot, "/environment/CUDA_VISIBLE_DEVICES", "0");
    /* The same release, as its Windows wheel holds it; the same torch and the same GPU. */
    expect_text(snapshot, "/bitsandbytes/version", "0.49.2");
    const cJSON *library;
    cJSON_ArrayForEach(library, bp_json_at(snapshot, "/bitsandbytes/native_libraries")) {
        assert_true(bp_ends_with(bp_json_text(library, "name"), ".dll"));
    }
    expect_text(snapshot, "/python/interpreters/0/torch/cuda", "12.8");
    expect_text(snapshot, "/cuda/driver/devices/0/compute_capability", "9.0");
    cJSON_Delete(snapshot);
}

/* 0.42.0 and older have one wheel for every machine, with x86-64 files (issue #232). */
static void test_old_wheels_on_another_machine(void **state) {
    cJSON *snapshot = machine_with("0.42.0", TORCH_CUDA("12.1"), DRIVER("9.0"), CPU);
    assume(snapshot, "platform=linux_aarch64", *state);
    expect_outcome(snapshot, "wrong-architecture");
    /* The first release with a wheel for aarch64 is 0.46.0. */
    assume(snapshot, "bitsandbytes=0.45.5", *state);
    expect_outcome(snapshot, "not-installed");
    cJSON_Delete(snapshot);
}

/* --- bitsandbytes --- */

static bool has_library(const cJSON *snapshot, const char *name) {
    const cJSON *library;
    cJSON_ArrayForEach(library, bp_json_at(snapshot, "/bitsandbytes/native_libraries")) {
        if (bp_equal(bp_json_text(library, "name"), name)) {
            return true;
        }
    }
    return false;
}

static void test_a_release_is_what_its_wheel_holds(void **state) {
    cJSON *snapshot = machine_with("0.49.2", TORCH_CPU, DRIVER_NONE, CPU);
    /* CUDA 12.3 came with 0.42.0, 12.4 with 0.43.1; 0.50.0 left out all but six versions. */
    assume(snapshot, "bitsandbytes=0.42.0", *state);
    assert_true(has_library(snapshot, "libbitsandbytes_cuda123.so"));
    assert_false(has_library(snapshot, "libbitsandbytes_cuda124.so"));
    expect_text(snapshot, "/python/interpreters/0/packages/bitsandbytes/0/version", "0.42.0");
    assume(snapshot, "bitsandbytes=0.50.0", *state);
    assert_true(has_library(snapshot, "libbitsandbytes_cuda121.so"));
    assert_false(has_library(snapshot, "libbitsandbytes_cuda123.so"));
    assume(snapshot, "bitsandbytes=none", *state);
    expect_outcome(snapshot, "not-installed");
    cJSON_Delete(snapshot);
}

static void test_newest_is_what_pip_would_take(void **state) {
    cJSON *snapshot = machine_with(NULL, TORCH_CPU, DRIVER_NONE, "");
    /* 0.45.5 is the last for Python 3.8, 0.48.2 for 3.9. */
    assume(snapshot, "bitsandbytes=newest python=3.8", *state);
    expect_text(snapshot, "/bitsandbytes/version", "0.45.5");
    assume(snapshot, "bitsandbytes=newest python=3.9", *state);
    expect_text(snapshot, "/bitsandbytes/version", "0.48.2");
    /* Wheels since 0.43.0 ask for glibc 2.24. */
    assume(snapshot, "bitsandbytes=newest glibc=2.17 python=3.10", *state);
    expect_text(snapshot, "/bitsandbytes/version", "0.42.0");
    cJSON_Delete(snapshot);
}

static void test_a_release_that_never_was(void **state) {
    cJSON *snapshot = machine_with("0.49.2", TORCH_CPU, DRIVER_NONE, CPU);
    struct bp_strs list = listed("bitsandbytes=0.47.99");
    struct bp_err err = {0};
    assert_int_equal(bp_assume(snapshot, &list, *state, &err), -1);
    assert_non_null(strstr(bp_err_text(&err), "0.47.99"));
    bp_err_clear(&err);
    bp_strs_free(&list);
    cJSON_Delete(snapshot);
}

/* What a newer release needs was not looked for, but all of CUDA that is here is known. */
static void test_a_release_finds_the_cuda_that_is_here(void **state) {
    cJSON *snapshot = machine_with("0.49.2", TORCH_CUDA("12.4"), DRIVER("9.0"), CPU);
    put_json(snapshot, "/libraries", "{'search':{},'candidates':{}}");
    put_json(snapshot, "/cuda/libraries",
             "[{'path':'/usr/lib/libcublas.so.12','soname':'libcublas.so.12','found_from':"
             "'loader_cache'}]");
    assume(snapshot, "bitsandbytes=0.49.2", *state);
    expect_text(snapshot, "/libraries/candidates/libcublas.so.12/0/path",
                "/usr/lib/libcublas.so.12");
    /* None is here: that is known, too. */
    assert_true(cJSON_IsArray(bp_json_at(snapshot, "/libraries/candidates/libcudart.so.12")));
    /* Of others nothing is. */
    assert_null(bp_json_at(snapshot, "/libraries/candidates/libgomp.so.1"));
    cJSON_Delete(snapshot);
}

static void test_a_build_of_ones_own(void **state) {
    cJSON *snapshot = machine_with("0.49.2", TORCH_CUDA("12.9"), DRIVER("8.7"), CPU);
    assume(snapshot, "bitsandbytes=source", *state);
    expect_text(snapshot, "/bitsandbytes/native_libraries/0/name", "libbitsandbytes_cuda129.so");
    expect_text(snapshot, "/bitsandbytes/native_libraries/0/gpu_code/0/target", "sm_87");
    cJSON_Delete(snapshot);
    /* CUDA 13 compiles for 7.5 and newer. */
    snapshot = machine_with("0.49.2", TORCH_CUDA("13.0"), DRIVER("7.0"), CPU);
    assume(snapshot, "bitsandbytes=source", *state);
    assert_null(bp_json_at(snapshot, "/bitsandbytes/native_libraries/0/gpu_code/0"));
    cJSON_Delete(snapshot);
}

/* --- all together --- */

static void test_order_does_not_count(void **state) {
    static const char *const orders[] = {
        "platform=win_amd64 bitsandbytes=0.50.0 torch=2.8.0+cu128 gpu=9.0 driver=570.86",
        "driver=570.86 gpu=9.0 torch=2.8.0+cu128 bitsandbytes=0.50.0 platform=win_amd64",
        "gpu=9.0 bitsandbytes=0.50.0 driver=570.86 platform=win_amd64 torch=2.8.0+cu128",
    };
    cJSON *first = NULL;
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        cJSON *snapshot = machine_with("0.42.0", TORCH_CPU, DRIVER_NONE, CPU);
        assume(snapshot, orders[i], *state);
        cJSON_DeleteItemFromObjectCaseSensitive(
            cJSON_GetObjectItemCaseSensitive(snapshot, "collectors"), "assumed");
        assert_true(!first || cJSON_Compare(first, snapshot, true));
        cJSON_Delete(first);
        first = snapshot;
    }
    cJSON_Delete(first);
}

static void test_a_copy_leaves_the_original_alone(void **state) {
    cJSON *snapshot = machine_needing(TORCH_CUDA("11.8"), "libcudart.so.12");
    char *before = bp_json_print(snapshot, false);
    cJSON *copy = bp_assume_copy(snapshot);
    assume(copy,
           "platform=linux_aarch64 gpu=9.0 driver=570.86 glibc=2.28 python=3.12 torch-cuda=12.8 "
           "bitsandbytes=newest env:LD_LIBRARY_PATH=/x library=libcusparse.so.12",
           *state);
    cJSON_Delete(copy);
    char *after = bp_json_print(snapshot, false);
    assert_string_equal(before, after);
    free(after);
    free(before);
    cJSON_Delete(snapshot);
}

static void test_what_was_assumed_is_kept(void **state) {
    cJSON *snapshot = machine_with("0.49.2", TORCH_CPU, DRIVER_NONE, CPU);
    assert_null(bp_assumed(snapshot));
    assume(snapshot, "gpu=9.0 python=3.12", *state);
    assume(snapshot, "gpu=none", *state);
    cJSON *list = bp_assumed(snapshot);
    char *text = bp_json_print(list, false);
    assert_string_equal(text, "[\"gpu=9.0\",\"python=3.12\",\"gpu=none\"]");
    free(text);
    cJSON_Delete(list);
    cJSON_Delete(snapshot);
}

/* Nothing at all is known: what is assumed is all there is. */
static void test_on_nothing(void **state) {
    cJSON *snapshot = cJSON_CreateObject();
    assume(snapshot,
           "platform=manylinux_2_36_x86_64 python=3.12 torch=2.8.0+cu128 gpu=9.0 driver=570.86 "
           "bitsandbytes=0.50.0",
           *state);
    expect_outcome(snapshot, "loads");
    cJSON_Delete(snapshot);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_wrong_one_is_explained),
        cmocka_unit_test(test_ways_to_write_a_value),
        cmocka_unit_test(test_a_gpu_brings_a_driver_that_starts),
        cmocka_unit_test(test_an_amd_gpu),
        cmocka_unit_test(test_a_driver_supports_one_cuda),
        cmocka_unit_test(test_a_driver_without_a_gpu_has_no_device),
        cmocka_unit_test(test_variables),
        cmocka_unit_test(test_the_library_path_takes_its_finds_with_it),
        cmocka_unit_test(test_another_torch_brings_its_own_libraries),
        cmocka_unit_test(test_the_same_torch_again),
        cmocka_unit_test(test_nothing_is_preloaded),
        cmocka_unit_test(test_a_library_that_only_some_builds_bring),
        cmocka_unit_test(test_the_version_says_the_build),
        cmocka_unit_test(test_an_older_glibc),
        cmocka_unit_test(test_a_platform_has_none_of_the_files_of_this_one),
        cmocka_unit_test(test_old_wheels_on_another_machine),
        cmocka_unit_test(test_a_release_is_what_its_wheel_holds),
        cmocka_unit_test(test_newest_is_what_pip_would_take),
        cmocka_unit_test(test_a_release_that_never_was),
        cmocka_unit_test(test_a_release_finds_the_cuda_that_is_here),
        cmocka_unit_test(test_a_build_of_ones_own),
        cmocka_unit_test(test_order_does_not_count),
        cmocka_unit_test(test_a_copy_leaves_the_original_alone),
        cmocka_unit_test(test_what_was_assumed_is_kept),
        cmocka_unit_test(test_on_nothing),
    };
    return cmocka_run_group_tests(tests, make_releases, free_releases);
}
