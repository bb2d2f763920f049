#include "probe/opened_files.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"

static void add_opened(struct bp_library_search *search, const char *role, const char *path,
                       cJSON *opened) {
    const struct bp_library_file *file = bp_library_file_at(&search->files, search->root, path);
    if (!file) {
        return;
    }
    cJSON *entry = cJSON_Duplicate(file->facts, true);
    char *real_path = bp_root_resolve(search->root, path, NULL);
    bp_json_set_text(entry, "role", role);
    bp_json_set_text(entry, "path", path);
    bp_json_set_text(entry, "real_path", real_path);
    cJSON_AddItemToArray(opened, entry);
    free(real_path);
}

/* The kernel resolves links before the loader learns of its program: $ORIGIN is the real folder. */
static void add_program(struct bp_library_search *search, const cJSON *interpreter, cJSON *opened) {
    const char *real = bp_json_text(interpreter, "real_executable");
    const char *path = real ? real : bp_json_text(interpreter, "executable");
    char *resolved = path ? bp_root_resolve(search->root, path, NULL) : NULL;
    if (resolved) {
        add_opened(search, "program", resolved, opened);
    }
    free(resolved);
}

/* --- preloaded libraries --- */

static void add_words(const char *text, const char *separators, struct bp_strs *names) {
    while (*text) {
        size_t length = strcspn(text, separators);
        if (length) {
            bp_strs_add_owned(names, bp_strndup(text, length));
        }
        text += length;
        text += strspn(text, separators);
    }
}

void bp_preload_file_names(const struct bp_root *root, struct bp_strs *names) {
    struct bp_str text = BP_STR_EMPTY;
    if (bp_root_read(root, "/etc/ld.so.preload", 0, &text, NULL) == 0) {
        char *hash;
        while ((hash = strchr(text.data, '#'))) { /* a comment runs to the end of its line */
            memset(hash, ' ', strcspn(hash, "\n"));
        }
        add_words(text.data, ": \t\n", names);
    }
    bp_str_free(&text);
}

static void add_preloads(struct bp_library_search *search, const struct bp_strs *names,
                         cJSON *opened) {
    for (size_t i = 0; i < names->count; i++) {
        if (strchr(names->items[i], '/')) {
            add_opened(search, "preload", names->items[i], opened);
        }
    }
}

/* --- torch --- */

static void add_torch_module(struct bp_library_search *search, const char *package, cJSON *opened) {
    struct bp_strs names = {0};
    bp_root_list(search->root, package, 0, &names, NULL);
    for (size_t i = 0; i < names.count; i++) {
        if (bp_starts_with(names.items[i], "_C.") && bp_ends_with(names.items[i], ".so")) {
            char *path = bp_join(package, names.items[i]);
            add_opened(search, "torch-module", path, opened);
            free(path);
            break;
        }
    }
    bp_strs_free(&names);
}

/* What torch opens by path has a name that ends with its number: libcublas.so.12. */
static bool is_preload_name(const char *name) {
    static const char *const stems[] = {
        "libcublasLt", "libcublas",     "libcudnn",    "libnvrtc",  "libnvrtc-builtins",
        "libcudart",   "libcupti",      "libcufft",    "libcurand", "libnvJitLink",
        "libcusparse", "libcusparseLt", "libcusolver", "libnccl",   "libnvshmem_host",
        "libcufile",   "libnvToolsExt",
    };
    const char *suffix = strstr(name, ".so.");
    size_t length = strlen(name);
    if (!suffix || !isdigit((unsigned char)name[length - 1])) {
        return false;
    }
    for (size_t i = 0; i < sizeof stems / sizeof *stems; i++) {
        if (strlen(stems[i]) == (size_t)(suffix - name) && bp_starts_with(name, stems[i])) {
            return true;
        }
    }
    return false;
}

static void add_wheel_libraries(struct bp_library_search *search, cJSON *opened) {
    for (size_t i = 0; i < search->beyond.count; i++) {
        struct bp_library_folder *folder = &search->beyond.items[i];
        if (!bp_equal(folder->found_from, BP_FROM_WHEEL)) {
            continue;
        }
        const struct bp_strs *names = bp_library_folder_names(folder, search->root);
        for (size_t j = 0; j < names->count; j++) {
            if (is_preload_name(names->items[j])) {
                char *path = bp_join(folder->path, names->items[j]);
                add_opened(search, "torch-preload", path, opened);
                free(path);
            }
        }
    }
}

static void add_torch(struct bp_library_search *search, const cJSON *interpreter, cJSON *opened) {
    const char *version_file = bp_json_text_at(interpreter, "/torch/path");
    if (!version_file) {
        return;
    }
    char *package = bp_dir_name(version_file);
    char *global = bp_join(package, "lib/libtorch_global_deps.so");
    add_opened(search, "torch-global-deps", global, opened);
    add_torch_module(search, package, opened);
    if (bp_json_text_at(interpreter, "/torch/cuda")) {
        add_wheel_libraries(search, opened);
    }
    free(global);
    free(package);
}

cJSON *bp_opened_files(struct bp_library_search *search, const struct bp_probe *probe,
                       const cJSON *interpreter, const struct bp_strs *preload_file) {
    cJSON *opened = cJSON_CreateArray();
    struct bp_strs names = {0};
    const char *variable = bp_probe_env(probe, "LD_PRELOAD");
    add_program(search, interpreter, opened);
    add_words(variable ? variable : "", ": ", &names);
    add_preloads(search, &names, opened);
    add_preloads(search, preload_file, opened);
    add_torch(search, interpreter, opened);
    bp_strs_free(&names);
    return opened;
}

static bool is_among(const cJSON *candidates, const char *path) {
    const cJSON *list;
    cJSON_ArrayForEach(list, candidates) {
        if (bp_json_find(list, "path", path)) {
            return true;
        }
    }
    return false;
}

void bp_opened_files_trim(cJSON *opened, const cJSON *candidates) {
    cJSON *entry;
    cJSON_ArrayForEach(entry, opened) {
        cJSON *member = entry->child;
        if (!is_among(candidates, bp_json_text(entry, "path"))) {
            continue;
        }
        while (member) {
            cJSON *next = member->next;
            if (!bp_equal(member->string, "role") && !bp_equal(member->string, "path")) {
                cJSON_Delete(cJSON_DetachItemViaPointer(entry, member));
            }
            member = next;
        }
    }
}
