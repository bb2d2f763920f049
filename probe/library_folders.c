#include "probe/library_folders.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/glob.h"

static bool is_known(const struct bp_library_folders *folders, const struct bp_file_status *status,
                     const char *found_from) {
    for (size_t i = 0; i < folders->count; i++) {
        const struct bp_library_folder *folder = &folders->items[i];
        if (folder->device == status->device && folder->inode == status->inode &&
            bp_equal(folder->found_from, found_from)) {
            return true;
        }
    }
    return false;
}

const struct bp_library_folder *bp_library_folders_same(const struct bp_library_folders *folders,
                                                        const struct bp_file_status *status) {
    for (size_t i = 0; i < folders->count; i++) {
        const struct bp_library_folder *folder = &folders->items[i];
        if (folder->device == status->device && folder->inode == status->inode) {
            return folder;
        }
    }
    return NULL;
}

static void add_one(struct bp_library_folders *folders, const struct bp_root *root,
                    const char *path, const char *found_from, const char *site) {
    struct bp_file_status status;
    if (bp_root_status(root, path, &status, NULL) != 0 || status.kind != BP_FILE_FOLDER ||
        is_known(folders, &status, found_from)) {
        return;
    }
    if (folders->count == folders->capacity) {
        folders->capacity = folders->capacity ? 2 * folders->capacity : 16;
        folders->items =
            bp_realloc_array(folders->items, folders->capacity, sizeof *folders->items);
    }
    folders->items[folders->count++] = (struct bp_library_folder){.path = bp_strdup(path),
                                                                  .found_from = found_from,
                                                                  .site = bp_strdup(site),
                                                                  .device = status.device,
                                                                  .inode = status.inode};
}

/* x86-64-v4 before v3 before v2, power10 before power9: the newest is tried first. */
static void add_subfolders(struct bp_library_folders *folders, const struct bp_root *root,
                           const char *path, const char *found_from) {
    enum { SUBFOLDER_LIMIT = 16 };
    char *parent = bp_join(path, "glibc-hwcaps");
    struct bp_strs names = {0};
    bp_root_list(root, parent, SUBFOLDER_LIMIT, &names, NULL);
    for (size_t i = names.count; i > 0; i--) {
        char *subfolder = bp_join(parent, names.items[i - 1]);
        add_one(folders, root, subfolder, found_from, NULL);
        free(subfolder);
    }
    bp_strs_free(&names);
    free(parent);
}

void bp_library_folders_add(struct bp_library_folders *folders, const struct bp_root *root,
                            const char *path, const char *found_from, bool searched) {
    if (searched) {
        add_subfolders(folders, root, path, found_from);
    }
    add_one(folders, root, path, found_from, NULL);
}

void bp_library_folders_free(struct bp_library_folders *folders) {
    for (size_t i = 0; i < folders->count; i++) {
        free(folders->items[i].path);
        free(folders->items[i].site);
        bp_strs_free(&folders->items[i].names);
    }
    free(folders->items);
    *folders = (struct bp_library_folders){0};
}

const struct bp_strs *bp_library_folder_names(struct bp_library_folder *folder,
                                              const struct bp_root *root) {
    if (!folder->listed) {
        folder->listed = true;
        bp_root_list(root, folder->path, 0, &folder->names, NULL);
    }
    return &folder->names;
}

bool bp_library_folder_may_hold(struct bp_library_folder *folder, const struct bp_root *root,
                                const char *name) {
    enum { SMALL = 256 };
    if (!folder->listed) {
        folder->listed = true;
        folder->partial = bp_root_list(root, folder->path, SMALL, &folder->names, NULL) != 0;
    }
    size_t low = 0;
    size_t high = folder->names.count;
    while (low < high) { /* the names are sorted */
        size_t middle = low + (high - low) / 2;
        int order = strcmp(name, folder->names.items[middle]);
        if (order == 0) {
            return true;
        }
        *(order < 0 ? &high : &low) = order < 0 ? middle : middle + 1;
    }
    return folder->partial;
}

void bp_library_variable_parts(const struct bp_system_loader *loader, const char *value,
                               const char *origin, const char *working_folder,
                               struct bp_strs *parts) {
    if (!value || !*value) {
        return; /* set to nothing is the same as not set */
    }
    char *text = bp_strdup(value);
    for (char *at = text; *at; at++) {
        *at = *at == ';' ? ':' : *at;
    }
    struct bp_strs written = {0};
    bp_strs_split(&written, text, ':', true);
    for (size_t i = 0; i < written.count; i++) {
        char *folder = bp_system_loader_expand(loader, written.items[i], origin);
        char *absolute = *folder == '/' ? bp_strdup(folder)
                         : *folder      ? bp_join(working_folder, folder)
                                        : bp_strdup(working_folder);
        bp_strs_add_owned(parts, absolute);
        free(folder);
    }
    bp_strs_free(&written);
    free(text);
}

void bp_library_folders_of_variable(struct bp_library_folders *folders, const struct bp_root *root,
                                    const struct bp_system_loader *loader, const char *value,
                                    const char *origin, const char *working_folder) {
    struct bp_strs parts = {0};
    bp_library_variable_parts(loader, value, origin, working_folder, &parts);
    for (size_t i = 0; i < parts.count; i++) {
        bp_library_folders_add(folders, root, parts.items[i], BP_FROM_LD_LIBRARY_PATH,
                               !loader->musl);
    }
    bp_strs_free(&parts);
}

/* Appends the folders that match `pattern` below the site folder, or below "/" without one. */
static void add_matching(struct bp_library_folders *folders, const struct bp_root *root,
                         const char *site, const char *pattern, const char *found_from) {
    struct bp_strs paths = {0};
    bp_root_glob(root, site ? site : "/", pattern, &paths);
    for (size_t i = 0; i < paths.count; i++) {
        add_one(folders, root, paths.items[i], found_from, site);
    }
    bp_strs_free(&paths);
}

/* Appends `below` under the folder that variable `name` holds. */
static void add_below_variable(struct bp_library_folders *folders, const struct bp_probe *probe,
                               const char *name, const char *below, const char *found_from) {
    const char *value = bp_probe_env(probe, name);
    if (value && *value == '/') {
        char *path = bp_join(value, below);
        add_one(folders, probe->root, path, found_from, NULL);
        free(path);
    }
}

static void add_conda(struct bp_library_folders *folders, const struct bp_probe *probe,
                      const cJSON *interpreter) {
    const char *prefix = bp_json_text(interpreter, "prefix");
    if (prefix && bp_equal(bp_json_text(interpreter, "kind"), "conda")) {
        char *path = bp_join(prefix, "lib");
        add_one(folders, probe->root, path, BP_FROM_CONDA, NULL);
        free(path);
    }
    add_below_variable(folders, probe, "CONDA_PREFIX", "lib", BP_FROM_CONDA);
}

static void add_torch_below(struct bp_library_folders *folders, const struct bp_root *root,
                            const char *site) {
    /* torch.libs is where wheel repair tools put what they bundle. */
    static const char *const names[] = {"torch/lib", "torch.libs"};
    for (size_t i = 0; i < 2; i++) {
        char *path = bp_join(site, names[i]);
        add_one(folders, root, path, BP_FROM_TORCH, NULL);
        free(path);
    }
}

static void add_torch(struct bp_library_folders *folders, const struct bp_root *root,
                      const cJSON *interpreter) {
    const char *version_file = bp_json_text_at(interpreter, "/torch/path");
    if (version_file) {
        char *package = bp_dir_name(version_file);
        char *path = bp_join(package, "lib");
        add_one(folders, root, path, BP_FROM_TORCH, NULL);
        free(path);
        free(package);
    }
    const char *place = bp_json_text_at(interpreter, "/packages/torch/0/place");
    if (place) {
        add_torch_below(folders, root, place);
    }
}

/*
 * nvidia/cublas/lib and, since CUDA 13, nvidia/cu13/lib; the first wheels of cuSPARSELt and
 * ROCm's own wheels lie beside them.
 */
static void add_wheels(struct bp_library_folders *folders, const struct bp_root *root,
                       const cJSON *interpreter) {
    static const char *const patterns[] = {"nvidia/*/lib", "cusparselt/lib", "_rocm_sdk_*/lib"};
    const cJSON *site = NULL;
    cJSON_ArrayForEach(site, bp_json_get(interpreter, "site_folders")) {
        for (size_t i = 0; cJSON_IsString(site) && i < sizeof patterns / sizeof *patterns; i++) {
            add_matching(folders, root, site->valuestring, patterns[i], BP_FROM_WHEEL);
        }
    }
}

/* /usr/local/cuda first: where several lead to one folder, that is the name people know. */
static void add_toolkits(struct bp_library_folders *folders, const struct bp_probe *probe) {
    static const char *const patterns[] = {
        "/usr/local/cuda/lib64", "/usr/local/cuda*/lib64", "/usr/local/cuda*/targets/*/lib",
        "/usr/local/cuda*/lib",  "/opt/cuda/lib64",        "/usr/lib/cuda/lib64"};
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        add_matching(folders, probe->root, NULL, patterns[i], BP_FROM_TOOLKIT);
    }
    static const char *const variables[] = {"CUDA_HOME", "CUDA_PATH", "CUDA_ROOT"};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        add_below_variable(folders, probe, variables[i], "lib64", BP_FROM_TOOLKIT);
        add_below_variable(folders, probe, variables[i], "lib", BP_FROM_TOOLKIT);
    }
}

static void add_rocm(struct bp_library_folders *folders, const struct bp_probe *probe) {
    add_matching(folders, probe->root, NULL, "/opt/rocm/lib", BP_FROM_ROCM);
    add_matching(folders, probe->root, NULL, "/opt/rocm*/lib", BP_FROM_ROCM);
    static const char *const variables[] = {"ROCM_HOME", "ROCM_PATH", "HIP_PATH"};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        add_below_variable(folders, probe, variables[i], "lib", BP_FROM_ROCM);
    }
}

void bp_library_folders_beyond(struct bp_library_folders *folders, const struct bp_probe *probe,
                               const cJSON *interpreter) {
    add_conda(folders, probe, interpreter);
    add_torch(folders, probe->root, interpreter);
    add_wheels(folders, probe->root, interpreter);
    add_toolkits(folders, probe);
    add_rocm(folders, probe);
}
