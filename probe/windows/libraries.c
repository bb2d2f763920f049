#include "probe/windows/libraries.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/library_names.h"
#include "probe/library_search.h"
#include "probe/windows/dll_folders.h"
#include "probe/windows/drive.h"

/* DLLs followed, and files in torch's lib: several times what a real installation has. */
enum { DLL_LIMIT = 1024, TORCH_LIMIT = 512 };

/* What published files need, so that a question about another release can be answered. */
static const char *const always_searched[] = {
    "nvcuda.dll",        "vcruntime140.dll",  "vcruntime140_1.dll", "msvcp140.dll",
    "vcomp140.dll",      "cudart64_110.dll",  "cudart64_12.dll",    "cudart64_13.dll",
    "cublas64_11.dll",   "cublas64_12.dll",   "cublas64_13.dll",    "cublasLt64_11.dll",
    "cublasLt64_12.dll", "cublasLt64_13.dll", "cusparse64_11.dll",  "cusparse64_12.dll",
    "amdhip64_7.dll",    "hipblas.dll",       "rocblas.dll",        "libhipblaslt.dll",
    "sycl8.dll",         "sycl9.dll",
};

struct gathering {
    const struct bp_root *root;
    struct bp_library_search search; /* for what it keeps of files and wheels */
    struct bp_dll_folders folders;
    cJSON *candidates;
    cJSON *opened;
    struct bp_strs wanted; /* DLLs to be looked for; grows while it is worked off */
    bool cut;
};

/* api-ms-win-core-heap-l1-1-0.dll: a name for a part of Windows, not a file. */
static bool is_api_set(const char *name) {
    return strncasecmp(name, "api-ms-", 7) == 0 || strncasecmp(name, "ext-ms-", 7) == 0;
}

static void want(struct gathering *gathering, const char *name) {
    for (size_t i = 0; i < gathering->wanted.count; i++) {
        if (bp_drive_same(gathering->wanted.items[i], name)) {
            return;
        }
    }
    if (gathering->wanted.count == DLL_LIMIT) {
        gathering->cut = true;
    } else if (!is_api_set(name) && !strpbrk(name, "/\\")) {
        bp_strs_add(&gathering->wanted, name);
    }
}

static void want_all(struct gathering *gathering, const cJSON *file) {
    const cJSON *name;
    cJSON_ArrayForEach(name, bp_json_get(file, "needed")) {
        if (cJSON_IsString(name)) {
            want(gathering, name->valuestring);
        }
    }
}

/* What Windows brings has all that it needs, and that is a long list. */
static bool is_of_windows(const struct bp_dll_folders *folders, const cJSON *candidate) {
    const char *product = bp_json_text(candidate, "product");
    char *folder = bp_dir_name(bp_json_text(candidate, "path"));
    bool in_system = bp_drive_same(folder, folders->system);
    free(folder);
    return in_system && product && strstr(product, "Windows") &&
           strstr(product, "Operating System");
}

static void look_for(struct gathering *gathering, const char *name) {
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < gathering->folders.all.count; i++) {
        const struct bp_library_folder *folder = &gathering->folders.all.items[i];
        char *path = bp_join(folder->path, name);
        cJSON *candidate = bp_library_candidate(&gathering->search, path, folder);
        if (candidate) {
            cJSON_AddItemToArray(list, candidate);
            if (!is_of_windows(&gathering->folders, candidate)) {
                want_all(gathering, candidate);
            }
        }
        free(path);
    }
    cJSON_AddItemToObject(gathering->candidates, name, list);
}

/* --- what torch opens by path: each DLL in its lib --- */

static void open_torch(struct gathering *gathering, const cJSON *interpreter) {
    const char *version_file = bp_json_text_at(interpreter, "/torch/path");
    if (!version_file) {
        return;
    }
    struct bp_strs paths = {0};
    char *package = bp_dir_name(version_file);
    char *lib = bp_join(package, "lib");
    bp_drive_match(gathering->root, lib, "*.dll", true, &paths);
    for (size_t i = 0; i < paths.count && i < TORCH_LIMIT; i++) {
        const struct bp_library_file *file =
            bp_library_file_at(&gathering->search.files, gathering->root, paths.items[i]);
        if (file) {
            cJSON *opened = cJSON_Duplicate(file->facts, true);
            bp_json_set_text(opened, "role", "torch-library");
            bp_json_set_text(opened, "path", paths.items[i]);
            cJSON_AddItemToArray(gathering->opened, opened);
            want_all(gathering, opened);
        }
    }
    bp_strs_free(&paths);
    free(lib);
    free(package);
}

/* --- CUDA's libraries, wherever they lie --- */

static cJSON *cuda_libraries(struct gathering *gathering) {
    cJSON *libraries = cJSON_CreateArray();
    for (size_t i = 0; i < gathering->folders.all.count; i++) {
        struct bp_library_folder *folder = &gathering->folders.all.items[i];
        const struct bp_strs *names = bp_library_folder_names(folder, gathering->root);
        for (size_t n = 0; n < names->count; n++) {
            if (bp_library_is_cuda(bp_library_family(names->items[n]))) {
                char *path = bp_join(folder->path, names->items[n]);
                cJSON *candidate = bp_library_candidate(&gathering->search, path, folder);
                if (candidate) {
                    cJSON_AddItemToArray(libraries, candidate);
                }
                free(path);
            }
        }
    }
    return libraries;
}

/* --- the facts --- */

static cJSON *search_facts(const struct bp_probe *probe, const struct bp_dll_folders *folders) {
    cJSON *search = cJSON_CreateObject();
    struct bp_strs system = {0};
    bp_strs_add(&system, folders->system);
    cJSON_AddItemToObject(search, "default_folders", bp_json_of_strs(&system));
    cJSON_AddItemToObject(search, "dll_folders", bp_json_of_strs(&folders->added));
    cJSON_AddItemToObject(search, "path_folders",
                          probe->root->live ? bp_json_of_strs(&folders->path) : cJSON_CreateNull());
    bp_strs_free(&system);
    return search;
}

void bp_windows_collect_libraries(const struct bp_probe *probe, const cJSON *interpreter,
                                  struct bp_facts *facts) {
    static const struct bp_system_loader no_loader = {0};
    const char *package = bp_json_text_at(probe->snapshot, "/bitsandbytes/path");
    struct gathering gathering = {
        .root = probe->root, .candidates = cJSON_CreateObject(), .opened = cJSON_CreateArray()};
    bp_library_search_init(&gathering.search, probe->root, &no_loader);
    bp_dll_folders_find(&gathering.folders, probe, interpreter, package);
    const cJSON *file;
    cJSON_ArrayForEach(file, bp_json_at(probe->snapshot, "/bitsandbytes/native_libraries")) {
        if (bp_equal(bp_json_text(file, "format"), "pe")) {
            want_all(&gathering, file);
        }
    }
    open_torch(&gathering, interpreter);
    for (size_t i = 0; i < sizeof always_searched / sizeof *always_searched; i++) {
        want(&gathering, always_searched[i]);
    }
    for (size_t i = 0; i < gathering.wanted.count; i++) {
        look_for(&gathering, gathering.wanted.items[i]);
    }
    bp_facts_put(facts, "/libraries/search", search_facts(probe, &gathering.folders));
    bp_facts_put(facts, "/libraries/opened", gathering.opened);
    bp_facts_put(facts, "/libraries/candidates", gathering.candidates);
    bp_facts_put(facts, "/cuda/libraries", cuda_libraries(&gathering));
    if (gathering.cut) {
        bp_facts_unknown(facts, "/libraries/candidates", "more DLLs than are followed");
    }
    if (!probe->root->live) {
        bp_facts_unknown(facts, "/libraries/search/path_folders",
                         "the environment of a program in another root is not known");
    }
    bp_strs_free(&gathering.wanted);
    bp_dll_folders_free(&gathering.folders);
    bp_library_search_free(&gathering.search);
}
