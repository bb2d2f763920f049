/*
 * Names in the current folder or on PYTHONPATH that would be imported instead of what is
 * installed: the usual one is a clone of the project that Python is started in.
 */
#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/import_rules.h"
#include "probe/python.h"

static const char *const watched[] = {"bitsandbytes", "torch", "transformers",
                                      "triton",       "peft",  "accelerate"};

static const char *kind_of(const struct bp_root *root, const struct bp_import *found) {
    switch (found->kind) {
    case BP_IMPORT_NAMESPACE:
        return "namespace-folder";
    case BP_IMPORT_MODULE:
        return "module";
    default:
        break;
    }
    static const char *const signs[] = {"CMakeLists.txt", "csrc", "setup.py", "pyproject.toml"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (bp_root_holds(root, found->place, signs[i])) {
            return "source-checkout";
        }
    }
    return "package";
}

static void report(const struct bp_root *root, const struct bp_import *found, const char *name,
                   cJSON *shadowing) {
    cJSON *entry = cJSON_CreateObject();
    bp_json_set_text(entry, "package", name);
    bp_json_set_text(entry, "path", found->path);
    bp_json_set_text(entry, "kind", kind_of(root, found));
    cJSON_AddItemToArray(shadowing, entry);
}

/* Both paths with their links resolved. */
static bool same_place(const struct bp_root *root, const char *left, const char *right) {
    struct bp_file_status first;
    struct bp_file_status second;
    return left && right && bp_root_status(root, left, &first, NULL) == 0 &&
           bp_root_status(root, right, &second, NULL) == 0 && first.device == second.device &&
           first.inode == second.inode;
}

/*
 * Looks for `name` in the folders that come first. A regular package or module there hides
 * the installed one; a folder without __init__.py only if there is no regular one at all.
 */
static void look_for(const struct bp_root *root, const struct bp_strs *early,
                     const struct bp_strs *installed_path, const char *name, cJSON *shadowing) {
    struct bp_import found = bp_import_find(root, early, name);
    if (found.kind != BP_IMPORT_NOTHING) {
        struct bp_import installed = bp_import_find(root, installed_path, name);
        bool regular = installed.kind == BP_IMPORT_PACKAGE || installed.kind == BP_IMPORT_MODULE;
        bool hides = found.kind != BP_IMPORT_NAMESPACE || !regular;
        if (hides && !same_place(root, found.path, installed.path)) {
            report(root, &found, name, shadowing);
        }
        bp_import_free(&installed);
    }
    bp_import_free(&found);
}

/* How many folders PYTHONPATH put before the interpreter's own. */
static size_t count_early(const struct bp_interpreter *interpreter) {
    size_t count = 0;
    while (count < interpreter->search_path.count && interpreter->core_path.count > 0 &&
           !bp_equal(interpreter->search_path.items[count], interpreter->core_path.items[0])) {
        count++;
    }
    return count;
}

cJSON *bp_shadowing(const struct bp_probe *probe, const struct bp_interpreter *interpreter) {
    cJSON *shadowing = cJSON_CreateArray();
    struct bp_strs early = {0};
    struct bp_strs installed = {0};
    char *working_folder = bp_working_folder(probe);
    const char *safe_path = bp_probe_env(probe, "PYTHONSAFEPATH");
    if (working_folder && !(safe_path && *safe_path)) {
        bp_strs_add(&early, working_folder);
    }
    size_t from_variable = count_early(interpreter);
    for (size_t i = 0; i < interpreter->search_path.count; i++) {
        bp_strs_add_once(i < from_variable ? &early : &installed,
                         interpreter->search_path.items[i]);
    }
    for (size_t i = 0; i < sizeof watched / sizeof *watched; i++) {
        look_for(probe->root, &early, &installed, watched[i], shadowing);
    }
    free(working_folder);
    bp_strs_free(&installed);
    bp_strs_free(&early);
    return shadowing;
}
