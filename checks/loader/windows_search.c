#include "checks/loader/windows_search.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/loader/windows_paths.h"

/* --- the folders --- */

/* Adds `folder`, owned afterwards, unless it is NULL or there under any spelling. */
static void add_folder(struct bp_dll_search *search, enum bp_dll_rule rule, char *folder) {
    struct bp_strs *list = &search->folders[rule];
    for (size_t i = 0; folder && i < list->count; i++) {
        if (bp_windows_same(list->items[i], folder)) {
            free(folder);
            folder = NULL;
        }
    }
    if (folder) {
        bp_strs_add_owned(list, folder);
    }
}

static void add_below(struct bp_dll_search *search, enum bp_dll_rule rule, const char *folder,
                      const char *below) {
    add_folder(search, rule, folder ? bp_format("%s\\%s", folder, below) : NULL);
}

static bool add_listed(struct bp_dll_search *search, enum bp_dll_rule rule, const cJSON *folders) {
    const cJSON *folder;
    cJSON_ArrayForEach(folder, folders) {
        add_folder(search, rule, bp_strdup(cJSON_GetStringValue(folder)));
    }
    return cJSON_IsArray(folders);
}

/* A virtual environment's python.exe starts the one that it was made from: that is the program. */
static void add_program_folder(struct bp_dll_search *search, const struct bp_machine *machine) {
    const cJSON *interpreter = machine->interpreter;
    const char *base = bp_json_text(interpreter, "base_prefix");
    const char *prefix = bp_json_text(interpreter, "prefix");
    if (base || prefix) {
        add_folder(search, BP_DLL_PROGRAM_FOLDER, bp_strdup(base ? base : prefix));
    } else {
        add_folder(search, BP_DLL_PROGRAM_FOLDER,
                   bp_windows_folder(bp_json_text(interpreter, "executable")));
    }
}

/* Whether a file that begins with cudart64 was seen in a folder that is added. */
static bool has_cudart(const struct bp_dll_search *search, const cJSON *files) {
    const struct bp_strs *folders = &search->folders[BP_DLL_ADDED_FOLDERS];
    const cJSON *file;
    cJSON_ArrayForEach(file, files) {
        const char *path = bp_json_text(file, "path");
        for (size_t i = 0; path && i < folders->count; i++) {
            if (bp_windows_starts_with(bp_windows_name(path), "cudart64") &&
                bp_windows_lies_in(path, folders->items[i])) {
                return true;
            }
        }
    }
    return false;
}

static bool sees_cudart(const struct bp_dll_search *search, const struct bp_machine *machine) {
    const cJSON *list;
    cJSON_ArrayForEach(list, machine->candidates) {
        if (has_cudart(search, list)) {
            return true;
        }
    }
    return has_cudart(search, bp_json_at(machine->snapshot, "/cuda/libraries"));
}

/* A CUDA build of torch that finds no cudart with itself adds the toolkit of its version. */
static void add_toolkit(struct bp_dll_search *search, const struct bp_machine *machine) {
    int major;
    int minor;
    if (!bp_two_numbers(bp_json_text_at(machine->interpreter, "/torch/cuda"), &major, &minor) ||
        sees_cudart(search, machine)) {
        return;
    }
    char *variable = bp_format("CUDA_PATH_V%d_%d", major, minor);
    const char *toolkit = bp_machine_variable(machine, variable);
    if (toolkit) {
        add_below(search, BP_DLL_ADDED_FOLDERS, toolkit, "bin");
    } else {
        add_folder(search, BP_DLL_ADDED_FOLDERS,
                   bp_format("C:\\Program Files\\NVIDIA GPU Computing Toolkit\\CUDA\\v%d.%d\\bin",
                             major, minor));
    }
    free(variable);
}

/* What torch/__init__.py adds on Windows, as far as it can hold what bitsandbytes needs. */
static void add_torch_folders(struct bp_dll_search *search, const struct bp_machine *machine) {
    const cJSON *interpreter = machine->interpreter;
    if (search->torch_lib) {
        add_folder(search, BP_DLL_ADDED_FOLDERS, bp_strdup(search->torch_lib));
    } else if (bp_machine_has_package(machine, "torch") == BP_NO) {
        return;
    }
    const char *prefix = bp_json_text(interpreter, "prefix");
    add_below(search, BP_DLL_ADDED_FOLDERS, prefix, "Library\\bin");
    add_below(search, BP_DLL_ADDED_FOLDERS, bp_json_text(interpreter, "base_prefix"),
              "Library\\bin");
    add_below(search, BP_DLL_ADDED_FOLDERS, prefix, "bin");
    add_toolkit(search, machine);
}

/* torch\lib, from the place of its version file, or as the one candidate found through torch. */
static char *torch_lib_of(const struct bp_machine *machine) {
    char *package = bp_windows_folder(bp_json_text_at(machine->interpreter, "/torch/path"));
    if (package) {
        char *lib = bp_format("%s\\lib", package);
        free(package);
        return lib;
    }
    const cJSON *list;
    cJSON_ArrayForEach(list, machine->candidates) {
        const cJSON *candidate;
        cJSON_ArrayForEach(candidate, list) {
            if (bp_equal(bp_json_text(candidate, "found_from"), "torch")) {
                return bp_windows_folder(bp_json_text(candidate, "path"));
            }
        }
    }
    return NULL;
}

void bp_dll_search_start(struct bp_dll_search *search, const struct bp_machine *machine,
                         const cJSON *opened) {
    *search = (struct bp_dll_search){.torch_lib = torch_lib_of(machine)};
    add_folder(search, BP_DLL_OWN_FOLDER, bp_windows_folder(bp_json_text(opened, "path")));
    add_program_folder(search, machine);
    if (!add_listed(search, BP_DLL_ADDED_FOLDERS, bp_json_get(machine->search, "dll_folders"))) {
        add_torch_folders(search, machine);
    }
    if (!add_listed(search, BP_DLL_SYSTEM_FOLDER,
                    bp_json_get(machine->search, "default_folders"))) {
        add_folder(search, BP_DLL_SYSTEM_FOLDER, bp_strdup("C:\\Windows\\System32"));
    }
}

void bp_dll_search_end(struct bp_dll_search *search) {
    for (size_t i = 0; i < BP_DLL_RULE_COUNT; i++) {
        bp_strs_free(&search->folders[i]);
    }
    free(search->torch_lib);
    *search = (struct bp_dll_search){0};
}

/* --- the search --- */

const cJSON *bp_dll_candidates(const struct bp_machine *machine, const char *name) {
    const cJSON *list;
    cJSON_ArrayForEach(list, machine->candidates) {
        if (cJSON_IsArray(list) && bp_windows_same(list->string, name)) {
            return list;
        }
    }
    return NULL;
}

static const cJSON *first_in(const cJSON *candidates, const char *folder) {
    const cJSON *candidate;
    cJSON_ArrayForEach(candidate, candidates) {
        if (bp_windows_lies_in(bp_json_text(candidate, "path"), folder)) {
            return candidate;
        }
    }
    return NULL;
}

const cJSON *bp_dll_search_first(const struct bp_dll_search *search, const cJSON *candidates,
                                 enum bp_dll_rule *rule) {
    for (*rule = BP_DLL_OWN_FOLDER; *rule < BP_DLL_RULE_COUNT; ++*rule) {
        const struct bp_strs *folders = &search->folders[*rule];
        for (size_t i = 0; i < folders->count; i++) {
            const cJSON *candidate = first_in(candidates, folders->items[i]);
            if (candidate) {
                return candidate;
            }
        }
    }
    return NULL;
}

const char *bp_dll_rule_name(enum bp_dll_rule rule) {
    static const char *const names[BP_DLL_RULE_COUNT] = {
        "the folder of the DLL that needs it",
        "the folder of python.exe",
        "a folder added with os.add_dll_directory",
        "System32",
    };
    return rule < BP_DLL_RULE_COUNT ? names[rule] : "";
}

char *bp_dll_search_places(const struct bp_dll_search *search, const cJSON *candidates) {
    struct bp_str text = BP_STR_EMPTY;
    const char *before = "not loaded by torch; not in ";
    for (size_t rule = 0; rule < BP_DLL_RULE_COUNT; rule++) {
        const struct bp_strs *folders = &search->folders[rule];
        for (size_t i = 0; i < folders->count; i++) {
            bp_str_addf(&text, "%s%s", before, folders->items[i]);
            before = ", ";
        }
    }
    const cJSON *candidate;
    cJSON_ArrayForEach(candidate, candidates) {
        const char *path = bp_json_text(candidate, "path");
        if (path) {
            bp_str_addf(&text, "; %s is there, but in no folder that is searched (PATH is not)",
                        path);
        }
    }
    return bp_str_detach(&text);
}
