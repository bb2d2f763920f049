/* Another platform, another Python. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/version.h"
#include "checks/assume/parts.h"
#include "checks/loader/machine.h"

/* --- platform --- */

/* What was found in files of this machine, which another one does not have. */
static const char *const of_these_files[] = {
    "/host/kernel",
    "/host/container",
    "/host/wsl",
    "/host/virtualization",
    "/host/tegra",
    "/host/machine_from",
    "/cuda/toolkits",
    "/cuda/libraries",
    "/cuda/device_nodes",
    "/rocm/installations",
    "/rocm/variables",
    "/rocm/render_nodes",
    "/tools",
    "/session",
    "/python/working_folder",
    "/cuda/driver/library/path",
};

/* What another operating system does not have either. */
static const char *const of_this_system[] = {"/host/distribution", "/host/libc", "/host/libstdcxx"};

/* Variables that name folders of this machine. */
static const char *const of_these_folders[] = {
    "LD_LIBRARY_PATH", "LD_PRELOAD", "CONDA_PREFIX", "CUDA_HOME",  "CUDA_PATH",      "ROCM_HOME",
    "ROCM_PATH",       "HIP_PATH",   "PYTHONHOME",   "PYTHONPATH", "PYTHONUSERBASE", "VIRTUAL_ENV",
};

static const char elsewhere[] = "what was found on this machine says nothing of the one assumed";

static bool is_same(const struct bp_assuming *assuming, const struct bp_platform *platform) {
    const char *os = bp_json_text_at(assuming->snapshot, "/host/os");
    const char *machine = bp_json_text(assuming->interpreter, "machine");
    if (!machine) {
        machine = bp_json_text_at(assuming->snapshot, "/host/machine");
    }
    return bp_equal(os, platform->os) &&
           bp_equal(bp_machine_kind(machine), bp_machine_kind(platform->machine));
}

/* Of a package only what its name and version say holds elsewhere. */
static cJSON *bare_copies(const cJSON *copies) {
    cJSON *bare = cJSON_CreateArray();
    const cJSON *copy = copies ? copies->child : NULL;
    if (copy) {
        cJSON *entry = cJSON_CreateObject();
        bp_json_set_text(entry, "name", bp_json_text(copy, "name"));
        bp_json_set_text(entry, "version", bp_json_text(copy, "version"));
        cJSON_AddItemToArray(bare, entry);
    }
    return bare;
}

/* The interpreter as it would be there: same version, same packages, no places. */
static void move_interpreter(struct bp_assuming *assuming, const struct bp_platform *platform) {
    static const char *const kept[] = {"implementation", "version", "kind", "torch"};
    cJSON *moved = cJSON_CreateObject();
    cJSON *packages = cJSON_CreateObject();
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        const cJSON *fact = bp_json_get(assuming->interpreter, kept[i]);
        if (fact) {
            cJSON_AddItemToObject(moved, kept[i], cJSON_Duplicate(fact, true));
        }
    }
    const cJSON *copies;
    cJSON_ArrayForEach(copies, bp_json_get(assuming->interpreter, "packages")) {
        if (cJSON_IsArray(copies)) {
            cJSON_AddItemToObject(packages, copies->string, bare_copies(copies));
        }
    }
    cJSON_AddItemToObject(moved, "packages", packages);
    bp_json_set_text(moved, "machine", platform->machine);
    bp_json_set_number(
        moved, "bits",
        bp_equal(platform->machine, "i686") || bp_equal(platform->machine, "armv7l") ? 32 : 64);
    if (bp_json_get(moved, "torch")) {
        cJSON_DeleteItemFromObjectCaseSensitive(cJSON_GetObjectItemCaseSensitive(moved, "torch"),
                                                "path");
    }
    cJSON *list = cJSON_CreateArray();
    cJSON_AddItemToArray(list, moved);
    bp_assuming_put(assuming, "/python/interpreters", list);
    if (bp_json_get(assuming->snapshot, "bitsandbytes")) {
        bp_assuming_put(assuming, "/bitsandbytes/interpreter", cJSON_CreateNumber(0));
    }
    assuming->interpreter = moved;
}

/*
 * The same Linux on another machine has the compiler's libraries, too, for that machine; of
 * all others it is not known.
 */
static void move_candidates(struct bp_assuming *assuming, const struct bp_platform *platform,
                            bool same_system) {
    cJSON *moved = cJSON_CreateObject();
    for (size_t i = 0; same_system && bp_compiler_libraries[i]; i++) {
        const char *soname = bp_compiler_libraries[i];
        const cJSON *list =
            bp_json_get(bp_json_at(assuming->snapshot, "/libraries/candidates"), soname);
        const cJSON *candidate;
        cJSON_ArrayForEach(candidate, list) {
            const char *from = bp_json_text(candidate, "found_from");
            if ((bp_equal(from, "default") || bp_equal(from, "loader_cache")) &&
                !bp_json_get(moved, soname)) {
                cJSON *copy = cJSON_Duplicate(candidate, true);
                bp_json_put(copy, "/machine", cJSON_CreateString(platform->machine));
                char *path = bp_assuming_system_path(assuming, soname);
                bp_json_put(copy, "/path", cJSON_CreateString(path));
                free(path);
                bp_json_put(copy, "/real_path", cJSON_CreateNull());
                bp_json_put(copy, "/needed", cJSON_CreateArray());
                cJSON_AddItemToArray(cJSON_AddArrayToObject(moved, soname), copy);
            }
        }
    }
    bp_assuming_put(assuming, "/libraries/candidates", moved);
}

static void move(struct bp_assuming *assuming, const struct bp_platform *platform) {
    bool same_system = bp_equal(bp_json_text_at(assuming->snapshot, "/host/os"), platform->os);
    /* The old lists go first: what is put in their place below is the assumed machine's. */
    bp_assuming_put(assuming, "/libraries/search", cJSON_CreateObject());
    bp_assuming_put(assuming, "/libraries/search/ld_library_path", cJSON_CreateArray());
    move_candidates(assuming, platform, same_system);
    for (size_t i = 0; !same_system && i < sizeof of_this_system / sizeof *of_this_system; i++) {
        bp_assuming_forget(assuming, of_this_system[i], elsewhere);
    }
    for (size_t i = 0; i < sizeof of_these_files / sizeof *of_these_files; i++) {
        bp_assuming_forget(assuming, of_these_files[i], elsewhere);
    }
    cJSON *environment = bp_assuming_section(assuming, "environment");
    for (size_t i = 0; i < sizeof of_these_folders / sizeof *of_these_folders; i++) {
        cJSON_DeleteItemFromObjectCaseSensitive(environment, of_these_folders[i]);
    }
    bp_assuming_put(assuming, "/host/os", cJSON_CreateString(platform->os));
    bp_assuming_put(assuming, "/host/machine", cJSON_CreateString(platform->machine));
    move_interpreter(assuming, platform);
    assuming->moved = true;
}

void bp_assume_platform(struct bp_assuming *assuming) {
    const char *text = assuming->assumed->values[BP_ASSUME_PLATFORM];
    struct bp_platform platform;
    if (!text || !bp_platform_read(text, &platform)) {
        return;
    }
    if (!is_same(assuming, &platform)) {
        move(assuming, &platform);
    }
    const char *libc = bp_json_text_at(assuming->snapshot, "/host/libc/name");
    if (platform.version && bp_equal(platform.os, "macos")) {
        bp_assuming_put(assuming, "/host/distribution", cJSON_CreateObject());
        bp_assuming_put(assuming, "/host/distribution/version",
                        cJSON_CreateString(platform.version));
    } else if (platform.version) {
        bp_assume_set_libc(assuming, platform.libc, platform.version);
    } else if (platform.libc && !bp_equal(libc, platform.libc)) {
        bp_assuming_put(assuming, "/host/libc", cJSON_CreateObject());
        bp_assuming_put(assuming, "/host/libc/name", cJSON_CreateString(platform.libc));
    }
    bp_platform_free(&platform);
}

/* --- Python --- */

void bp_assume_python(struct bp_assuming *assuming) {
    const char *version = assuming->assumed->values[BP_ASSUME_PYTHON];
    if (version) {
        cJSON_DeleteItemFromObjectCaseSensitive(assuming->interpreter, "version");
        bp_json_set_text(assuming->interpreter, "version", version);
    }
}
