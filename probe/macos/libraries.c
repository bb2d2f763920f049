/* What dyld would see: its variables, and the files that could be what another file needs. */
#include <stdlib.h>
#include <string.h>

#include "base/dyld_paths.h"
#include "base/json.h"
#include "base/memory.h"
#include "probe/binary/binary.h"
#include "probe/macos/macos.h"

/* Sonames followed from bitsandbytes' files on; real chains have a handful. */
enum { SONAME_LIMIT = 256 };

struct following {
    const struct bp_root *root;
    const char *machine; /* of the interpreter: which part of a universal file counts */
    struct bp_dyld_search search;
    const char *torch_folder; /* torch/lib, or NULL */
    const char *package;      /* bitsandbytes' folder, or NULL */
    cJSON *candidates;
    bool cut;
};

static const char *executable_of(const cJSON *interpreter) {
    const char *real = bp_json_text(interpreter, "real_executable");
    return real ? real : bp_json_text(interpreter, "executable");
}

/* --- the search --- */

/* The folders of a variable; NULL where the environment is not known. */
static cJSON *folders_of_variable(const struct bp_probe *probe, const char *name) {
    if (!probe->root->live) {
        return cJSON_CreateNull();
    }
    const char *value = bp_probe_env(probe, name);
    struct bp_strs parts = {0};
    bp_strs_split(&parts, value ? value : "", ':', false);
    cJSON *array = bp_json_of_strs(&parts);
    bp_strs_free(&parts);
    return array;
}

static cJSON *search_facts(const struct bp_probe *probe, const char *torch_folder) {
    cJSON *search = cJSON_CreateObject();
    cJSON_AddItemToObject(search, "dyld_library_path",
                          folders_of_variable(probe, "DYLD_LIBRARY_PATH"));
    cJSON_AddItemToObject(search, "dyld_fallback_library_path",
                          folders_of_variable(probe, "DYLD_FALLBACK_LIBRARY_PATH"));
    cJSON *torch = cJSON_AddArrayToObject(search, "torch_folders");
    if (torch_folder) {
        cJSON_AddItemToArray(torch, cJSON_CreateString(torch_folder));
    }
    return search;
}

/* --- files --- */

static cJSON *header_facts(const struct following *following, const char *path) {
    const struct bp_binary_wishes wishes = {.machine = following->machine};
    cJSON *facts = bp_root_is_file(following->root, path)
                       ? bp_binary_facts(following->root, path, &wishes, NULL)
                       : NULL;
    if (facts) {
        char *real = bp_root_resolve(following->root, path, NULL);
        bp_json_set_text(facts, "path", path);
        bp_json_set_text(facts, "real_path", real);
        free(real);
    }
    return facts;
}

/* By what somebody comes to the file, in the schema's words. */
static const char *found_from(const struct following *following, const char *rule,
                              const char *path) {
    if (following->torch_folder && bp_path_inside(path, following->torch_folder)) {
        return "torch";
    }
    if (following->package && bp_path_inside(path, following->package)) {
        return "package";
    }
    return strstr(rule, "LC_RPATH")                 ? "runpath"
           : strcmp(rule, "DYLD_LIBRARY_PATH") == 0 ? "ld_library_path"
                                                    : "default";
}

static void follow_needs(struct following *following, const cJSON *file);

static void look_for(struct following *following, const cJSON *requester, const char *library) {
    struct bp_dyld_search search = following->search;
    search.images[0] = requester;
    /* Who needs it decides where it is looked for: what one finds is kept beside the other's. */
    cJSON *list = cJSON_GetObjectItemCaseSensitive(following->candidates, library);
    if (!list && cJSON_GetArraySize(following->candidates) >= SONAME_LIMIT) {
        following->cut = true;
        return;
    }
    list = list ? list : cJSON_AddArrayToObject(following->candidates, library);
    struct bp_dyld_places places = bp_dyld_places_of(&search, library);
    for (size_t i = 0; i < places.count; i++) {
        bool known = false;
        const cJSON *one;
        cJSON_ArrayForEach(one, list) {
            known |= bp_equal(bp_json_text(one, "path"), places.items[i].path);
        }
        cJSON *facts = known ? NULL : header_facts(following, places.items[i].path);
        if (facts) {
            char *folder = bp_dir_name(places.items[i].path);
            bp_json_set_text(facts, "found_from",
                             found_from(following, places.items[i].rule, places.items[i].path));
            bp_json_set_text(facts, "place", folder);
            cJSON_AddItemToArray(list, facts);
            free(folder);
            follow_needs(following, facts);
        }
    }
    bp_dyld_places_free(&places);
}

/* A file is followed once, when it comes into the lists: so circles end. */
static void follow_needs(struct following *following, const cJSON *file) {
    const cJSON *needed;
    cJSON_ArrayForEach(needed, bp_json_get(file, "needed")) {
        if (cJSON_IsString(needed) && !bp_dyld_is_system(needed->valuestring)) {
            look_for(following, file, needed->valuestring);
        }
    }
}

static void follow_package(struct following *following, const cJSON *snapshot) {
    const cJSON *file;
    cJSON_ArrayForEach(file, bp_json_at(snapshot, "/bitsandbytes/native_libraries")) {
        if (bp_equal(bp_json_text(file, "format"), "mach-o")) {
            follow_needs(following, file);
        }
    }
}

static char *torch_folder_of(const cJSON *interpreter) {
    const char *version_file = bp_json_text_at(interpreter, "/torch/path");
    char *package = version_file ? bp_dir_name(version_file) : NULL;
    char *folder = package ? bp_join(package, "lib") : NULL;
    free(package);
    return folder;
}

void bp_macos_libraries(const struct bp_probe *probe, const cJSON *interpreter,
                        struct bp_facts *facts) {
    char *torch_folder = torch_folder_of(interpreter);
    cJSON *described = search_facts(probe, torch_folder);
    cJSON *opened = cJSON_CreateArray();
    struct following following = {
        .root = probe->root,
        .machine = bp_json_text(interpreter, "machine"),
        .torch_folder = torch_folder,
        .package = bp_json_text_at(probe->snapshot, "/bitsandbytes/path"),
        .candidates = cJSON_CreateObject(),
    };
    const char *executable = executable_of(interpreter);
    cJSON *program = executable ? header_facts(&following, executable) : NULL;
    if (program) {
        bp_json_set_text(program, "role", "program");
        cJSON_AddItemToArray(opened, program);
    }
    following.search = (struct bp_dyld_search){
        .images = {NULL, program},
        .program = bp_json_text(program, "real_path"),
        .library_path = bp_json_get(described, "dyld_library_path"),
        .fallback_path = bp_json_get(described, "dyld_fallback_library_path"),
    };
    follow_package(&following, probe->snapshot);
    bp_facts_put(facts, "/libraries/search", described);
    bp_facts_put(facts, "/libraries/opened", opened);
    bp_facts_put(facts, "/libraries/candidates", following.candidates);
    bp_facts_put(facts, "/cuda/libraries", cJSON_CreateArray()); /* there is no CUDA for macOS */
    if (!probe->root->live) {
        bp_facts_unknown(facts, "/libraries/search/dyld_library_path",
                         "the environment of a program in another root is not known");
    }
    if (following.cut) {
        bp_facts_unknown(facts, "/libraries/candidates", "more libraries than are followed");
    }
    free(torch_folder);
}
