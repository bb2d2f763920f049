/*
 * How needed DLLs are found on Windows: what the process has already, then the search that
 * Python's ctypes asks for since 3.8. The order is that of Microsoft's "LoadLibraryExW" and
 * "Dynamic-link library search order"; what torch adds and loads, of torch/__init__.py.
 */
#include "tests/unit/loader_snapshot.h"

#include "checks/loader/windows_names.h"
#include "checks/loader/windows_paths.h"

#define FILE_NAME "libbitsandbytes_cuda124.dll"
#define SITE "C:/app/venv/Lib/site-packages"
#define CUDART "cudart64_12.dll"

#define LIBRARY_NEEDING(needed)                                                                    \
    "{'name':'" FILE_NAME "','path':'" SITE "/bitsandbytes/" FILE_NAME "','format':'pe',"          \
    "'bits':64,'machine':'x86_64','needed':[" needed "],'delay_needed':[]}"

#define DLL(from, path)                                                                            \
    "{'found_from':'" from "','path':'" path "','format':'pe','bits':64,'machine':'x86_64'}"
#define OWN DLL("package", SITE "/bitsandbytes/" CUDART)
#define PROGRAM DLL("default", "C:/Python311/" CUDART)
#define TORCH DLL("torch", SITE "/torch/lib/" CUDART)
#define LIBRARY_BIN DLL("conda", "C:/app/venv/Library/bin/" CUDART)
#define BASE_LIBRARY_BIN DLL("conda", "C:/Python311/Library/bin/" CUDART)
#define SYSTEM DLL("default", "C:/Windows/System32/" CUDART)
#define TOOLKIT                                                                                    \
    DLL("toolkit", "C:/Program Files/NVIDIA GPU Computing Toolkit/CUDA/v12.4/bin/" CUDART)
#define OTHER_TOOLKIT                                                                              \
    DLL("toolkit", "C:/Program Files/NVIDIA GPU Computing Toolkit/CUDA/v12.1/bin/" CUDART)
#define WHEEL DLL("wheel", SITE "/nvidia/cuda_runtime/bin/" CUDART)

#define FOR_12                                                                                     \
    "{'version':'2.5.1+cu124','cuda':'12.4','hip':null,'xpu':null,'build_known':true,"             \
    "'path':'" SITE "/torch/version.py'}"
#define FOR_CPU                                                                                    \
    "{'version':'2.5.1+cpu','cuda':null,'hip':null,'xpu':null,'build_known':true,"                 \
    "'path':'" SITE "/torch/version.py'}"
#define LOADED "loaded before by torch"

/* A Windows machine with a virtual environment made from C:/Python311. */
static cJSON *windows_with(const char *torch, const char *library) {
    cJSON *snapshot = machine_with("0.45.5", torch, DRIVER("8.6"), "");
    put_json(snapshot, "/host/os", "'windows'");
    put_json(snapshot, "/host/machine", "'AMD64'");
    put_json(snapshot, "/host/libc", "null");
    put_json(snapshot, "/python/interpreters/0/version", "'3.11.9'");
    put_json(snapshot, "/python/interpreters/0/prefix", "'C:/app/venv'");
    put_json(snapshot, "/python/interpreters/0/base_prefix", "'C:/Python311'");
    put_json(snapshot, "/python/interpreters/0/executable", "'C:/app/venv/Scripts/python.exe'");
    put_json(snapshot, "/bitsandbytes/native_libraries/-", library);
    return snapshot;
}

static void put_candidates(cJSON *snapshot, const char *name, const char *candidates) {
    char *pointer = bp_format("/libraries/candidates/%s", name);
    put_json(snapshot, pointer, candidates);
    free(pointer);
}

static const cJSON *need_at(const cJSON *answer, int index) {
    return cJSON_GetArrayItem(bp_json_at(answer, "/files/0/needed"), index);
}

static void expect_need(const cJSON *need, const char *outcome, const char *path, const char *rule,
                        const char *reason) {
    if (strcmp(shown(need, "outcome"), outcome) != 0 || strcmp(shown(need, "path"), path) != 0 ||
        !strstr(shown(need, "rule"), rule) || !strstr(shown(need, "reason"), reason)) {
        fail_msg("%s: %s at %s by %s because %s; expected %s at %s by %s because %s",
                 shown(need, "library"), shown(need, "outcome"), shown(need, "path"),
                 shown(need, "rule"), shown(need, "reason"), outcome, path, rule, reason);
    }
}

/* Where cudart64_12.dll is found among the candidates. */
struct searching {
    const char *torch;
    const char *candidates; /* NULL: not looked for */
    const char *outcome;
    const char *path;
    const char *rule;
    const char *reason;
};

static void expect_all(const struct searching *table, size_t count) {
    for (size_t i = 0; i < count; i++) {
        cJSON *snapshot = windows_with(table[i].torch, LIBRARY_NEEDING("'" CUDART "'"));
        if (table[i].candidates) {
            put_candidates(snapshot, CUDART, table[i].candidates);
        }
        cJSON *answer = bp_loader_judge(snapshot);
        expect_need(need_at(answer, 0), table[i].outcome, table[i].path, table[i].rule,
                    table[i].reason);
        cJSON_Delete(answer);
        cJSON_Delete(snapshot);
    }
}

#define EXPECT_ALL(table) expect_all(table, sizeof(table) / sizeof *(table))

static void test_order_of_folders(void **state) {
    (void)state;
    static const struct searching table[] = {
        {FOR_12, "[" SYSTEM "," TOOLKIT "," PROGRAM "," OWN "," TORCH "]", "mapped-by-torch",
         SITE "/torch/lib/" CUDART, LOADED, "every DLL in its lib folder"},
        {FOR_12, "[" SYSTEM "," LIBRARY_BIN "," PROGRAM "," OWN "]", "found",
         SITE "/bitsandbytes/" CUDART, "folder of the DLL that needs it", "-"},
        {FOR_12, "[" SYSTEM "," LIBRARY_BIN "," PROGRAM "]", "found", "C:/Python311/" CUDART,
         "folder of python.exe", "-"},
        {FOR_12, "[" SYSTEM "," BASE_LIBRARY_BIN "," LIBRARY_BIN "]", "found",
         "C:/app/venv/Library/bin/" CUDART, "os.add_dll_directory", "-"},
        {FOR_12, "[" SYSTEM "," BASE_LIBRARY_BIN "]", "found", "C:/Python311/Library/bin/" CUDART,
         "os.add_dll_directory", "-"},
        {FOR_12, "[" SYSTEM "]", "found", "C:/Windows/System32/" CUDART, "System32", "-"},
        {FOR_12, "[]", "not-found", "-", "-", "not in " SITE "/bitsandbytes, C:/Python311, "},
        {FOR_12, NULL, "mapped-by-torch", "-", LOADED, "torch's wheels for CUDA 12.4"},
        {FOR_CPU, NULL, "unknown", "-", "-", "not looked for"},
    };
    EXPECT_ALL(table);
}

/* The folder of NVIDIA's wheels and of a toolkit that torch does not add, whatever PATH says. */
static void test_folders_that_are_not_searched(void **state) {
    (void)state;
    static const struct searching table[] = {
        {FOR_12, "[" WHEEL "]", "not-found", "-", "-",
         SITE "/nvidia/cuda_runtime/bin/" CUDART " is there, but in no folder that is searched"},
        {FOR_12, "[" OTHER_TOOLKIT "]", "not-found", "-", "-", "PATH is not"},
        {FOR_12, "[" DLL("default", "C:/Windows/System32/old/" CUDART) "]", "not-found", "-", "-",
         "System32/old"},
        {FOR_CPU, "[" TOOLKIT "]", "not-found", "-", "-", "v12.4"},
    };
    EXPECT_ALL(table);
}

/* torch adds the toolkit of its own version, but only where it finds no cudart with itself. */
static void test_toolkit_of_torch(void **state) {
    (void)state;
    static const struct searching table[] = {
        {FOR_12, "[" SYSTEM "," TOOLKIT "]", "found",
         "C:/Program Files/NVIDIA GPU Computing Toolkit/CUDA/v12.4/bin/" CUDART,
         "os.add_dll_directory", "-"},
    };
    EXPECT_ALL(table);

    cJSON *snapshot = windows_with(FOR_12, LIBRARY_NEEDING("'cublas64_12.dll'"));
    put_candidates(snapshot, "cublas64_12.dll",
                   "[" DLL("toolkit", "D:/cuda/bin/cublas64_12.dll") "]");
    put_candidates(snapshot, CUDART, "[]");
    set_variable(snapshot, "CUDA_PATH_V12_4", "D:\\cuda");
    cJSON *answer = bp_loader_judge(snapshot);
    expect_need(need_at(answer, 0), "found", "D:/cuda/bin/cublas64_12.dll", "os.add_dll_directory",
                "-");
    cJSON_Delete(answer);

    put_candidates(snapshot, CUDART, "[" TORCH "]");
    answer = bp_loader_judge(snapshot);
    expect_need(need_at(answer, 0), "not-found", "-", "-", "D:/cuda/bin/cublas64_12.dll is there");
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
}

/* The snapshot's own list of added folders comes in the place of torch's rules. */
static void test_added_folders_as_seen(void **state) {
    (void)state;
    cJSON *snapshot = windows_with(FOR_12, LIBRARY_NEEDING("'" CUDART "'"));
    put_candidates(snapshot, CUDART, "[" LIBRARY_BIN "," DLL("toolkit", "E:/mine/" CUDART) "]");
    put_json(snapshot, "/libraries/search/dll_folders", "['E:/mine']");
    cJSON *answer = bp_loader_judge(snapshot);
    expect_need(need_at(answer, 0), "found", "E:/mine/" CUDART, "os.add_dll_directory", "-");
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
}

static void test_system_folder_as_seen(void **state) {
    (void)state;
    cJSON *snapshot = windows_with(FOR_12, LIBRARY_NEEDING("'" CUDART "'"));
    put_candidates(snapshot, CUDART, "[" SYSTEM "," DLL("default", "D:/WIN/system32/" CUDART) "]");
    put_json(snapshot, "/libraries/search/default_folders", "['D:/Win/System32/']");
    cJSON *answer = bp_loader_judge(snapshot);
    expect_need(need_at(answer, 0), "found", "D:/WIN/system32/" CUDART, "System32", "-");
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
}

/* DLLs of Windows, of Python and of torch need no file among the facts. */
static void test_what_every_process_has(void **state) {
    (void)state;
    cJSON *snapshot = windows_with(
        FOR_12, LIBRARY_NEEDING("'KERNEL32.dll','api-ms-win-crt-heap-l1-1-0.dll',"
                                "'VCRUNTIME140.dll','VCRUNTIME140_1.dll','MSVCP140.dll',"
                                "'VCOMP140.DLL'"));
    put_candidates(snapshot, "VCRUNTIME140.dll",
                   "[" DLL("default", "C:/Python311/vcruntime140.dll") "]");
    cJSON *answer = bp_loader_judge(snapshot);
    expect_need(need_at(answer, 0), "found", "-", "part of Windows", "-");
    expect_need(need_at(answer, 1), "found", "-", "API set", "-");
    expect_need(need_at(answer, 2), "found", "C:/Python311/vcruntime140.dll", "with Python", "-");
    expect_need(need_at(answer, 3), "mapped-by-torch", "-", LOADED, "torch's own DLLs");
    expect_need(need_at(answer, 4), "mapped-by-torch", "-", LOADED, "torch's own DLLs");
    expect_need(need_at(answer, 5), "unknown", "-", "-", "not looked for"); /* OpenMP */
    assert_string_equal(shown(answer, "outcome"), "cannot-tell");
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
}

/* A copy of a DLL of Windows beside the one that needs it does not count. */
static void test_parts_of_windows_are_not_searched_for(void **state) {
    (void)state;
    cJSON *snapshot = windows_with(FOR_12, LIBRARY_NEEDING("'kernel32.dll'"));
    put_candidates(snapshot, "kernel32.dll",
                   "[" DLL("package", SITE "/bitsandbytes/kernel32.dll") "]");
    cJSON *answer = bp_loader_judge(snapshot);
    expect_need(need_at(answer, 0), "found", "-", "part of Windows", "-");
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
}

static void test_names_fold_case_and_slashes(void **state) {
    (void)state;
    cJSON *snapshot = windows_with(FOR_12, LIBRARY_NEEDING("'CUDART64_12.DLL'"));
    put_candidates(
        snapshot, CUDART,
        "[" DLL("torch",
                "c:\\\\APP\\\\venv\\\\lib\\\\Site-Packages\\\\torch\\\\LIB\\\\" CUDART) "]");
    cJSON *answer = bp_loader_judge(snapshot);
    expect_need(need_at(answer, 0), "mapped-by-torch",
                "c:\\APP\\venv\\lib\\Site-Packages\\torch\\LIB\\" CUDART, LOADED, "every DLL");
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
}

/* The first file of that name ends the search, whatever it is: Windows does not look on. */
static void test_unusable_files(void **state) {
    (void)state;
    static const char foreign[] = "{'found_from':'default','path':'C:/Python311/" CUDART
                                  "','format':'pe','bits':64,'machine':'aarch64'}";
    static const char damaged[] = "{'found_from':'default','path':'C:/Python311/" CUDART
                                  "','format':'pe','bits':64,'machine':'x86_64',"
                                  "'error':'the file is cut short'}";
    char *lists[] = {bp_format("[%s,%s]", SYSTEM, foreign), bp_format("[%s,%s]", SYSTEM, damaged)};
    const char *reasons[] = {"it is for aarch64", "cut short"};
    for (size_t i = 0; i < 2; i++) {
        cJSON *snapshot = windows_with(FOR_12, LIBRARY_NEEDING("'" CUDART "'"));
        put_candidates(snapshot, CUDART, lists[i]);
        cJSON *answer = bp_loader_judge(snapshot);
        expect_need(need_at(answer, 0), "unusable", "C:/Python311/" CUDART, "python.exe",
                    reasons[i]);
        assert_string_equal(shown(answer, "outcome"), "dependency-missing");
        assert_non_null(strstr(shown(answer, "user_sees"), "[WinError 193]"));
        cJSON_Delete(answer);
        cJSON_Delete(snapshot);
        free(lists[i]);
    }
}

#define CUBLAS_NEEDING(needed)                                                                     \
    "[{'found_from':'default','path':'C:/Windows/System32/cublas64_12.dll','format':'pe',"         \
    "'bits':64,'machine':'x86_64','needed':[" needed "]}]"

/* What a DLL that is found needs in turn is searched for in the same folders. */
static void test_further_needs(void **state) {
    (void)state;
    static const struct {
        const char *cublas;
        const char *cublaslt; /* NULL: not looked for */
        const char *outcome;
        const char *reason;
    } table[] = {
        {CUBLAS_NEEDING("'cublasLt64_12.dll','KERNEL32.dll'"), "[]", "unusable",
         "it needs cublasLt64_12.dll"},
        {CUBLAS_NEEDING("'cublasLt64_12.dll','KERNEL32.dll'"),
         "[" DLL("package", SITE "/bitsandbytes/cublasLt64_12.dll") "]", "found", "-"},
        {CUBLAS_NEEDING("'cublasLt64_12.dll'"), NULL, "unknown", "it needs cublasLt64_12.dll"},
        {CUBLAS_NEEDING("'cublas64_12.dll','CUBLAS64_12.dll'"), NULL, "found", "-"}, /* itself */
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        cJSON *snapshot = windows_with(FOR_CPU, LIBRARY_NEEDING("'cublas64_12.dll'"));
        put_candidates(snapshot, "cublas64_12.dll", table[i].cublas);
        if (table[i].cublaslt) {
            put_candidates(snapshot, "cublasLt64_12.dll", table[i].cublaslt);
        }
        cJSON *answer = bp_loader_judge(snapshot);
        expect_need(need_at(answer, 0), table[i].outcome, "C:/Windows/System32/cublas64_12.dll",
                    "System32", table[i].reason);
        cJSON_Delete(answer);
        cJSON_Delete(snapshot);
    }
}

/* Thousands of DLLs that each need the next one. */
static void test_endless_chain_is_bounded(void **state) {
    (void)state;
    cJSON *snapshot = windows_with(FOR_CPU, LIBRARY_NEEDING("'0.dll'"));
    put_json(snapshot, "/libraries", "{'candidates':{}}");
    cJSON *candidates = cJSON_GetObjectItemCaseSensitive(
        cJSON_GetObjectItemCaseSensitive(snapshot, "libraries"), "candidates");
    for (int i = 0; i < 2000; i++) {
        char *name = bp_format("%d.dll", i);
        char *list = bp_format("[{'found_from':'default','path':'C:/Windows/System32/%d.dll',"
                               "'format':'pe','machine':'x86_64','needed':['%d.dll']}]",
                               i, i + 1);
        cJSON_AddItemToObject(candidates, name, document_of(list));
        free(list);
        free(name);
    }
    cJSON *answer = bp_loader_judge(snapshot);
    expect_need(need_at(answer, 0), "unknown", "C:/Windows/System32/0.dll", "System32", "1.dll");
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
}

static void test_python_before_3_8_goes_through_path(void **state) {
    (void)state;
    cJSON *snapshot = windows_with(FOR_CPU, LIBRARY_NEEDING("'" CUDART "'"));
    put_json(snapshot, "/python/interpreters/0/version", "'3.7.9'");
    put_candidates(snapshot, CUDART, "[]");
    cJSON *answer = bp_loader_judge(snapshot);
    expect_need(need_at(answer, 0), "unknown", "-", "-", "before Python 3.8");
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
}

/* The whole judgement, with the names that the published 0.45.5 file needs. */
static void test_judgement(void **state) {
    (void)state;
    static const char published[] =
        LIBRARY_NEEDING("'" CUDART "','cublas64_12.dll','cublasLt64_12.dll','cusparse64_12.dll',"
                        "'MSVCP140.dll','VCRUNTIME140.dll','VCRUNTIME140_1.dll',"
                        "'api-ms-win-crt-runtime-l1-1-0.dll','KERNEL32.dll'");
    static const char *const names[] = {CUDART, "cublas64_12.dll", "cublasLt64_12.dll",
                                        "cusparse64_12.dll"};
    cJSON *snapshot = windows_with(FOR_12, published);
    for (size_t i = 0; i < 4; i++) {
        char *list = bp_format("[{'found_from':'torch','path':'" SITE
                               "/torch/lib/%s','format':'pe','bits':64,'machine':'x86_64'}]",
                               names[i]);
        put_candidates(snapshot, names[i], list);
        free(list);
    }
    cJSON *answer = bp_loader_judge(snapshot);
    assert_string_equal(shown(answer, "chosen"), FILE_NAME);
    assert_string_equal(bp_json_text_at(answer, "/files/0/outcome"), "loads");
    cJSON_Delete(answer);

    put_candidates(snapshot, "cusparse64_12.dll", "[]");
    answer = bp_loader_judge(snapshot);
    assert_string_equal(shown(answer, "outcome"), "dependency-missing");
    assert_string_equal(bp_json_text_at(answer, "/missing/0"), "cusparse64_12.dll");
    assert_int_equal(cJSON_GetArraySize(bp_json_get(answer, "missing")), 1);
    assert_non_null(strstr(shown(answer, "user_sees"), "(or one of its dependencies)"));
    cJSON_Delete(answer);

    put_json(snapshot, "/bitsandbytes/native_libraries/0/machine", "'aarch64'");
    answer = bp_loader_judge(snapshot);
    assert_string_equal(shown(answer, "outcome"), "wrong-architecture");
    assert_non_null(strstr(shown(answer, "user_sees"), "[WinError 193]"));
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
}

/* --- what importing torch does --- */

#define OPENED(name, needed)                                                                       \
    "{'role':'torch-library','path':'" SITE "/torch/lib/" name "','format':'pe','bits':64,"        \
    "'machine':'x86_64','needed':[" needed "]}"

/* Which of torch's DLLs cannot be opened, and for lack of what. */
static void test_torch_import(void **state) {
    (void)state;
    static const struct {
        const char *needed;     /* of fbgemm.dll */
        const char *candidates; /* of libomp140.x86_64.dll; NULL: not looked for */
        const char *path_folders;
        bool fails;
    } table[] = {
        {"'libomp140.x86_64.dll'", "[]", "[]", true},
        {"'libomp140.x86_64.dll'", NULL, "[]", false}, /* nobody has looked */
        {"'libomp140.x86_64.dll'",
         "[" DLL("default", "C:/Windows/System32/libomp140.x86_64.dll") "]", "[]", false},
        {"'libomp140.x86_64.dll'", "[" DLL("package", SITE "/torch/lib/libomp140.x86_64.dll") "]",
         "[]", false},
        /* torch tries once more with PATH. */
        {"'libomp140.x86_64.dll'", "[" DLL("path", "D:/tools/libomp140.x86_64.dll") "]",
         "['D:\\\\tools']", false},
        {"'libomp140.x86_64.dll'", "[" DLL("path", "D:/tools/libomp140.x86_64.dll") "]", "[]",
         true},
        {"'some-part-of-windows.dll','nvcuda.dll'", NULL, "[]", false},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        cJSON *snapshot = windows_with(FOR_12, LIBRARY_NEEDING("'KERNEL32.dll'"));
        char *opened =
            bp_format("[" OPENED("c10.dll", "'KERNEL32.dll'") "," OPENED("fbgemm.dll", "%s") "]",
                      table[i].needed);
        put_json(snapshot, "/libraries/opened", opened);
        put_json(snapshot, "/libraries/search/path_folders", table[i].path_folders);
        put_candidates(snapshot, "nvcuda.dll", "[]");
        if (table[i].candidates) {
            put_candidates(snapshot, "libomp140.x86_64.dll", table[i].candidates);
        }
        cJSON *answer = bp_loader_judge(snapshot);
        if (table[i].fails != bp_equal(shown(answer, "outcome"), "torch-fails")) {
            fail_msg("row %zu: %s", i, shown(answer, "outcome"));
        }
        if (table[i].fails) {
            assert_non_null(strstr(shown(answer, "outcome_says"), "libomp140.x86_64.dll"));
            assert_non_null(strstr(shown(answer, "torch_error"), SITE "/torch/lib/fbgemm.dll"));
        }
        cJSON_Delete(answer);
        cJSON_Delete(snapshot);
        free(opened);
    }
}

/* What Windows itself brings has what it needs; other DLLs in System32 have to be looked at. */
static void test_dlls_of_windows_are_whole(void **state) {
    (void)state;
    static const char of_windows[] =
        "[{'found_from':'default','path':'C:/Windows/System32/" CUDART "','format':'pe','bits':64,"
        "'machine':'x86_64','needed':['unheard-of.dll'],"
        "'product':'Microsoft\u00ae Windows\u00ae Operating System'}]";
    static const struct searching table[] = {
        {FOR_CPU, of_windows, "found", "C:/Windows/System32/" CUDART, "System32", "-"},
        {FOR_CPU,
         "[{'found_from':'default','path':'C:/Windows/System32/" CUDART "','format':'pe',"
         "'bits':64,'machine':'x86_64','needed':['unheard-of.dll'],'product':'NVIDIA CUDA'}]",
         "unknown", "C:/Windows/System32/" CUDART, "System32", "unheard-of.dll"},
    };
    EXPECT_ALL(table);
}

/* Windows on Arm serves emulated processes with its own DLLs; others are for one machine. */
static void test_emulated_process(void **state) {
    (void)state;
    static const struct {
        const char *host;
        const char *path;
        const char *outcome;
    } table[] = {
        {"'ARM64'", "C:/Windows/System32/" CUDART, "found"},
        {"'ARM64'", "C:/Python311/" CUDART, "unusable"},
        {"'AMD64'", "C:/Windows/System32/" CUDART, "unusable"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        cJSON *snapshot = windows_with(FOR_CPU, LIBRARY_NEEDING("'" CUDART "'"));
        char *candidates = bp_format("[{'found_from':'default','path':'%s','format':'pe',"
                                     "'bits':64,'machine':'aarch64'}]",
                                     table[i].path);
        put_json(snapshot, "/host/machine", table[i].host);
        put_json(snapshot, "/python/interpreters/0/machine", "'x86_64'");
        put_candidates(snapshot, CUDART, candidates);
        cJSON *answer = bp_loader_judge(snapshot);
        assert_string_equal(shown(need_at(answer, 0), "outcome"), table[i].outcome);
        cJSON_Delete(answer);
        cJSON_Delete(snapshot);
        free(candidates);
    }
}

#define FOR_ROCM                                                                                   \
    "{'version':'2.9.0+rocm7.2','cuda':null,'hip':'7.2.0','xpu':null,'build_known':true,"          \
    "'path':'" SITE "/torch/version.py'}"
#define ROCM_WHEEL DLL("wheel", SITE "/_rocm_sdk_core/bin/" CUDART)

static void test_rocm_wheels(void **state) {
    (void)state;
    static const struct searching table[] = {
        {FOR_ROCM, "[" ROCM_WHEEL "]", "mapped-by-torch", SITE "/_rocm_sdk_core/bin/" CUDART,
         LOADED, "ROCm's wheels"},
        {FOR_12, "[" ROCM_WHEEL "]", "not-found", "-", "-", "is there, but in no folder"},
    };
    EXPECT_ALL(table);
}

static void test_gpu_without_a_driver(void **state) {
    (void)state;
    cJSON *snapshot = windows_with(FOR_12, LIBRARY_NEEDING("'KERNEL32.dll'"));
    put_json(snapshot, "/cuda/driver", "{}");
    put_candidates(snapshot, "nvcuda.dll", "[]");
    cJSON *answer = bp_loader_judge(snapshot);
    char *because = bp_json_print(bp_json_get(answer, "because"), false);
    assert_non_null(strstr(because, "no CUDA driver library (nvcuda.dll)"));
    free(because);
    cJSON_Delete(answer);
    cJSON_Delete(snapshot);
}

static void test_paths(void **state) {
    (void)state;
    assert_true(bp_windows_same("C:\\A\\b", "c:/a/B/"));
    assert_false(bp_windows_same("C:\\a", "C:\\ab"));
    assert_false(bp_windows_same(NULL, NULL));
    assert_true(bp_windows_lies_in("C:\\a\\b.dll", "c:/A"));
    assert_true(bp_windows_lies_in("C:\\b.dll", "C:\\"));
    assert_false(bp_windows_lies_in("C:\\a\\sub\\b.dll", "C:\\a"));
    assert_false(bp_windows_lies_in("b.dll", ""));
    assert_false(bp_windows_lies_in(NULL, "C:\\a"));
    assert_string_equal(bp_windows_name("C:\\a/b.dll"), "b.dll");
    assert_string_equal(bp_windows_name("b.dll"), "b.dll");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_of_folders),
        cmocka_unit_test(test_folders_that_are_not_searched),
        cmocka_unit_test(test_toolkit_of_torch),
        cmocka_unit_test(test_added_folders_as_seen),
        cmocka_unit_test(test_system_folder_as_seen),
        cmocka_unit_test(test_what_every_process_has),
        cmocka_unit_test(test_parts_of_windows_are_not_searched_for),
        cmocka_unit_test(test_names_fold_case_and_slashes),
        cmocka_unit_test(test_unusable_files),
        cmocka_unit_test(test_further_needs),
        cmocka_unit_test(test_endless_chain_is_bounded),
        cmocka_unit_test(test_python_before_3_8_goes_through_path),
        cmocka_unit_test(test_judgement),
        cmocka_unit_test(test_torch_import),
        cmocka_unit_test(test_dlls_of_windows_are_whole),
        cmocka_unit_test(test_emulated_process),
        cmocka_unit_test(test_rocm_wheels),
        cmocka_unit_test(test_gpu_without_a_driver),
        cmocka_unit_test(test_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
