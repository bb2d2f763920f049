/*
 * How needed libraries are found on macOS. The order is that of dyld(1); what the published
 * wheels hold is said by llvm-objdump: libbitsandbytes_cpu.dylib, for arm64, built for macOS
 * 14.0, needs /usr/lib/libc++.1.dylib and /usr/lib/libSystem.B.dylib and is signed.
 */
#include "tests/unit/loader_snapshot.h"

#include "base/dyld_paths.h"

#define NAME "libbitsandbytes_cpu.dylib"
#define SITE "/Users/ada/venv/lib/python3.11/site-packages"
#define OWN_FOLDER SITE "/bitsandbytes"
#define OMP "@rpath/libomp.dylib"
#define PROGRAM "/opt/homebrew/Cellar/python@3.11/3.11.9/bin/python3.11"

#define LIBRARY_WITH(needed, more)                                                                 \
    "{'name':'" NAME "','path':'" OWN_FOLDER "/" NAME "','format':'mach-o','bits':64,"             \
    "'machine':'arm64','needed':['/usr/lib/libSystem.B.dylib'" needed "],'signed':true,"           \
    "'requires':{'macOS':'14.0'}" more "}"

#define DYLIB(path)                                                                                \
    "{'found_from':'runpath','path':'" path "','real_path':'" path                                 \
    "','format':'mach-o','bits':64,'machine':'arm64','needed':['/usr/lib/libSystem.B.dylib']}"
#define DYLIB_FOR(machine, path)                                                                   \
    "{'found_from':'runpath','path':'" path "','real_path':'" path                                 \
    "','format':'mach-o','bits':64,'machine':'" machine "','needed':[]}"

#define TORCH_MAC                                                                                  \
    "{'version':'2.6.0','cuda':null,'hip':null,'xpu':null,'build_known':true,"                     \
    "'path':'" SITE "/torch/version.py'}"

/* A Mac with Apple silicon and a virtual environment. */
static cJSON *mac_with(const char *macos, const char *library) {
    cJSON *snapshot = machine_with("0.49.2", TORCH_MAC, DRIVER_NONE, "");
    put_json(snapshot, "/host",
             "{'os':'macos','machine':'arm64','distribution':{'id':'macos','version':'14.5'}}");
    bp_json_put(snapshot, "/host/distribution/version", cJSON_CreateString(macos));
    put_json(snapshot, "/python/interpreters/0/machine", "'arm64'");
    put_json(snapshot, "/python/interpreters/0/version", "'3.11.9'");
    put_json(snapshot, "/python/interpreters/0/real_executable", "'" PROGRAM "'");
    put_json(snapshot, "/bitsandbytes/native_libraries/-", library);
    put_json(snapshot, "/libraries",
             "{'search':{'dyld_library_path':[],'dyld_fallback_library_path':[]},"
             "'candidates':{},'opened':[]}");
    return snapshot;
}

static const cJSON *need_at(const cJSON *answer, int index) {
    return cJSON_GetArrayItem(bp_json_at(answer, "/files/0/needed"), index);
}

struct searching {
    const char *needed; /* the second needed library and what else stands in the file */
    const char *more;
    const char *candidates; /* of it; NULL: not looked for */
    const char *variable;   /* folders of DYLD_LIBRARY_PATH */
    const char *outcome;
    const char *path;
    const char *rule;
    const char *reason;
};

static void expect(const struct searching *row, const char *library) {
    cJSON *snapshot = mac_with("14.5", library);
    if (row->candidates) {
        char *pointer = bp_format("/libraries/candidates/%s",
                                  strcmp(row->needed, OMP) == 0 ? "@rpath~1libomp.dylib" : "other");
        put_json(snapshot, pointer, row->candidates);
        free(pointer);
    }
    put_json(snapshot, "/libraries/search/dyld_library_path", row->variable);
    put_json(snapshot, "/libraries/opened/-",
             "{'role':'program','path':'" PROGRAM "','real_path':'" PROGRAM
             "','format':'mach-o','rpath':['@executable_path/../lib']}");
    cJSON *answer = bp_loader_judge(snapshot);
    const cJSON *need = need_at(answer, 1);
    if (strcmp(shown(need, "outcome"), row->outcome) != 0 ||
        strcmp(shown(need, "path"), row->path) != 0 || !strstr(shown(need, "rule"), row->rule) ||
        !strstr(shown(need, "reason"), row->reason)) {
        fail_msg("%s: %s at %s by %s because %s; expected %s at %s by %s because %s", row->needed,
                 shown(need, "outcome"), shown(need, "path"), shown(need, "rule"),
                 shown(need, "reason"), row->outcome, row->path, row->rule, row->reason);
    }
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
}

#define IN_VENV "/Users/ada/venv/lib/libomp.dylib"
#define IN_BREW "/opt/homebrew/opt/libomp/lib/libomp.dylib"
#define IN_CELLAR "/opt/homebrew/Cellar/python@3.11/3.11.9/lib/libomp.dylib"
#define IN_TORCH SITE "/torch/lib/libomp.dylib"
#define RPATHS                                                                                     \
    ",'rpath':['@loader_path/../../../..','/opt/homebrew/opt/libomp/lib','@loader_path/../torch/"  \
    "lib']"
#define LIBRARY LIBRARY_WITH(",'" OMP "'", RPATHS)

/* What @loader_path/../../../.. of the package spells: dyld leaves ".." to the kernel. */
#define UP OWN_FOLDER "/../../../../libomp.dylib"

static void test_search_order(void **state) {
    (void)state;
    static const struct searching table[] = {
        {OMP, "", "[" DYLIB(IN_BREW) "," DYLIB(UP) "]", "[]", "found", UP, "LC_RPATH of the file",
         "-"},
        {OMP, "", "[" DYLIB(IN_BREW) "]", "[]", "found", IN_BREW, "LC_RPATH of the file", "-"},
        {OMP, "", "[" DYLIB(IN_BREW) "," DYLIB("/tmp/x/libomp.dylib") "]", "['/tmp/x']", "found",
         "/tmp/x/libomp.dylib", "DYLD_LIBRARY_PATH", "-"},
        {OMP, "", "[" DYLIB("/usr/local/lib/libomp.dylib") "]", "[]", "found",
         "/usr/local/lib/libomp.dylib", "falls back to", "-"},
        {OMP, "", "[" DYLIB("/opt/homebrew/Cellar/python@3.11/3.11.9/bin/../lib/libomp.dylib") "]",
         "[]", "found", "/opt/homebrew/Cellar/python@3.11/3.11.9/bin/../lib/libomp.dylib",
         "LC_RPATH of the program", "-"},
        /* One that cannot be used is passed over. */
        {OMP, "", "[" DYLIB_FOR("x86_64", UP) "," DYLIB(IN_BREW) "]", "[]", "found", IN_BREW,
         "LC_RPATH", "-"},
        {OMP, "", "[" DYLIB_FOR("x86_64", IN_BREW) "]", "[]", "not-found", "-", "-",
         IN_BREW " (it is for x86_64, and this Python runs on aarch64)"},
        {OMP, "", "[]", "[]", "not-found", "-", "-", "not there: " UP ", " IN_BREW},
        {OMP, "", NULL, "[]", "unknown", "-", "-", "not looked for"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        expect(&table[i], LIBRARY);
    }
}

static void test_torch_has_loaded_its_own(void **state) {
    (void)state;
    static const struct searching row = {
        OMP,
        "",
        "[" DYLIB_FOR("arm64", OWN_FOLDER "/../torch/lib/libomp.dylib") "]",
        "[]",
        "mapped-by-torch",
        OWN_FOLDER "/../torch/lib/libomp.dylib",
        "loaded before by torch",
        "one of torch's own"};
    cJSON *snapshot = mac_with("14.5", LIBRARY);
    put_json(snapshot, "/libraries/candidates/@rpath~1libomp.dylib", row.candidates);
    put_json(snapshot, "/libraries/candidates/@rpath~1libomp.dylib/0/real_path", "'" IN_TORCH "'");
    cJSON *answer = bp_loader_judge(snapshot);
    assert_string_equal(shown(need_at(answer, 1), "outcome"), row.outcome);
    assert_string_equal(shown(need_at(answer, 1), "path"), row.path);
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
}

static void expect_outcome(cJSON *snapshot, const char *outcome, const char *part) {
    cJSON *answer = bp_loader_judge(snapshot);
    if (strcmp(shown(answer, "outcome"), outcome) != 0 ||
        !strstr(shown(answer, "outcome_says"), part)) {
        fail_msg("%s: %s; expected %s: %s", shown(answer, "outcome"), shown(answer, "outcome_says"),
                 outcome, part);
    }
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
}

static void test_outcomes(void **state) {
    (void)state;
    expect_outcome(mac_with("14.5", LIBRARY_WITH("", "")), "cpu-only", "works on the CPU only");
    expect_outcome(mac_with("14.0", LIBRARY_WITH("", "")), "cpu-only", "works on the CPU only");
    expect_outcome(mac_with("13.6.7", LIBRARY_WITH("", "")), "cannot-tell",
                   "built for macOS 14.0 and newer, and this is 13.6.7");

    cJSON *unsigned_file = mac_with("14.5", LIBRARY_WITH("", ""));
    put_json(unsigned_file, "/bitsandbytes/native_libraries/0/signed", "false");
    expect_outcome(unsigned_file, "cannot-tell", "no code signature");

    /* A Python for Intel, which Rosetta runs, cannot load a file for Apple silicon. */
    cJSON *translated = mac_with("14.5", LIBRARY_WITH("", ""));
    put_json(translated, "/python/interpreters/0/machine", "'x86_64'");
    expect_outcome(translated, "wrong-architecture", "built for aarch64");

    cJSON *missing = mac_with("14.5", LIBRARY);
    put_json(missing, "/libraries/candidates/@rpath~1libomp.dylib", "[]");
    expect_outcome(missing, "dependency-missing", "needs " OMP ", which is not found");

    cJSON *weak = mac_with("14.5", LIBRARY_WITH(",'" OMP "'", ",'weak_needed':['" OMP "']"));
    put_json(weak, "/libraries/candidates/@rpath~1libomp.dylib", "[]");
    expect_outcome(weak, "cpu-only", "works on the CPU only");
}

static void test_what_dlopen_says(void **state) {
    (void)state;
    cJSON *snapshot = mac_with("14.5", LIBRARY);
    put_json(snapshot, "/libraries/candidates/@rpath~1libomp.dylib", "[]");
    cJSON *answer = bp_loader_judge(snapshot);
    assert_string_equal(bp_json_text_at(answer, "/files/0/error"),
                        "dlopen(" OWN_FOLDER "/" NAME ", 0x0006): Library not loaded: " OMP);
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
}

/* What a found library lacks in its turn fails the load, too. */
static void test_needs_of_needs(void **state) {
    (void)state;
    cJSON *snapshot = mac_with("14.5", LIBRARY);
    put_json(snapshot, "/libraries/candidates",
             "{'" OMP "':[{'found_from':'runpath','path':'" IN_BREW "','format':'mach-o',"
             "'bits':64,'machine':'arm64','needed':['@loader_path/libgone.dylib','" OMP "']}],"
             "'@loader_path/libgone.dylib':[]}");
    cJSON *answer = bp_loader_judge(snapshot);
    assert_string_equal(shown(need_at(answer, 1), "outcome"), "unusable");
    assert_non_null(strstr(shown(need_at(answer, 1), "reason"), "libgone.dylib"));
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
}

/* A name that counts from the folder of the process, or from a program that is not known. */
static void test_places_that_are_not_known(void **state) {
    (void)state;
    cJSON *file = document_of("{'path':'/a/b/libx.dylib','rpath':['lib','@executable_path/y']}");
    const struct bp_dyld_search search = {.images = {file, NULL}};
    struct bp_dyld_places places = bp_dyld_places_of(&search, "@rpath/libz.dylib");
    assert_int_equal(places.count, 2);
    assert_string_equal(places.items[0].path, "/usr/local/lib/libz.dylib");
    bp_dyld_places_free(&places);
    places = bp_dyld_places_of(&search, "@loader_path/../c/libz.dylib");
    assert_int_equal(places.count, 3);
    assert_string_equal(places.items[0].path, "/a/b/../c/libz.dylib");
    bp_dyld_places_free(&places);
    cJSON_Delete(file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_search_order),   cmocka_unit_test(test_torch_has_loaded_its_own),
        cmocka_unit_test(test_outcomes),       cmocka_unit_test(test_what_dlopen_says),
        cmocka_unit_test(test_needs_of_needs), cmocka_unit_test(test_places_that_are_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
