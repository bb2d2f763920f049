#include "probe/windows/rocm.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/windows/dll_folders.h"
#include "probe/windows/drive.h"

/* What a build against HIP and a program using it need: in the schema's words, and as files. */
static const struct {
    const char *name;
    const char *member; /* of the schema's object; NULL: it has none */
    const char *files[3];
} expected[] = {
    {"bin/hipcc.exe", "hipcc", {"bin/hipcc.exe", "bin/hipcc.bat", NULL}},
    {"bin/hipconfig.exe", "hipconfig", {"bin/hipconfig.exe", "bin/hipconfig.bat", NULL}},
    {"bin/hipInfo.exe", "rocminfo", {"bin/hipInfo.exe", NULL, NULL}},
    {"include/hip/hip_runtime.h", NULL, {"include/hip/hip_runtime.h", NULL, NULL}},
};
enum { EXPECTED = sizeof expected / sizeof *expected };

/* The runtime comes with the SDK or, since 5.5, with the display driver. */
static char *find_runtime(const struct bp_probe *probe, const char *folder) {
    struct bp_strs found = {0};
    char *bin = bp_join(folder, "bin");
    char *system = bp_drive_in_system(probe, "");
    bp_drive_match(probe->root, bin, "amdhip64*.dll", true, &found);
    bp_drive_match(probe->root, system, "amdhip64*.dll", true, &found);
    free(system);
    char *runtime = found.count ? bp_strdup(found.items[0]) : NULL;
    free(bin);
    bp_strs_free(&found);
    return runtime;
}

static char *file_of(const struct bp_root *root, const char *folder, const char *const files[3]) {
    for (size_t i = 0; i < 3 && files[i]; i++) {
        char *path = bp_join(folder, files[i]);
        if (bp_root_is_file(root, path)) {
            return path;
        }
        free(path);
    }
    return NULL;
}

/* What is missing in `folder`; with `entry`, what is there goes into its members. */
static cJSON *missing_in(const struct bp_root *root, const char *folder, cJSON *entry) {
    cJSON *missing = cJSON_CreateArray();
    for (size_t i = 0; i < EXPECTED; i++) {
        char *path = file_of(root, folder, expected[i].files);
        if (!path) {
            cJSON_AddItemToArray(missing, cJSON_CreateString(expected[i].name));
        }
        if (entry && expected[i].member) {
            bp_json_set_text(entry, expected[i].member, path);
        }
        free(path);
    }
    return missing;
}

/* bin/.hipVersion has lines HIP_VERSION_MAJOR=6 ...; the folder's own name is the version, too. */
static char *version_of(const struct bp_root *root, const char *folder, const char **from) {
    struct bp_str text = BP_STR_EMPTY;
    char *path = bp_join(folder, "bin/.hipVersion");
    bp_root_read(root, path, 4096, &text, NULL);
    static const char *const names[] = {"HIP_VERSION_MAJOR=", "HIP_VERSION_MINOR="};
    long numbers[2] = {-1, -1};
    for (size_t i = 0; i < 2; i++) {
        const char *at = strstr(text.data, names[i]);
        numbers[i] = at ? strtol(at + strlen(names[i]), NULL, 10) : -1;
    }
    free(path);
    bp_str_free(&text);
    if (numbers[0] >= 0 && numbers[1] >= 0) {
        *from = "bin/.hipVersion";
        return bp_format("%ld.%ld", numbers[0], numbers[1]);
    }
    const char *name = bp_base_name(folder);
    bool number = isdigit((unsigned char)name[0]) && !name[strspn(name, "0123456789.")];
    *from = number ? "its folder's name" : NULL;
    return number ? bp_strdup(name) : NULL;
}

static void add_installation(const struct bp_probe *probe, const char *folder,
                             cJSON *installations) {
    const struct bp_root *root = probe->root;
    cJSON *entry = cJSON_CreateObject();
    const char *from = NULL;
    bp_json_set_text(entry, "path", folder);
    char *version = version_of(root, folder, &from);
    bp_json_set_text(entry, "version", version);
    bp_json_set_text(entry, "from", from);
    cJSON *missing = missing_in(root, folder, entry);
    char *runtime = find_runtime(probe, folder);
    bp_json_set_text(entry, "amdhip64", runtime);
    bool anything = version || cJSON_GetArraySize(missing) < EXPECTED;
    cJSON_AddItemToObject(entry, "missing", missing);
    if (anything) {
        cJSON_AddItemToArray(installations, entry);
    } else {
        cJSON_Delete(entry);
    }
    free(runtime);
    free(version);
}

static void add_variables(const struct bp_probe *probe, cJSON *variables) {
    static const char *const names[] = {"ROCM_HOME", "ROCM_PATH", "HIP_PATH"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *folder = bp_drive_variable(probe, names[i]);
        if (folder) {
            bool exists = bp_root_is_folder(probe->root, folder);
            cJSON *entry = cJSON_CreateObject();
            bp_json_set_text(entry, "name", names[i]);
            bp_json_set_text(entry, "value", folder);
            bp_json_set_bool(entry, "exists", exists);
            cJSON_AddItemToObject(entry, "missing",
                                  exists ? missing_in(probe->root, folder, NULL)
                                         : cJSON_CreateNull());
            cJSON_AddItemToArray(variables, entry);
        }
        free(folder);
    }
}

void bp_windows_collect_rocm(const struct bp_probe *probe, struct bp_facts *facts) {
    struct bp_strs folders = {0};
    cJSON *installations = cJSON_CreateArray();
    cJSON *variables = cJSON_CreateArray();
    bp_windows_hip_sdks(probe, &folders);
    for (size_t i = 0; i < folders.count; i++) {
        add_installation(probe, folders.items[i], installations);
    }
    add_variables(probe, variables);
    if (cJSON_GetArraySize(installations) + cJSON_GetArraySize(variables) == 0) {
        bp_facts_status(facts, BP_STATUS_ABSENT, "no HIP SDK is installed");
    }
    bp_facts_put(facts, "/rocm/installations", installations);
    if (probe->root->live) {
        bp_facts_put(facts, "/rocm/variables", variables);
    } else {
        cJSON_Delete(variables);
    }
    bp_strs_free(&folders);
}
