/*
 * How needed libraries are found: the order of ld.so(8), with what torch has mapped before
 * everything else.
 */
#include "tests/unit/loader_snapshot.h"

#define FILE_NAME "libbitsandbytes_cuda124.so"
#define CUSPARSE "libcusparse.so.12"

/* The published files of 0.43.0 for CUDA 12: RUNPATH /usr/local/cuda/lib64 (#1126). */
#define LIBRARY_NEEDING(needed)                                                                    \
    "{'name':'" FILE_NAME "','path':'/site/bitsandbytes/" FILE_NAME "','format':'elf','bits':64,"  \
    "'machine':'x86_64','needed':[" needed "],'version_needs':[],"                                 \
    "'runpath':['/usr/local/cuda/lib64']}"

#define CANDIDATE(from, path, soname)                                                              \
    "{'found_from':'" from "','path':'" path "','soname':'" soname "','format':'elf','bits':64,"   \
    "'machine':'x86_64'}"
#define FOREIGN(from, path)                                                                        \
    "{'found_from':'" from "','path':'" path "','soname':'" CUSPARSE "','format':'elf',"           \
    "'bits':64,'machine':'aarch64'}"

#define WHEEL CANDIDATE("wheel", "/site/nvidia/cusparse/lib/" CUSPARSE, CUSPARSE)
#define TOOLKIT CANDIDATE("toolkit", "/usr/local/cuda/lib64/" CUSPARSE, CUSPARSE)
#define OLD_TOOLKIT CANDIDATE("toolkit", "/usr/local/cuda-12.1/lib64/" CUSPARSE, CUSPARSE)
#define CACHE CANDIDATE("loader_cache", "/usr/lib/x86_64-linux-gnu/" CUSPARSE, CUSPARSE)
#define DEFAULT CANDIDATE("default", "/usr/lib/" CUSPARSE, CUSPARSE)
#define VARIABLE CANDIDATE("ld_library_path", "/opt/cuda/lib/" CUSPARSE, CUSPARSE)
#define CONDA CANDIDATE("conda", "/conda/lib/" CUSPARSE, CUSPARSE)

struct resolving {
    const char *torch;
    const char *candidates; /* of libcusparse.so.12 */
    const char *outcome;
    const char *path;
    const char *rule;
    const char *reason; /* a part of it, or NULL */
};

static cJSON *snapshot_needing(const char *torch, const char *library, const char *candidates) {
    cJSON *snapshot = machine_with("0.45.5", torch, DRIVER("8.6"), "");
    put_json(snapshot, "/bitsandbytes/native_libraries/-", library);
    put_json(
        snapshot, "/libraries",
        "{'search':{'ld_library_path':['/opt/cuda/lib'],'default_folders':['/lib','/usr/lib']},"
        "'candidates':{}}");
    if (candidates) {
        put_json(snapshot, "/libraries/candidates/" CUSPARSE, candidates);
    }
    return snapshot;
}

static void expect_need(const cJSON *answer, const struct resolving *expected) {
    const cJSON *need = bp_json_at(answer, "/files/0/needed/0");
    const char *reason = shown(need, "reason");
    if (strcmp(shown(need, "outcome"), expected->outcome) != 0 ||
        strcmp(shown(need, "path"), expected->path) != 0 ||
        strcmp(shown(need, "rule"), expected->rule) != 0 ||
        (expected->reason && !strstr(reason, expected->reason))) {
        fail_msg("among %s: %s at %s by %s because %s; expected %s at %s by %s because %s",
                 expected->candidates, shown(need, "outcome"), shown(need, "path"),
                 shown(need, "rule"), reason, expected->outcome, expected->path, expected->rule,
                 expected->reason ? expected->reason : "-");
    }
}

static void expect_all(const struct resolving *table, size_t count) {
    for (size_t i = 0; i < count; i++) {
        cJSON *snapshot = snapshot_needing(table[i].torch, LIBRARY_NEEDING("'" CUSPARSE "'"),
                                           table[i].candidates);
        cJSON *answer = bp_loader_judge(snapshot);
        expect_need(answer, &table[i]);
        cJSON_Delete(answer);
        cJSON_Delete(snapshot);
    }
}

#define EXPECT_ALL(table) expect_all(table, sizeof(table) / sizeof *(table))

#define FOR_12 TORCH_CUDA("12.4")
#define MAPPED "mapped before by torch"

static void test_order_of_rules(void **state) {
    (void)state;
    static const struct resolving table[] = {
        {FOR_12, "[" CACHE "," TOOLKIT "," VARIABLE "," WHEEL "]", "mapped-by-torch",
         "/site/nvidia/cusparse/lib/" CUSPARSE, MAPPED, "torch for CUDA 12.4"},
        {FOR_12, "[" DEFAULT "," CACHE "," TOOLKIT "," VARIABLE "]", "found",
         "/opt/cuda/lib/" CUSPARSE, "LD_LIBRARY_PATH", NULL},
        {FOR_12, "[" DEFAULT "," CACHE "," TOOLKIT "]", "found", "/usr/local/cuda/lib64/" CUSPARSE,
         "RUNPATH", NULL},
        {FOR_12, "[" DEFAULT "," CACHE "]", "found", "/usr/lib/x86_64-linux-gnu/" CUSPARSE,
         "loader cache", NULL},
        {FOR_12, "[" DEFAULT "]", "found", "/usr/lib/" CUSPARSE, "default folders", NULL},
        {FOR_12, "[]", "not-found", "-", "-", "LD_LIBRARY_PATH (/opt/cuda/lib)"},
        {FOR_12, "[]", "not-found", "-", "-", "RUNPATH (/usr/local/cuda/lib64)"},
        {FOR_12, NULL, "unknown", "-", "-", "not looked for"},
    };
    EXPECT_ALL(table);
}

/* Each searched folder may have subfolders for newer processors. */
static void test_processor_levels(void **state) {
    (void)state;
    static const struct resolving table[] = {
        {FOR_12,
         "[" CANDIDATE("runpath", "/usr/local/cuda/lib64/glibc-hwcaps/x86-64-v3/" CUSPARSE,
                       CUSPARSE) "]",
         "found", "/usr/local/cuda/lib64/glibc-hwcaps/x86-64-v3/" CUSPARSE, "RUNPATH", NULL},
        {FOR_12, "[" CANDIDATE("runpath", "/usr/local/cuda/lib64/stubs/" CUSPARSE, CUSPARSE) "]",
         "not-found", "-", "-", NULL},
    };
    EXPECT_ALL(table);
}

/* There, but in no place that the loader looks into. */
static void test_out_of_reach(void **state) {
    (void)state;
    static const struct resolving table[] = {
        {FOR_12, "[" OLD_TOOLKIT "]", "not-found", "-", "-", "/usr/local/cuda-12.1/lib64"},
        {FOR_12, "[" CONDA "]", "not-found", "-", "-", "/conda/lib"},
        {TORCH_CPU, "[" WHEEL "]", "not-found", "-", "-", "not built for CUDA"},
        /* torch for CUDA 11 needs libcusparse.so.11 and maps no other. */
        {TORCH_CUDA("11.8"), "[" WHEEL "]", "not-found", "-", "-", "CUDA 11.8"},
        /* CUDA 13 still has libcusparse.so.12. */
        {TORCH_CUDA("13.0"), "[" WHEEL "]", "mapped-by-torch",
         "/site/nvidia/cusparse/lib/" CUSPARSE, MAPPED, NULL},
        {TORCH_UNKNOWN, "[" WHEEL "]", "unknown", "-", "-", "build is not known"},
    };
    EXPECT_ALL(table);
}

/* A copy with another soname, such as a name with a hash, stands for nothing. */
static void test_soname(void **state) {
    (void)state;
    static const struct resolving table[] = {
        {FOR_12, "[" CANDIDATE("torch", "/site/torch/lib/" CUSPARSE, "libcusparse-8f.so.12") "]",
         "not-found", "-", "-", "libcusparse-8f.so.12"},
        {FOR_12, "[" CANDIDATE("torch", "/site/torch/lib/libcusparse.so", CUSPARSE) "]",
         "mapped-by-torch", "/site/torch/lib/libcusparse.so", MAPPED, NULL},
        /* Searching goes by file name. */
        {FOR_12, "[" CANDIDATE("default", "/usr/lib/libcusparse.so", CUSPARSE) "]", "not-found",
         "-", "-", NULL},
    };
    EXPECT_ALL(table);
}

static void test_foreign_machine_is_passed_over(void **state) {
    (void)state;
    static const struct resolving table[] = {
        {FOR_12, "[" FOREIGN("ld_library_path", "/opt/cuda/lib/" CUSPARSE) "," CACHE "]", "found",
         "/usr/lib/x86_64-linux-gnu/" CUSPARSE, "loader cache", NULL},
        {FOR_12, "[" FOREIGN("ld_library_path", "/opt/cuda/lib/" CUSPARSE) "]", "not-found", "-",
         "-", "is for aarch64 and is passed over"},
        /* Something else under that name ends the search. */
        {FOR_12,
         "[{'found_from':'ld_library_path','path':'/opt/cuda/lib/" CUSPARSE
         "','format':'unknown'}," CACHE "]",
         "unusable", "/opt/cuda/lib/" CUSPARSE, "LD_LIBRARY_PATH", "not in the ELF format"},
    };
    EXPECT_ALL(table);
}

/* torch with its CUDA libraries in torch/lib, which link cusparse into themselves (#705, #1483). */
static void test_bundled_torch(void **state) {
    (void)state;
    static const char *const versions[][2] = {{"2.3.1", "not-found"}, {"2.8.0", "unknown"}};
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        cJSON *snapshot =
            snapshot_needing(FOR_12, LIBRARY_NEEDING("'" CUSPARSE "'"), "[" WHEEL "]");
        put_json(snapshot, "/libraries/candidates/libcudart.so.12",
                 "[" CANDIDATE("torch", "/site/torch/lib/libcudart.so.12", "libcudart.so.12") "]");
        bp_json_put(snapshot, "/python/interpreters/0/torch/version",
                    cJSON_CreateString(versions[i][0]));
        cJSON *answer = bp_loader_judge(snapshot);
        assert_string_equal(bp_json_text_at(answer, "/files/0/needed/0/outcome"), versions[i][1]);
        cJSON_Delete(answer);
        cJSON_Delete(snapshot);
    }
}

static void test_conda_torch(void **state) {
    (void)state;
    cJSON *snapshot = snapshot_needing(FOR_12, LIBRARY_NEEDING("'" CUSPARSE "'"), "[" CONDA "]");
    put_json(snapshot, "/python/interpreters/0/packages/torch",
             "[{'name':'torch','installer':'conda'}]");
    cJSON *answer = bp_loader_judge(snapshot);
    assert_string_equal(bp_json_text_at(answer, "/files/0/needed/0/outcome"), "mapped-by-torch");
    assert_string_equal(shown(answer, "outcome"), "loads");
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
}

/* A library that is found needs another one, which is not. */
static void test_further_needs(void **state) {
    (void)state;
    cJSON *snapshot = snapshot_needing(
        TORCH_CPU, LIBRARY_NEEDING("'" CUSPARSE "'"),
        "[{'found_from':'loader_cache','path':'/usr/lib/" CUSPARSE "','soname':'" CUSPARSE
        "','format':'elf','bits':64,'machine':'x86_64','needed':['libnvJitLink.so.12']}]");
    put_json(snapshot, "/libraries/candidates/libnvJitLink.so.12", "[]");
    cJSON *answer = bp_loader_judge(snapshot);
    const cJSON *need = bp_json_at(answer, "/files/0/needed/0");
    assert_string_equal(shown(need, "outcome"), "unusable");
    assert_non_null(strstr(shown(need, "reason"), "libnvJitLink.so.12"));
    assert_string_equal(bp_json_text_at(answer, "/files/0/outcome"), "dependency-missing");
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
}

/* What the chosen library's needs need: each file once, by whom it came, and what is lacking. */
static void test_needs_below(void **state) {
    (void)state;
    static const struct {
        const char *needed_by;
        const char *library;
        const char *outcome;
    } below[] = {
        /* libsecond.so.1 is a need of the library itself: libfirst.so.1 finds it there. */
        {"libsecond.so.1", "libabsent.so.1", "not-found"},
        {CUSPARSE, "libfirst.so.1", "found"},
        {"libfirst.so.1", "libthird.so.1", "found"},
    };
    cJSON *snapshot = snapshot_needing(
        TORCH_CUDA("12.4"), LIBRARY_NEEDING("'libsecond.so.1','" CUSPARSE "'"),
        "[{'found_from':'loader_cache','path':'/usr/lib/" CUSPARSE "','soname':'" CUSPARSE
        "','format':'elf','bits':64,'machine':'x86_64','needed':['libfirst.so.1']}]");
    put_json(snapshot, "/libraries/candidates/libfirst.so.1",
             "[{'found_from':'loader_cache','path':'/usr/lib/libfirst.so.1','format':'elf',"
             "'soname':'libfirst.so.1','needed':['libsecond.so.1','libthird.so.1']}]");
    put_json(snapshot, "/libraries/candidates/libsecond.so.1",
             "[{'found_from':'loader_cache','path':'/usr/lib/libsecond.so.1','format':'elf',"
             "'soname':'libsecond.so.1','needed':['libabsent.so.1']}]");
    put_json(snapshot, "/libraries/candidates/libthird.so.1",
             "[{'found_from':'loader_cache','path':'/usr/lib/libthird.so.1','format':'elf',"
             "'soname':'libthird.so.1','needed':['" CUSPARSE "']}]");
    put_json(snapshot, "/libraries/candidates/libabsent.so.1", "[]");
    cJSON *answer = bp_loader_judge(snapshot);
    const cJSON *list = bp_json_at(answer, "/files/0/needed_below");
    assert_int_equal(cJSON_GetArraySize(list), sizeof below / sizeof *below);
    for (int i = 0; i < cJSON_GetArraySize(list); i++) {
        const cJSON *need = cJSON_GetArrayItem(list, i);
        assert_string_equal(shown(need, "needed_by"), below[i].needed_by);
        assert_string_equal(shown(need, "library"), below[i].library);
        assert_string_equal(shown(need, "outcome"), below[i].outcome);
    }
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
}

/* A circle of libraries that need each other is no trouble and has an end. */
static void test_circle(void **state) {
    (void)state;
    cJSON *snapshot = snapshot_needing(TORCH_CPU, LIBRARY_NEEDING("'" CUSPARSE "'"),
                                       "[{'found_from':'loader_cache','path':'/usr/lib/" CUSPARSE
                                       "','format':'elf',"
                                       "'needed':['libother.so.1']}]");
    put_json(snapshot, "/libraries/candidates/libother.so.1",
             "[{'found_from':'loader_cache','path':'/usr/lib/libother.so.1','format':'elf',"
             "'needed':['" CUSPARSE "']}]");
    cJSON *answer = bp_loader_judge(snapshot);
    assert_string_equal(bp_json_text_at(answer, "/files/0/needed/0/outcome"), "found");
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
}

/* $ORIGIN is the folder of the file that needs; RPATH counts only without RUNPATH. */
static void test_origin_and_rpath(void **state) {
    (void)state;
    static const char *const libraries[][2] = {
        {"'rpath':['$ORIGIN/lib']", "found"},
        {"'rpath':['$ORIGIN/lib'],'runpath':['/elsewhere']", "not-found"},
        {"'runpath':['${ORIGIN}/lib/']", "found"},
    };
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
        char *library =
            bp_format("{'name':'" FILE_NAME "','path':'/site/bitsandbytes/" FILE_NAME
                      "','format':'elf','machine':'x86_64','needed':['" CUSPARSE "'],%s}",
                      libraries[i][0]);
        cJSON *snapshot = snapshot_needing(
            TORCH_CPU, library,
            "[" CANDIDATE("package", "/site/bitsandbytes/lib/" CUSPARSE, CUSPARSE) "]");
        cJSON *answer = bp_loader_judge(snapshot);
        assert_string_equal(bp_json_text_at(answer, "/files/0/needed/0/outcome"), libraries[i][1]);
        cJSON_Delete(answer);
        cJSON_Delete(snapshot);
        free(library);
    }
}

/* --- symbol versions --- */

static void expect_versions(const char *needs, const char *candidate, const char *outcome) {
    char *library = bp_format("{'name':'" FILE_NAME "','path':'/site/bitsandbytes/" FILE_NAME
                              "','format':'elf','machine':'x86_64','needed':['libstdc++.so.6'],"
                              "'version_needs':[{'library':'libstdc++.so.6','versions':[%s]}]}",
                              needs);
    cJSON *snapshot = snapshot_needing(FOR_12, library, NULL);
    char *list = bp_format("[{'found_from':'loader_cache','path':'/usr/lib/libstdc++.so.6',"
                           "'soname':'libstdc++.so.6','format':'elf',%s}]",
                           candidate);
    put_json(snapshot, "/libraries/candidates/libstdc++.so.6", list);
    cJSON *answer = bp_loader_judge(snapshot);
    const char *found = bp_json_text_at(answer, "/files/0/outcome");
    if (strcmp(found, outcome) != 0) {
        fail_msg("%s of %s: %s, expected %s", needs, candidate, found, outcome);
    }
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
    free(list);
    free(library);
}

/* #1663: the CPU file of 0.45.3 needs GLIBCXX_3.4.32. */
static void test_symbol_versions(void **state) {
    (void)state;
    const char *needs = "'GLIBCXX_3.4.32','CXXABI_1.3'";
    expect_versions(needs, "'version_definitions':['GLIBCXX_3.4.32','CXXABI_1.3']", "loads");
    expect_versions(needs, "'version_definitions':['GLIBCXX_3.4.30','CXXABI_1.3']",
                    "symbol-version-missing");
    expect_versions(needs, "'provides':{'GLIBCXX':'3.4.33','CXXABI':'1.3.14'}", "loads");
    expect_versions(needs, "'provides':{'GLIBCXX':'GLIBCXX_3.4.4','CXXABI':'1.3'}",
                    "symbol-version-missing");
    expect_versions(needs, "'version_definitions':null", "cannot-tell");
    /* ld.so warns about a library without versions, and goes on. */
    expect_versions(needs, "'version_definitions':[]", "loads");
}

/* A conda environment brings its own libstdc++, which may be the one that counts. */
static void test_conda_libstdcxx(void **state) {
    (void)state;
    expect_versions("'GLIBCXX_3.4.32'",
                    "'version_definitions':['GLIBCXX_3.4.30']},{'found_from':'conda',"
                    "'path':'/conda/lib/libstdc++.so.6','soname':'libstdc++.so.6',"
                    "'version_definitions':['GLIBCXX_3.4.33']",
                    "cannot-tell");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_of_rules),
        cmocka_unit_test(test_processor_levels),
        cmocka_unit_test(test_out_of_reach),
        cmocka_unit_test(test_soname),
        cmocka_unit_test(test_foreign_machine_is_passed_over),
        cmocka_unit_test(test_bundled_torch),
        cmocka_unit_test(test_conda_torch),
        cmocka_unit_test(test_further_needs),
        cmocka_unit_test(test_needs_below),
        cmocka_unit_test(test_circle),
        cmocka_unit_test(test_origin_and_rpath),
        cmocka_unit_test(test_symbol_versions),
        cmocka_unit_test(test_conda_libstdcxx),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
