/* ROCm installations and the variables that point at one. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/lines.h"
#include "probe/rocm.h"

/* What a build against ROCm and a program using it need under its folder. */
static const char *const expected[] = {
    "bin/hipcc", "bin/hipconfig", "bin/rocminfo", "include/hip/hip_runtime.h", "lib/libamdhip64.so",
};

/* Older releases and some distributions keep libraries elsewhere; HIP once had its own folder. */
static const char *const library_folders[] = {"lib", "lib64", "lib/x86_64-linux-gnu", "hip/lib"};

static char *path_if_file(const struct bp_root *root, const char *folder, const char *name) {
    char *path = bp_join(folder, name);
    if (bp_root_is_file(root, path)) {
        return path;
    }
    free(path);
    return NULL;
}

/* The HIP runtime with or without the version behind its name. */
static char *find_runtime(const struct bp_root *root, const char *folder) {
    static const char *const names[] = {"libamdhip64.so", "libamdhip64.so.7", "libamdhip64.so.6",
                                        "libamdhip64.so.5"};
    for (size_t i = 0; i < sizeof library_folders / sizeof library_folders[0]; i++) {
        for (size_t j = 0; j < sizeof names / sizeof names[0]; j++) {
            char *name = bp_join(library_folders[i], names[j]);
            char *path = path_if_file(root, folder, name);
            free(name);
            if (path) {
                return path;
            }
        }
    }
    return NULL;
}

static cJSON *missing_under(const struct bp_root *root, const char *folder) {
    cJSON *missing = cJSON_CreateArray();
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        bool library = strstr(expected[i], "libamdhip64") != NULL;
        char *path = library ? find_runtime(root, folder) : path_if_file(root, folder, expected[i]);
        if (!path) {
            cJSON_AddItemToArray(missing, cJSON_CreateString(expected[i]));
        }
        free(path);
    }
    return missing;
}

/* ".info/version" holds "6.2.0-66"; what follows the dash is a build number. */
static char *version_of(const struct bp_root *root, const char *folder, const char **from) {
    static const char *const files[] = {".info/version", ".info/version-dev",
                                        ".info/version-utils"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char *path = bp_join(folder, files[i]);
        char *text = bp_root_read_line(root, path, NULL);
        char *version = bp_text_version(text);
        free(text);
        free(path);
        if (version) {
            *from = files[i];
            return version;
        }
    }
    return NULL;
}

static void set_path(cJSON *object, const char *key, char *path) {
    bp_json_set_text(object, key, path);
    free(path);
}

struct search {
    const struct bp_root *root;
    struct bp_strs seen; /* real folders that are listed */
    cJSON *installations;
};

/* Lists `folder` if anything of ROCm is in it and it is not listed yet. */
static void consider(struct search *search, const char *folder) {
    const struct bp_root *root = search->root;
    char *real = folder && *folder ? bp_root_resolve(root, folder, NULL) : NULL;
    if (!real || !bp_root_is_folder(root, real) || bp_strs_has(&search->seen, real)) {
        free(real);
        return;
    }
    const char *from = NULL;
    char *version = version_of(root, real, &from);
    cJSON *missing = missing_under(root, real);
    if (version || cJSON_GetArraySize(missing) < (int)(sizeof expected / sizeof expected[0])) {
        cJSON *entry = cJSON_CreateObject();
        bp_json_set_text(entry, "path", real);
        bp_json_set_text(entry, "version", version);
        bp_json_set_text(entry, "from", from);
        cJSON_AddItemToObject(entry, "missing", missing);
        set_path(entry, "hipcc", path_if_file(root, real, "bin/hipcc"));
        set_path(entry, "hipconfig", path_if_file(root, real, "bin/hipconfig"));
        set_path(entry, "rocminfo", path_if_file(root, real, "bin/rocminfo"));
        set_path(entry, "amdhip64", find_runtime(root, real));
        cJSON_AddItemToArray(search->installations, entry);
        bp_strs_add(&search->seen, real);
    } else {
        cJSON_Delete(missing);
    }
    free(version);
    free(real);
}

static void consider_all(struct search *search) {
    struct bp_strs names = {0};
    consider(search, "/opt/rocm");
    bp_root_list(search->root, "/opt", 0, &names, NULL);
    for (size_t i = 0; i < names.count; i++) {
        if (bp_starts_with(names.items[i], "rocm")) {
            char *folder = bp_join("/opt", names.items[i]);
            consider(search, folder);
            free(folder);
        }
    }
    bp_strs_free(&names);
    consider(search, "/usr"); /* a distribution's own packages */
}

static cJSON *describe_variable(const struct bp_root *root, const char *name, const char *value) {
    cJSON *entry = cJSON_CreateObject();
    bool exists = bp_root_is_folder(root, value);
    bp_json_set_text(entry, "name", name);
    bp_json_set_text(entry, "value", value);
    bp_json_set_bool(entry, "exists", exists);
    cJSON_AddItemToObject(entry, "missing",
                          exists ? missing_under(root, value) : cJSON_CreateNull());
    return entry;
}

int bp_collect_rocm_installations(const struct bp_probe *probe, struct bp_facts *facts) {
    static const char *const names[] = {"ROCM_HOME", "ROCM_PATH", "HIP_PATH"};
    struct search search = {.root = probe->root, .installations = cJSON_CreateArray()};
    cJSON *variables = cJSON_CreateArray();
    consider_all(&search);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = bp_probe_env(probe, names[i]);
        if (value) {
            cJSON_AddItemToArray(variables, describe_variable(probe->root, names[i], value));
            consider(&search, value);
        }
    }
    int count = cJSON_GetArraySize(search.installations) + cJSON_GetArraySize(variables);
    bp_facts_put(facts, "/rocm/installations", search.installations);
    if (probe->root->live) {
        bp_facts_put(facts, "/rocm/variables", variables);
    } else {
        cJSON_Delete(variables);
    }
    bp_strs_free(&search.seen);
    return count;
}
