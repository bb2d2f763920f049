#include "probe/windows/dll_folders.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/glob.h"
#include "probe/os/registry.h"
#include "probe/python.h"
#include "probe/windows/drive.h"

static const char toolkits_below[] =
    "NVIDIA GPU Computing Toolkit/CUDA"; /* the folder of programs */

/* --- CUDA toolkits and HIP SDKs --- */

static void add_toolkit(struct bp_strs *folders, struct bp_strs *found_from, char *folder,
                        const char *from) {
    for (size_t i = 0; folder && i < folders->count; i++) {
        if (bp_drive_same(folders->items[i], folder)) {
            free(folder);
            folder = NULL;
        }
    }
    if (folder) {
        bp_strs_add_owned(folders, folder);
        bp_strs_add(found_from, from);
    }
}

/* The installer sets CUDA_PATH for the last one installed and CUDA_PATH_V12_4 for each. */
static void add_toolkit_variables(const struct bp_probe *probe, struct bp_strs *folders,
                                  struct bp_strs *found_from) {
    static const char *const names[] = {"CUDA_HOME", "CUDA_PATH"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        add_toolkit(folders, found_from, bp_drive_variable(probe, names[i]), names[i]);
    }
    for (int major = 9; major <= 15; major++) {
        for (int minor = 0; minor <= 9; minor++) {
            char *name = bp_format("CUDA_PATH_V%d_%d", major, minor);
            add_toolkit(folders, found_from, bp_drive_variable(probe, name), name);
            free(name);
        }
    }
}

static void add_registered_toolkits(struct bp_strs *folders, struct bp_strs *found_from) {
    static const char key[] = "SOFTWARE\\NVIDIA Corporation\\GPU Computing Toolkit\\CUDA";
    struct bp_strs versions = {0};
    bp_registry_keys(BP_REGISTRY_MACHINE, key, &versions);
    for (size_t i = 0; i < versions.count; i++) {
        char *place = bp_format("%s\\%s", key, versions.items[i]);
        char *folder = bp_registry_text(BP_REGISTRY_MACHINE, place, "InstallDir");
        if (folder && bp_drive_is_absolute(folder)) {
            add_toolkit(folders, found_from, bp_path_normal("C:/", folder), "registry");
        }
        free(folder);
        free(place);
    }
    bp_strs_free(&versions);
}

void bp_windows_toolkits(const struct bp_probe *probe, struct bp_strs *folders,
                         struct bp_strs *found_from) {
    struct bp_strs usual = {0};
    add_toolkit_variables(probe, folders, found_from);
    if (probe->root->live) {
        add_registered_toolkits(folders, found_from);
    }
    char *parent = bp_drive_in_programs(probe, toolkits_below);
    bp_drive_match(probe->root, parent, "v*", false, &usual);
    for (size_t i = 0; i < usual.count; i++) {
        add_toolkit(folders, found_from, bp_strdup(usual.items[i]), parent);
    }
    free(parent);
    bp_strs_free(&usual);
}

void bp_windows_hip_sdks(const struct bp_probe *probe, struct bp_strs *folders) {
    static const char *const names[] = {"HIP_PATH", "ROCM_PATH", "ROCM_HOME"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *folder = bp_drive_variable(probe, names[i]);
        if (folder) {
            bp_strs_add_once(folders, folder);
        }
        free(folder);
    }
    struct bp_strs usual = {0};
    char *parent = bp_drive_in_programs(probe, "AMD/ROCm");
    bp_drive_match(probe->root, parent, "*", false, &usual);
    free(parent);
    for (size_t i = 0; i < usual.count; i++) {
        bp_strs_add_once(folders, usual.items[i]);
    }
    bp_strs_free(&usual);
}

/* --- the folders of DLLs --- */

static void add(struct bp_dll_folders *folders, const struct bp_probe *probe, const char *path,
                const char *found_from) {
    bp_library_folders_add(&folders->all, probe->root, path, found_from, false);
}

/* Takes `path` (owned, may be NULL) as one that os.add_dll_directory adds, if it is there. */
static void add_directory(struct bp_dll_folders *folders, const struct bp_probe *probe, char *path,
                          const char *found_from) {
    if (path && bp_root_is_folder(probe->root, path)) {
        bp_strs_add_once(&folders->added, path);
        add(folders, probe, path, found_from);
    }
    free(path);
}

static bool holds_cudart(const struct bp_root *root, const struct bp_strs *folders) {
    struct bp_strs found = {0};
    for (size_t i = 0; i < folders->count && found.count == 0; i++) {
        bp_drive_match(root, folders->items[i], "cudart64*.dll", true, &found);
    }
    bool holds = found.count > 0;
    bp_strs_free(&found);
    return holds;
}

/* The bin folder of the toolkit of torch's own version, wherever the variable says it is. */
static char *toolkit_of_torch(const struct bp_probe *probe, const char *cuda) {
    char *variable = bp_format("CUDA_PATH_V%s", cuda);
    for (char *at = variable; *at; at++) {
        *at = *at == '.' ? '_' : *at;
    }
    char *folder = bp_drive_variable(probe, variable);
    if (!folder) {
        char *parent = bp_drive_in_programs(probe, toolkits_below);
        folder = bp_format("%s/v%s", parent, cuda);
        free(parent);
    }
    char *bin = bp_join(folder, "bin");
    free(folder);
    free(variable);
    return bin;
}

/*
 * By torch/__init__.py: its lib, Library\bin of the prefixes and of the user base; the toolkit
 * of its version only where no cudart lies in any of those.
 */
static void add_directories_of_torch(struct bp_dll_folders *folders, const struct bp_probe *probe,
                                     const cJSON *interpreter) {
    const char *version_file = bp_json_text_at(interpreter, "/torch/path");
    const char *cuda = bp_json_text_at(interpreter, "/torch/cuda");
    const char *prefix = bp_json_text(interpreter, "prefix");
    const char *base = bp_json_text(interpreter, "base_prefix");
    if (!version_file) {
        return;
    }
    char *package = bp_dir_name(version_file);
    add_directory(folders, probe, bp_join(package, "lib"), BP_FROM_TORCH);
    add_directory(folders, probe, prefix ? bp_join(prefix, "Library/bin") : NULL, BP_FROM_CONDA);
    add_directory(folders, probe, base ? bp_join(base, "Library/bin") : NULL, BP_FROM_CONDA);
    char *user_site = bp_strdup(bp_json_text_at(interpreter, "/user_site/path"));
    char *user_version = user_site ? bp_dir_name(user_site) : NULL;
    char *user_base = user_version ? bp_dir_name(user_version) : NULL;
    add_directory(folders, probe, user_base ? bp_join(user_base, "Library/bin") : NULL,
                  BP_FROM_CONDA);
    if (cuda && !holds_cudart(probe->root, &folders->added)) {
        add_directory(folders, probe, toolkit_of_torch(probe, cuda), BP_FROM_TOOLKIT);
    }
    free(user_base);
    free(user_version);
    free(user_site);
    free(package);
}

static void add_matching(struct bp_dll_folders *folders, const struct bp_probe *probe,
                         const char *site, const char *pattern, const char *found_from) {
    struct bp_strs paths = {0};
    bp_root_glob(probe->root, site, pattern, &paths);
    for (size_t i = 0; i < paths.count; i++) {
        size_t before = folders->all.count;
        add(folders, probe, paths.items[i], found_from);
        if (folders->all.count > before) {
            folders->all.items[before].site = bp_strdup(site);
        }
    }
    bp_strs_free(&paths);
}

/* nvidia/cublas/bin and, since CUDA 13, nvidia/cu13/bin/x86_64; ROCm's own wheels beside them. */
static void add_wheels(struct bp_dll_folders *folders, const struct bp_probe *probe,
                       const cJSON *interpreter) {
    static const char *const patterns[] = {"nvidia/*/bin", "nvidia/*/bin/*", "_rocm_sdk_*/bin"};
    const cJSON *site = NULL;
    cJSON_ArrayForEach(site, bp_json_get(interpreter, "site_folders")) {
        for (size_t i = 0; cJSON_IsString(site) && i < sizeof patterns / sizeof *patterns; i++) {
            add_matching(folders, probe, site->valuestring, patterns[i], BP_FROM_WHEEL);
        }
    }
}

static void add_below_each(struct bp_dll_folders *folders, const struct bp_probe *probe,
                           const struct bp_strs *parents, const char *below,
                           const char *found_from) {
    for (size_t i = 0; i < parents->count; i++) {
        char *path = bp_join(parents->items[i], below);
        add(folders, probe, path, found_from);
        free(path);
    }
}

static void add_places_beyond(struct bp_dll_folders *folders, const struct bp_probe *probe,
                              const cJSON *interpreter) {
    struct bp_strs toolkits = {0};
    struct bp_strs sdks = {0};
    struct bp_strs found_from = {0};
    add_wheels(folders, probe, interpreter);
    bp_windows_toolkits(probe, &toolkits, &found_from);
    bp_windows_hip_sdks(probe, &sdks);
    add_below_each(folders, probe, &toolkits, "bin", BP_FROM_TOOLKIT);
    add_below_each(folders, probe, &toolkits, "bin/x64", BP_FROM_TOOLKIT); /* since CUDA 13 */
    add_below_each(folders, probe, &sdks, "bin", BP_FROM_ROCM);
    bp_drive_list(bp_probe_env(probe, "PATH"), &folders->path);
    for (size_t i = 0; i < folders->path.count; i++) {
        struct bp_file_status status;
        if (bp_root_status(probe->root, folders->path.items[i], &status, NULL) == 0 &&
            !bp_library_folders_same(&folders->all, &status)) {
            add(folders, probe, folders->path.items[i], BP_FROM_PATH);
        }
    }
    bp_strs_free(&found_from);
    bp_strs_free(&sdks);
    bp_strs_free(&toolkits);
}

void bp_dll_folders_find(struct bp_dll_folders *folders, const struct bp_probe *probe,
                         const cJSON *interpreter, const char *package) {
    *folders = (struct bp_dll_folders){0};
    const char *base = bp_json_text(interpreter, "base_prefix");
    if (package) {
        add(folders, probe, package, BP_FROM_PACKAGE);
    }
    if (base) {
        add(folders, probe, base, BP_FROM_DEFAULT);
    }
    add_directories_of_torch(folders, probe, interpreter);
    folders->system = bp_drive_in_system(probe, "");
    add(folders, probe, folders->system, BP_FROM_DEFAULT);
    add_places_beyond(folders, probe, interpreter);
}

void bp_dll_folders_free(struct bp_dll_folders *folders) {
    bp_library_folders_free(&folders->all);
    bp_strs_free(&folders->added);
    bp_strs_free(&folders->path);
    free(folders->system);
}
