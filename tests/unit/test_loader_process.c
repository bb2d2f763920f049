/*
 * What a process maps before bitsandbytes opens its library, from facts about the interpreter's
 * and torch's own files: who needs what, in which order, under which name. That these rules are
 * the real loader's is shown by tests/end_to_end/test_resolution.py.
 */
#include "tests/unit/loader_snapshot.h"

#define NATIVE "libbitsandbytes_cuda121.so"
#define ELF "'format':'elf','bits':64,'machine':'x86_64','elf_type':'dyn'"
#define GLOBAL_DEPS(needed, search)                                                                \
    "{'role':'torch-global-deps','path':'/site/torch/lib/libtorch_global_deps.so'," ELF            \
    ",'soname':'libtorch_global_deps.so','needed':[" needed "]," search "}"
#define MODULE(needed)                                                                             \
    "{'role':'torch-module','path':'/site/torch/_C.cpython-311-x86_64-linux-gnu.so'," ELF          \
    ",'needed':[" needed "],'rpath':['$ORIGIN/lib']}"
#define AT(path, more) "{'found_from':'torch','path':'" path "'," ELF "," more "}"

/* torch's usual search path in the wheels for CUDA 12. */
#define WHEEL_RPATH "'rpath':['$ORIGIN/../../nvidia/cuda_runtime/lib','$ORIGIN']"
#define WHEEL_ALIAS                                                                                \
    "{'path':'/site/torch/lib/../../nvidia/cuda_runtime/lib',"                                     \
    "'is':'/site/nvidia/cuda_runtime/lib'}"

#define CUDART "libcudart.so.12"
#define CUDART_AT "/site/nvidia/cuda_runtime/lib/libcudart.so.12"

static cJSON *snapshot_with(const char *needed, const char *opened) {
    cJSON *snapshot = machine_with("0.45.5", TORCH_CUDA("12.1"), DRIVER("8.6"), "");
    char *library = bp_format("{'name':'" NATIVE "','path':'/site/bitsandbytes/" NATIVE "'," ELF
                              ",'needed':[%s],'version_needs':[]}",
                              needed);
    put_json(snapshot, "/bitsandbytes/native_libraries/-", library);
    put_json(snapshot, "/libraries", "{'candidates':{}}");
    put_json(snapshot, "/libraries/search",
             "{'ld_library_path':['/var'],'default_folders':['/usr/lib'],'folders':[" WHEEL_ALIAS
             "]}");
    put_json(snapshot, "/libraries/opened", opened);
    free(library);
    return snapshot;
}

static void put_candidates(cJSON *snapshot, const char *soname, const char *list) {
    char *pointer = bp_format("/libraries/candidates/%s", soname);
    put_json(snapshot, pointer, list);
    free(pointer);
}

/* Judges with torch at the place that its opened files are at. */
static cJSON *judge(cJSON *snapshot) {
    put_json(snapshot, "/python/interpreters/0/torch/path", "'/site/torch/version.py'");
    return bp_loader_judge(snapshot);
}

/* The outcome of the first needed library, its path, and a part of the reason. */
static void expect(cJSON *snapshot, const char *outcome, const char *path, const char *reason) {
    cJSON *answer = judge(snapshot);
    const cJSON *need = bp_json_at(answer, "/files/0/needed/0");
    if (strcmp(shown(need, "outcome"), outcome) != 0 || strcmp(shown(need, "path"), path) != 0 ||
        (reason && !strstr(shown(need, "reason"), reason))) {
        fail_msg("%s at %s because %s; expected %s at %s because %s", shown(need, "outcome"),
                 shown(need, "path"), shown(need, "reason"), outcome, path, reason ? reason : "-");
    }
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
}

static void test_needed_by_torch(void **state) {
    (void)state;
    cJSON *snapshot = snapshot_with(
        "'" CUDART "'", "[" GLOBAL_DEPS("'" CUDART "'", WHEEL_RPATH) "," MODULE("") "]");
    put_candidates(snapshot, CUDART,
                   "[{'found_from':'ld_library_path','path':'/var/" CUDART "'," ELF
                   "}," AT(CUDART_AT, "'soname':'" CUDART "'") "]");
    expect(snapshot, "mapped-by-torch", CUDART_AT, "libtorch_global_deps.so needs it");
}

/* The same torch with its search path in RUNPATH: the variable comes first then. */
static void test_variable_before_torchs_runpath(void **state) {
    (void)state;
    cJSON *snapshot = snapshot_with(
        "'" CUDART "'",
        "[" GLOBAL_DEPS("'" CUDART "'",
                        "'runpath':['$ORIGIN/../../nvidia/cuda_runtime/lib']") "," MODULE("") "]");
    put_candidates(snapshot, CUDART,
                   "[{'found_from':'ld_library_path','path':'/var/" CUDART "'," ELF
                   ",'soname':'" CUDART "'}," AT(CUDART_AT, "'soname':'" CUDART "'") "]");
    expect(snapshot, "mapped-by-torch", "/var/" CUDART, "LD_LIBRARY_PATH");
}

/* torch 1.13 carries libcudart-e409450e.so.11.0, whose SONAME is libcudart.so.11.0. */
static void test_bundled_copy_answers_to_its_soname(void **state) {
    (void)state;
    cJSON *snapshot = snapshot_with(
        "'libcudart.so.11.0'", "[" GLOBAL_DEPS("'libcudart-e409450e.so.11.0'", WHEEL_RPATH) "]");
    put_candidates(
        snapshot, "libcudart-e409450e.so.11.0",
        "[" AT("/site/torch/lib/libcudart-e409450e.so.11.0", "'soname':'libcudart.so.11.0'") "]");
    put_candidates(snapshot, "libcudart.so.11.0", "[]");
    expect(snapshot, "mapped-by-torch", "/site/torch/lib/libcudart-e409450e.so.11.0", NULL);
}

/* Files of a torch that is not the one in the facts, which then is an assumed one. */
static void test_assumed_torch(void **state) {
    (void)state;
    cJSON *snapshot = snapshot_with("'" CUDART "'", "[" GLOBAL_DEPS("", WHEEL_RPATH) "]");
    put_candidates(snapshot, CUDART,
                   "[{'found_from':'wheel','path':'" CUDART_AT "'," ELF ",'soname':'" CUDART "'}]");
    cJSON *answer = bp_loader_judge(snapshot);
    assert_string_equal(bp_json_text_at(answer, "/files/0/needed/0/outcome"), "mapped-by-torch");
    assert_non_null(strstr(bp_json_text_at(answer, "/files/0/needed/0/reason"), "CUDA 12.1"));
    cJSON_Delete(answer);
    expect(snapshot, "not-found", "-", NULL);
}

/* A torch without CUDA maps none of the wheels that lie beside it. */
static void test_wheel_that_torch_does_not_need(void **state) {
    (void)state;
    cJSON *snapshot = snapshot_with("'" CUDART "'", "[" GLOBAL_DEPS("", WHEEL_RPATH) "]");
    put_json(snapshot, "/python/interpreters/0/torch", TORCH_CPU);
    put_candidates(snapshot, CUDART, "[" AT(CUDART_AT, "'soname':'" CUDART "'") "]");
    expect(snapshot, "not-found", "-", CUDART_AT " is there, but in no place");
}

/* --- what torch opens by path --- */

#define PRELOAD(path) "{'role':'torch-preload','path':'" path "'}"
#define NVJITLINK "libnvJitLink.so.12"
#define NVJITLINK_AT "/site/nvidia/nvjitlink/lib/libnvJitLink.so.12"
#define NVRTC_AT "/site/nvidia/cuda_nvrtc/lib/libnvrtc.so.12"

/* After a success libnvJitLink is opened since 2.6, and only where libnvrtc was there before. */
static void expect_jitlink(const char *version, const char *preloads, const char *outcome,
                           const char *path) {
    char *opened = bp_format("[" GLOBAL_DEPS("'" CUDART "'", WHEEL_RPATH) "%s]", preloads);
    cJSON *snapshot = snapshot_with("'" NVJITLINK "'", opened);
    bp_json_put(snapshot, "/python/interpreters/0/torch/version", cJSON_CreateString(version));
    put_candidates(snapshot, CUDART, "[" AT(CUDART_AT, "'soname':'" CUDART "'") "]");
    put_candidates(snapshot, "libnvrtc.so.12", "[" AT(NVRTC_AT, "'soname':'libnvrtc.so.12'") "]");
    put_candidates(snapshot, NVJITLINK, "[" AT(NVJITLINK_AT, "'soname':'" NVJITLINK "'") "]");
    expect(snapshot, outcome, path, NULL);
    free(opened);
}

static void test_preloaded_after_success(void **state) {
    (void)state;
    const char *both = "," PRELOAD(NVRTC_AT) "," PRELOAD(NVJITLINK_AT);
    expect_jitlink("2.5.1", both, "not-found", "-");
    expect_jitlink("2.6.0", both, "mapped-by-torch", NVJITLINK_AT);
    expect_jitlink("2.7.1", both, "mapped-by-torch", NVJITLINK_AT);
    expect_jitlink("2.7.1", "," PRELOAD(NVJITLINK_AT), "not-found", "-");
}

/* Without a search path to the wheels: the first attempt fails, and all of them are opened. */
static void test_preloaded_after_failure(void **state) {
    (void)state;
    cJSON *snapshot = snapshot_with(
        "'" CUDART "'", "[" GLOBAL_DEPS("'libcublas.so.11'", "'rpath':[]") "," PRELOAD(
                            "/site/nvidia/cublas/lib/libcublas.so.11") "," PRELOAD("/site/nvidia/"
                                                                                   "cudnn/lib/"
                                                                                   "libcudnn.so."
                                                                                   "8") "]");
    bp_json_put(snapshot, "/python/interpreters/0/torch/version", cJSON_CreateString("1.13.1"));
    put_candidates(snapshot, "libcublas.so.11",
                   "[" AT("/site/nvidia/cublas/lib/libcublas.so.11",
                          "'soname':'libcublas.so.11','needed':['" CUDART "'],"
                          "'rpath':['/site/nvidia/cuda_runtime/lib']") "]");
    put_candidates(snapshot, "libcudnn.so.8",
                   "[" AT("/site/nvidia/cudnn/lib/libcudnn.so.8", "'soname':'libcudnn.so.8'") "]");
    put_candidates(snapshot, CUDART, "[" AT(CUDART_AT, "'soname':'" CUDART "'") "]");
    expect(snapshot, "mapped-by-torch", CUDART_AT, "libcublas.so.11 needs it");
}

static void expect_torch_fails(const char *version, const char *needed, const char *error) {
    char *opened = bp_format("[" GLOBAL_DEPS("%s", WHEEL_RPATH) "]", needed);
    cJSON *snapshot = snapshot_with("", opened);
    bp_json_put(snapshot, "/python/interpreters/0/torch/version", cJSON_CreateString(version));
    put_candidates(snapshot, "libcublas.so.12", "[]");
    put_candidates(snapshot, "libgone.so.1", "[]");
    cJSON *answer = judge(snapshot);
    assert_string_equal(shown(answer, "outcome"), "torch-fails");
    assert_non_null(strstr(shown(answer, "user_sees"), error));
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
    free(opened);
}

static void test_torch_fails(void **state) {
    (void)state;
    expect_torch_fails("2.3.1", "'libgone.so.1'",
                       "libgone.so.1: cannot open shared object file: No such file or directory");
    /* About one of the wheels' libraries, torch speaks of the first that is in no wheel. */
    expect_torch_fails("2.3.1", "'libcublas.so.12'", "libcublas.so.*[0-9] not found");
}

/* --- the interpreter and LD_PRELOAD --- */

#define PROGRAM(more)                                                                              \
    "{'role':'program','path':'/conda/bin/python3.11','format':'elf','bits':64,"                   \
    "'machine':'x86_64','elf_type':'exec'," more "}"

static void test_rpath_of_the_interpreter(void **state) {
    (void)state;
    cJSON *snapshot =
        snapshot_with("'" CUDART "'", "[" PROGRAM("'needed':[],'rpath':['/conda/lib']") "]");
    put_candidates(snapshot, CUDART, "[" AT("/conda/lib/" CUDART, "'soname':'x'") "]");
    put_json(snapshot, "/python/interpreters/0/torch", TORCH_CPU);
    expect(snapshot, "found", "/conda/lib/" CUDART, NULL);
}

static void test_in_the_process_from_its_start(void **state) {
    (void)state;
    cJSON *snapshot = snapshot_with(
        "'libz.so.1'", "[" PROGRAM("'needed':['libz.so.1'],'rpath':['/conda/lib']") "]");
    put_candidates(snapshot, "libz.so.1",
                   "[{'found_from':'ld_library_path','path':'/var/libz.so.1'," ELF
                   "}," AT("/conda/lib/libz.so.1", "'soname':'libz.so.1'") "]");
    put_json(snapshot, "/python/interpreters/0/torch", TORCH_CPU);
    expect(snapshot, "found", "/conda/lib/libz.so.1", NULL);
}

static void test_preload(void **state) {
    (void)state;
    cJSON *snapshot = snapshot_with("'" CUDART "'", "[{'role':'preload','path':'/pre/x.so'," ELF
                                                    ",'soname':'" CUDART "'}]");
    put_json(snapshot, "/libraries/search/preload_file", "['/pre/x.so']");
    put_candidates(snapshot, CUDART, "[" AT("/var/" CUDART, "'soname':'" CUDART "'") "]");
    put_json(snapshot, "/python/interpreters/0/torch", TORCH_CPU);
    expect(snapshot, "found", "/pre/x.so", NULL);
}

/* --- one file, two names --- */

static void test_same_file(void **state) {
    (void)state;
    static const char *const twins[] = {"'real_path':'/site/torch/lib/libx.so.1'",
                                        "'same_file_as':'/site/torch/lib/libx.so.1'"};
    for (size_t i = 0; i < 2; i++) {
        cJSON *snapshot =
            snapshot_with("'liby.so.1'", "[" GLOBAL_DEPS("'libx.so.1'", WHEEL_RPATH) "]");
        put_candidates(snapshot, "libx.so.1",
                       "[" AT("/site/torch/lib/libx.so.1", "'soname':null") "]");
        char *list = bp_format("[" AT("/var/liby.so.1", "%s") "]", twins[i]);
        put_candidates(snapshot, "liby.so.1", list);
        expect(snapshot, "mapped-by-torch", "/site/torch/lib/libx.so.1", NULL);
        free(list);
    }
}

/* --- the loader's cache and the processor's levels --- */

#define CACHED(path) "{'found_from':'loader_cache','path':'" path "'," ELF "}"

static void expect_cached(const char *levels, const char *stale, const char *libc,
                          const char *outcome, const char *path) {
    cJSON *snapshot = snapshot_with("'libx.so.1'", "[]");
    put_json(snapshot, "/python/interpreters/0/torch", TORCH_CPU);
    put_json(snapshot, "/hardware", "{'cpu':{}}");
    put_json(snapshot, "/hardware/cpu/levels", levels);
    put_json(snapshot, "/host/libc/version", libc);
    put_json(snapshot, "/libraries/search/cache", "{}");
    put_json(snapshot, "/libraries/search/cache/stale", stale);
    put_candidates(snapshot, "libx.so.1",
                   "[" CACHED("/lib/glibc-hwcaps/x86-64-v2/libx.so.1") "," CACHED(
                       "/lib/glibc-hwcaps/x86-64-v3/libx.so.1") "," CACHED("/lib/libx.so.1") "]");
    expect(snapshot, outcome, path, NULL);
}

static void test_cache(void **state) {
    (void)state;
    const char *both = "['x86-64-v3','x86-64-v2']";
    expect_cached(both, "[]", "'2.36'", "found", "/lib/glibc-hwcaps/x86-64-v3/libx.so.1");
    expect_cached("['x86-64-v2']", "[]", "'2.36'", "found",
                  "/lib/glibc-hwcaps/x86-64-v2/libx.so.1");
    expect_cached("[]", "[]", "'2.36'", "found", "/lib/libx.so.1");
    expect_cached(both, "[]", "'2.31'", "found", "/lib/libx.so.1");
    /* Where the entry that is taken leads nowhere, no other entry counts. */
    expect_cached("[]", "['libx.so.1']", "'2.36'", "not-found", "-");
}

/* --- musl --- */

#define MUSL_LIBRARY(path, more) "{'found_from':'package','path':'" path "'," ELF "," more "}"

static cJSON *snapshot_of_musl(const char *needed) {
    cJSON *snapshot = snapshot_with(needed, "[]");
    put_json(snapshot, "/host/libc", "{'name':'musl','version':'1.2.4'}");
    put_json(snapshot, "/python/interpreters/0/torch", TORCH_CPU);
    return snapshot;
}

static void test_musl(void **state) {
    (void)state;
    /* The variable comes before RPATH. */
    cJSON *snapshot = snapshot_of_musl("'libx.so.1'");
    put_json(snapshot, "/bitsandbytes/native_libraries/0/rpath", "['/rp']");
    put_candidates(snapshot, "libx.so.1",
                   "[" MUSL_LIBRARY("/rp/libx.so.1", "'needed':[]") "," MUSL_LIBRARY(
                       "/var/libx.so.1", "'needed':[]") "]");
    expect(snapshot, "found", "/var/libx.so.1", NULL);
    /* RUNPATH is inherited. */
    snapshot = snapshot_of_musl("'libx.so.1'");
    put_json(snapshot, "/bitsandbytes/native_libraries/0/runpath", "['/run']");
    put_candidates(snapshot, "libx.so.1",
                   "[" MUSL_LIBRARY("/run/libx.so.1", "'needed':['liby.so.1']") "]");
    put_candidates(snapshot, "liby.so.1", "[" MUSL_LIBRARY("/run/liby.so.1", "'needed':[]") "]");
    expect(snapshot, "found", "/run/libx.so.1", NULL);
    /* The first file of the name is taken, whatever it is. */
    snapshot = snapshot_of_musl("'libx.so.1'");
    put_candidates(snapshot, "libx.so.1",
                   "[{'found_from':'ld_library_path','path':'/var/libx.so.1','format':'elf',"
                   "'bits':64,'machine':'aarch64'},{'found_from':'default','path':'/usr/lib/"
                   "libx.so.1'," ELF "}]");
    expect(snapshot, "unusable", "/var/libx.so.1", "is for aarch64");
}

/* --- what is not a library --- */

static void expect_damaged(const char *facts, const char *error) {
    cJSON *snapshot = snapshot_with("'libx.so.1'", "[]");
    put_json(snapshot, "/python/interpreters/0/torch", TORCH_CPU);
    char *list = bp_format("[{'found_from':'ld_library_path','path':'/var/libx.so.1',%s},{"
                           "'found_from':'default','path':'/usr/lib/libx.so.1'," ELF "}]",
                           facts);
    put_candidates(snapshot, "libx.so.1", list);
    cJSON *answer = judge(snapshot);
    assert_string_equal(bp_json_text_at(answer, "/files/0/needed/0/outcome"), "unusable");
    assert_string_equal(bp_json_text_at(answer, "/files/0/error"), error);
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
    free(list);
}

static void test_damaged(void **state) {
    (void)state;
    expect_damaged("'format':'unknown','error':'the file is empty','size_bytes':0",
                   "/var/libx.so.1: file too short");
    expect_damaged("'format':'unknown','error':'a Git LFS pointer','size_bytes':130",
                   "/var/libx.so.1: invalid ELF header");
    expect_damaged("'format':'elf','bits':64,'machine':'x86_64','elf_type':'rel'",
                   "/var/libx.so.1: only ET_DYN and ET_EXEC can be loaded");
    expect_damaged("'format':'elf','bits':64,'machine':'x86_64','elf_type':'exec'",
                   "/var/libx.so.1: cannot dynamically load executable");
    expect_damaged(ELF ",'error':'the file is cut short','cut_short':true", "Bus error");
}

/* --- the chain that leads to a trouble --- */

static void test_chain(void **state) {
    (void)state;
    cJSON *snapshot = snapshot_with("'liba.so.1'", "[]");
    put_json(snapshot, "/python/interpreters/0/torch", TORCH_CPU);
    put_candidates(snapshot, "liba.so.1", "[" AT("/var/liba.so.1", "'needed':['libb.so.1']") "]");
    put_candidates(snapshot, "libb.so.1", "[" AT("/var/libb.so.1", "'needed':['libc1.so.1']") "]");
    put_candidates(snapshot, "libc1.so.1", "[]");
    expect(snapshot, "unusable", "/var/liba.so.1",
           "it needs libc1.so.1, needed by libb.so.1, which is not found");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_needed_by_torch),
        cmocka_unit_test(test_variable_before_torchs_runpath),
        cmocka_unit_test(test_bundled_copy_answers_to_its_soname),
        cmocka_unit_test(test_assumed_torch),
        cmocka_unit_test(test_wheel_that_torch_does_not_need),
        cmocka_unit_test(test_preloaded_after_success),
        cmocka_unit_test(test_preloaded_after_failure),
        cmocka_unit_test(test_torch_fails),
        cmocka_unit_test(test_rpath_of_the_interpreter),
        cmocka_unit_test(test_in_the_process_from_its_start),
        cmocka_unit_test(test_preload),
        cmocka_unit_test(test_same_file),
        cmocka_unit_test(test_cache),
        cmocka_unit_test(test_musl),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
