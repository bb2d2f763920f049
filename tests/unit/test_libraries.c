/* Which files could satisfy what bitsandbytes' native files need, on roots made here. */
#include "tests/unit/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "probe/library_folders.h"
#include "tests/unit/gather.h"
#include "tests/unit/run_tool.h"
#include "tests/unit/scratch.h"

/* Links a library at `path` below the scratch folder that needs `needed` (a path, or NULL). */
static void make_library(const char *scratch, const char *path, const char *soname,
                         const char *needed) {
    scratch_write(scratch, "made.c", "int made;\n");
    scratch_write(scratch, path, ""); /* makes the folders */
    char *source = bp_join(scratch, "made.c");
    char *target = bp_join(scratch, path);
    char *option = bp_format("-Wl,--no-as-needed,-soname,%s", soname);
    char *other = needed ? bp_join(scratch, needed) : NULL;
    char *output = run_tool((const char *[]){"/usr/bin/gcc", "-shared", "-fPIC", "-nostdlib",
                                             option, "-o", target, source, other, NULL});
    assert_non_null(output);
    free(output);
    free(other);
    free(option);
    free(target);
    free(source);
}

static void make_link(const char *scratch, const char *path, const char *target) {
    char *whole = bp_join(scratch, path);
    assert_int_equal(symlink(target, whole), 0);
    free(whole);
}

/* A cache in the old form, which is the simplest, with one entry for x86-64. */
static void make_cache(const char *scratch, const char *soname, const char *path) {
    struct bp_str bytes = BP_STR_EMPTY;
    bp_str_add_bytes(&bytes, "ld.so-1.7.0", 12);
    bp_str_add_bytes(&bytes, "\1\0\0\0\3\3\0\0\0\0\0\0", 12);
    const char second[] = {(char)(strlen(soname) + 1), 0, 0, 0};
    bp_str_add_bytes(&bytes, second, 4);
    bp_str_add_bytes(&bytes, soname, strlen(soname) + 1);
    bp_str_add_bytes(&bytes, path, strlen(path) + 1);
    scratch_write_bytes(scratch, "etc/ld.so.cache", bytes.data, bytes.length);
    bp_str_free(&bytes);
}

#define SITE "opt/py/site"

/* A conda environment with torch, nvidia wheels, a toolkit, and copies in the system. */
static char *make_root(void) {
    char *scratch = scratch_make();
    scratch_write(scratch, SITE "/bitsandbytes/__init__.py", "");
    make_library(scratch, SITE "/own/libcudart.so.12", "libcudart.so.12", NULL);
    make_library(scratch, "opt/py/lib/libcudart.so.12", "libcudart.so.12", NULL);
    make_library(scratch, SITE "/nvidia/cuda_runtime/lib/libcudart.so.12", "libcudart.so.12", NULL);
    make_library(scratch, SITE "/nvidia/nvjitlink/lib/libnvJitLink.so.12", "libnvJitLink.so.12",
                 NULL);
    scratch_write(scratch, SITE "/nvidia_cuda_runtime_cu12-12.4.127.dist-info/METADATA", "");
    scratch_write(scratch, SITE "/nvidia_nvjitlink_cu12-12.4.99.dist-info/METADATA", "");
    make_library(scratch, SITE "/torch/lib/libcudart-d0da41ae.so.11.0",
                 "libcudart-d0da41ae.so.11.0", NULL);
    make_library(scratch, SITE "/torch/lib/libamdhip64.so", "libamdhip64.so.6", NULL);
    make_library(scratch, "usr/local/cuda-12.4/lib64/libcusparse.so.12.3.1.170",
                 "libcusparse.so.12", SITE "/nvidia/nvjitlink/lib/libnvJitLink.so.12");
    make_link(scratch, "usr/local/cuda-12.4/lib64/libcusparse.so.12", "libcusparse.so.12.3.1.170");
    make_link(scratch, "usr/local/cuda-12.4/lib64/libcusparse.so", "libcusparse.so.12");
    make_link(scratch, "usr/local/cuda", "/usr/local/cuda-12.4");
    make_library(scratch, "usr/lib/libcudart.so.12.1.105", "libcudart.so.12", NULL);
    make_link(scratch, "usr/lib/libcudart.so.12", "libcudart.so.12.1.105");
    make_library(scratch, "lib64/ld-linux-x86-64.so.2", "ld-linux-x86-64.so.2", NULL);
    make_cache(scratch, "libcudart.so.12", "/usr/lib/libcudart.so.12");
    scratch_write(scratch, "etc/ld.so.conf", "/usr/lib\n");
    return scratch;
}

static const char snapshot_text[] =
    "{\"python\":{\"working_folder\":null,\"interpreters\":[{\"executable\":\"/opt/py/bin/"
    "python3\","
    "\"prefix\":\"/opt/py\",\"kind\":\"conda\",\"site_folders\":[\"/opt/py/site\"],"
    "\"packages\":{\"torch\":[{\"place\":\"/opt/py/site\"}]},"
    "\"torch\":{\"path\":\"/opt/py/site/torch/version.py\"}}]},"
    "\"bitsandbytes\":{\"interpreter\":0,\"native_libraries\":[{"
    "\"path\":\"/opt/py/site/bitsandbytes/libbitsandbytes_cuda124.so\",\"format\":\"elf\","
    "\"needed\":[\"libcudart.so.12\",\"libcusparse.so.12\",\"libcudart.so.11.0\","
    "\"libamdhip64.so.6\",\"ld-linux-x86-64.so.2\"],"
    "\"rpath\":[\"/never\"],\"runpath\":[\"$ORIGIN/../own\",\"/usr/local/cuda/lib64\"]}]}}";

/* "FROM PATH" of each candidate, one a line. */
static char *describe(const cJSON *candidates) {
    struct bp_str text = BP_STR_EMPTY;
    const cJSON *candidate = NULL;
    cJSON_ArrayForEach(candidate, candidates) {
        bp_str_addf(&text, "%s %s\n", bp_json_text(candidate, "found_from"),
                    bp_json_text(candidate, "path"));
    }
    return bp_str_detach(&text);
}

static void assert_candidates(const struct gathered *gathered, const char *soname,
                              const char *expected) {
    const cJSON *all = bp_json_at(gathered->snapshot, "/libraries/candidates");
    const cJSON *list = bp_json_get(all, soname);
    assert_true(cJSON_IsArray(list));
    char *text = describe(list);
    assert_string_equal(text, expected);
    free(text);
}

static const cJSON *candidate_at(const struct gathered *gathered, const char *soname, int index) {
    const cJSON *all = bp_json_at(gathered->snapshot, "/libraries/candidates");
    return cJSON_GetArrayItem(bp_json_get(all, soname), index);
}

static struct gathered gather_libraries(const char *root, const char *snapshot) {
    cJSON *earlier = bp_json_parse(snapshot, strlen(snapshot), NULL);
    assert_non_null(earlier);
    struct gathered gathered = gather_with(bp_collect_libraries, root, earlier, 5000);
    cJSON_Delete(earlier);
    return gathered;
}

static void test_candidates_in_search_order(void **state) {
    (void)state;
    char *scratch = make_root();
    struct gathered gathered = gather_libraries(scratch, snapshot_text);
    assert_candidates(&gathered, "libcudart.so.12",
                      "runpath /opt/py/site/bitsandbytes/../own/libcudart.so.12\n"
                      "loader_cache /usr/lib/libcudart.so.12\n"
                      "conda /opt/py/lib/libcudart.so.12\n"
                      "wheel /opt/py/site/nvidia/cuda_runtime/lib/libcudart.so.12\n");
    /* Found through one library that another needs. */
    assert_candidates(&gathered, "libnvJitLink.so.12",
                      "wheel /opt/py/site/nvidia/nvjitlink/lib/libnvJitLink.so.12\n");
    assert_candidates(&gathered, "libcusparse.so.12",
                      "toolkit /usr/local/cuda/lib64/libcusparse.so.12\n");
    /* A bare name whose SONAME is the needed one counts, a hashed copy does not. */
    assert_candidates(&gathered, "libamdhip64.so.6",
                      "torch /opt/py/site/torch/lib/libamdhip64.so\n");
    assert_candidates(&gathered, "libcudart.so.11.0", "");
    assert_candidates(&gathered, "libc.so.6", "");
    assert_null(candidate_at(&gathered, "ld-linux-x86-64.so.2", 0));
    gathered_free(&gathered);
    scratch_remove(scratch);
    free(scratch);
}

static void test_candidates_carry_versions(void **state) {
    (void)state;
    char *scratch = make_root();
    struct gathered gathered = gather_libraries(scratch, snapshot_text);
    const cJSON *cached = candidate_at(&gathered, "libcudart.so.12", 1);
    assert_string_equal(bp_json_text(cached, "version"), "12.1.105");
    assert_string_equal(bp_json_text(cached, "real_path"), "/usr/lib/libcudart.so.12.1.105");
    assert_string_equal(bp_json_text(cached, "family"), "cudart");
    assert_string_equal(bp_json_text(cached, "soname"), "libcudart.so.12");
    const cJSON *wheel = candidate_at(&gathered, "libcudart.so.12", 3);
    assert_string_equal(bp_json_text(wheel, "version"), "12.4.127");
    assert_string_equal(bp_json_text(wheel, "place"), "nvidia_cuda_runtime_cu12");
    const cJSON *conda = candidate_at(&gathered, "libcudart.so.12", 2);
    assert_null(bp_json_text(conda, "version"));
    gathered_free(&gathered);
    scratch_remove(scratch);
    free(scratch);
}

static void test_every_cuda_library_is_listed(void **state) {
    (void)state;
    char *scratch = make_root();
    struct gathered gathered = gather_libraries(scratch, snapshot_text);
    char *text = describe(bp_json_at(gathered.snapshot, "/cuda/libraries"));
    assert_string_equal(text, "loader_cache /usr/lib/libcudart.so.12\n"
                              "conda /opt/py/lib/libcudart.so.12\n"
                              "torch /opt/py/site/torch/lib/libcudart-d0da41ae.so.11.0\n"
                              "wheel /opt/py/site/nvidia/cuda_runtime/lib/libcudart.so.12\n"
                              "wheel /opt/py/site/nvidia/nvjitlink/lib/libnvJitLink.so.12\n"
                              "toolkit /usr/local/cuda/lib64/libcusparse.so.12\n");
    free(text);
    assert_string_equal(text_at(&gathered, "/cuda/libraries/2/soname"),
                        "libcudart-d0da41ae.so.11.0");
    assert_string_equal(text_at(&gathered, "/cuda/libraries/2/family"), "cudart");
    assert_string_equal(text_at(&gathered, "/cuda/libraries/5/version"), "12.3.1.170");
    gathered_free(&gathered);
    scratch_remove(scratch);
    free(scratch);
}

static void test_search_lists_of_another_root(void **state) {
    (void)state;
    char *scratch = make_root();
    setenv("LD_LIBRARY_PATH", "/of/this/process", 1);
    struct gathered gathered = gather_libraries(scratch, snapshot_text);
    unsetenv("LD_LIBRARY_PATH");
    assert_true(null_at(&gathered, "/libraries/search/ld_library_path"));
    assert_non_null(reason_at(&gathered, "/libraries/search/ld_library_path"));
    assert_int_equal((int)number_at(&gathered, "/libraries/search/cache/entries"), 1);
    assert_string_equal(text_at(&gathered, "/libraries/search/conf_folders/0"), "/usr/lib");
    assert_string_equal(text_at(&gathered, "/libraries/search/torch_folders/0"),
                        "/opt/py/site/torch/lib");
    assert_string_equal(text_at(&gathered, "/libraries/search/torch_folders/1"),
                        "/opt/py/site/nvidia/cuda_runtime/lib");
    gathered_free(&gathered);
    scratch_remove(scratch);
    free(scratch);
}

/* A folder that a search path names in its own way is the one that candidates lie in. */
static void test_folders_by_other_names(void **state) {
    (void)state;
    char *scratch = make_root();
    cJSON *snapshot = bp_json_parse(snapshot_text, strlen(snapshot_text), NULL);
    static const char runpath[] = "[\"$ORIGIN/../torch/lib\",\"$ORIGIN/../nvidia/absent/lib\","
                                  "\"/usr/local/cuda-12.4/lib64\"]";
    assert_int_equal(bp_json_put(snapshot, "/bitsandbytes/native_libraries/0/runpath",
                                 bp_json_parse(runpath, strlen(runpath), NULL)),
                     0);
    struct gathered gathered = gather_with(bp_collect_libraries, scratch, snapshot, 5000);
    const cJSON *folders = bp_json_at(gathered.snapshot, "/libraries/search/folders");
    assert_int_equal(cJSON_GetArraySize(folders), 2);
    assert_string_equal(text_at(&gathered, "/libraries/search/folders/0/path"),
                        "/opt/py/site/bitsandbytes/../torch/lib");
    assert_string_equal(text_at(&gathered, "/libraries/search/folders/0/is"),
                        "/opt/py/site/torch/lib");
    assert_string_equal(text_at(&gathered, "/libraries/search/folders/1/path"),
                        "/usr/local/cuda-12.4/lib64");
    assert_string_equal(text_at(&gathered, "/libraries/search/folders/1/is"),
                        "/usr/local/cuda/lib64");
    gathered_free(&gathered);
    cJSON_Delete(snapshot);
    scratch_remove(scratch);
    free(scratch);
}

/* What torch opens by path is listed, and its needs are followed. */
static void test_files_that_torch_opens(void **state) {
    (void)state;
    char *scratch = make_root();
    make_library(scratch, SITE "/torch/lib/libneeded.so.1", "libneeded.so.1", NULL);
    make_library(scratch, SITE "/torch/lib/libtorch_global_deps.so", "libtorch_global_deps.so",
                 SITE "/torch/lib/libneeded.so.1");
    make_library(scratch, SITE "/torch/_C.cpython-311-x86_64-linux-gnu.so", "_C", NULL);
    scratch_write(scratch, "etc/ld.so.preload", "# none\n/opt/py/lib/libcudart.so.12 libx.so\n");
    struct gathered gathered = gather_libraries(scratch, snapshot_text);
    static const char *const expected[][2] = {
        {"preload", "/opt/py/lib/libcudart.so.12"},
        {"torch-global-deps", "/opt/py/site/torch/lib/libtorch_global_deps.so"},
        {"torch-module", "/opt/py/site/torch/_C.cpython-311-x86_64-linux-gnu.so"},
    };
    const cJSON *opened = bp_json_at(gathered.snapshot, "/libraries/opened");
    assert_int_equal(cJSON_GetArraySize(opened), 3);
    for (int i = 0; i < 3; i++) {
        const cJSON *entry = cJSON_GetArrayItem(opened, i);
        assert_string_equal(bp_json_text(entry, "role"), expected[i][0]);
        assert_string_equal(bp_json_text(entry, "path"), expected[i][1]);
    }
    /* The header facts of the first stand among the candidates. */
    assert_null(bp_json_get(cJSON_GetArrayItem(opened, 0), "needed"));
    assert_string_equal(text_at(&gathered, "/libraries/opened/1/needed/0"), "libneeded.so.1");
    assert_candidates(&gathered, "libneeded.so.1", "torch /opt/py/site/torch/lib/libneeded.so.1\n");
    assert_string_equal(text_at(&gathered, "/libraries/search/preload_file/1"), "libx.so");
    gathered_free(&gathered);
    scratch_remove(scratch);
    free(scratch);
}

/* An entry of the cache whose file is gone is told, since the loader looks at no other. */
static void test_stale_cache(void **state) {
    (void)state;
    char *scratch = make_root();
    make_cache(scratch, "libcudart.so.12", "/usr/lib/gone/libcudart.so.12");
    struct gathered gathered = gather_libraries(scratch, snapshot_text);
    assert_string_equal(text_at(&gathered, "/libraries/search/cache/stale/0"), "libcudart.so.12");
    gathered_free(&gathered);
    scratch_remove(scratch);
    free(scratch);
}

static void test_an_empty_root(void **state) {
    (void)state;
    char *scratch = scratch_make();
    struct gathered gathered = gather_libraries(scratch, "{}");
    assert_candidates(&gathered, "libstdc++.so.6", "");
    assert_int_equal(cJSON_GetArraySize(bp_json_at(gathered.snapshot, "/cuda/libraries")), 0);
    assert_non_null(text_at(&gathered, "/libraries/search/cache/error"));
    gathered_free(&gathered);
    scratch_remove(scratch);
    free(scratch);
}

/* LD_LIBRARY_PATH as ld.so(8) reads it: ";" separates, too; an empty part is the current folder. */
static void test_parts_of_the_variable(void **state) {
    (void)state;
    char *scratch = scratch_make();
    static const char *const folders[] = {"a/glibc-hwcaps/x86-64-v2/x",
                                          "a/glibc-hwcaps/x86-64-v3/x", "here/x", "here/below/x",
                                          "bin/x"};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        scratch_write(scratch, folders[i], "");
    }
    struct bp_root root;
    assert_int_equal(bp_root_open(&root, scratch, NULL), 0);
    char library[] = "lib";
    char platform[] = "";
    const struct bp_system_loader loader = {.library = library, .platform = platform};
    struct bp_library_folders list = {0};
    bp_library_folders_of_variable(&list, &root, &loader, "/a;/absent:below::$ORIGIN:/a/.", "/bin",
                                   "/here");
    static const char *const expected[] = {"/a/glibc-hwcaps/x86-64-v3",
                                           "/a/glibc-hwcaps/x86-64-v2",
                                           "/a",
                                           "/here/below",
                                           "/here",
                                           "/bin"};
    assert_int_equal(list.count, sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < list.count; i++) {
        assert_string_equal(list.items[i].path, expected[i]);
    }
    bp_library_folders_free(&list);
    bp_library_folders_of_variable(&list, &root, &loader, "", "/bin", "/here");
    assert_int_equal(list.count, 0);
    bp_root_close(&root);
    scratch_remove(scratch);
    free(scratch);
}

/* On this machine, with a library that only LD_LIBRARY_PATH leads to. */
static void test_the_variable_comes_first(void **state) {
    (void)state;
    char *scratch = scratch_make();
    make_library(scratch, "libs/libm.so.6", "libm.so.6", NULL);
    char *folder = bp_join(scratch, "libs");
    setenv("LD_LIBRARY_PATH", folder, 1);
    setenv("LD_PRELOAD", "", 1);
    struct gathered gathered = gather_libraries(NULL, "{}");
    unsetenv("LD_LIBRARY_PATH");
    unsetenv("LD_PRELOAD");
    const cJSON *first = candidate_at(&gathered, "libm.so.6", 0);
    assert_string_equal(bp_json_text(first, "found_from"), "ld_library_path");
    assert_string_equal(bp_json_text(first, "place"), folder);
    assert_string_equal(text_at(&gathered, "/libraries/search/ld_library_path/0"), folder);
    assert_int_equal(
        cJSON_GetArraySize(bp_json_at(gathered.snapshot, "/libraries/search/ld_preload")), 0);
    gathered_free(&gathered);
    scratch_remove(scratch);
    free(folder);
    free(scratch);
}

/* The loader itself says which file it takes: that one must be the first listed. */
static void test_first_candidate_is_the_loaders_choice(void **state) {
    (void)state;
    static const char *const sonames[] = {"libc.so.6", "libm.so.6", "libgcc_s.so.1"};
    struct gathered gathered = gather_libraries(NULL, "{}");
    const cJSON *library = candidate_at(&gathered, "libstdc++.so.6", 0);
    char *output = run_tool((const char *[]){"/usr/bin/ldd", bp_json_text(library, "path"), NULL});
    assert_non_null(output);
    for (size_t i = 0; i < sizeof sonames / sizeof sonames[0]; i++) {
        char *before = bp_format("%s => ", sonames[i]);
        struct bp_strs chosen = {0};
        pick_between(output, before, " (0x", &chosen);
        assert_int_equal(chosen.count, 1);
        assert_string_equal(bp_json_text(candidate_at(&gathered, sonames[i], 0), "path"),
                            chosen.items[0]);
        bp_strs_free(&chosen);
        free(before);
    }
    free(output);
    gathered_free(&gathered);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_candidates_in_search_order),
        cmocka_unit_test(test_candidates_carry_versions),
        cmocka_unit_test(test_every_cuda_library_is_listed),
        cmocka_unit_test(test_search_lists_of_another_root),
        cmocka_unit_test(test_folders_by_other_names),
        cmocka_unit_test(test_files_that_torch_opens),
        cmocka_unit_test(test_stale_cache),
        cmocka_unit_test(test_an_empty_root),
        cmocka_unit_test(test_parts_of_the_variable),
        cmocka_unit_test(test_the_variable_comes_first),
        cmocka_unit_test(test_first_candidate_is_the_loaders_choice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
