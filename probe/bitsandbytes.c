/* The bitsandbytes that the first interpreter would import. */
#include "probe/bitsandbytes.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/import_rules.h"
#include "probe/packages.h"

/* Files and folders whose presence tells which releases a copy can be. */
static const struct {
    const char *name;
    const char *path;
} markers[] = {
    {"cuda_setup_main", "cuda_setup/main.py"},
    {"cuda_setup_paths", "cuda_setup/paths.py"},
    {"cuda_specs", "cuda_specs.py"},
    {"ops", "_ops.py"},
    {"backends", "backends"},
    {"research", "research"},
    {"backends_mps", "backends/mps"},
    {"npu_specs", "npu_specs.py"},
    {"py_typed", "py.typed"},
};

static const size_t source_limit = (size_t)256 << 10;

/* The package in use. Strings are owned. */
struct package {
    char *path;  /* its folder, NULL: not importable as a package */
    char *place; /* folder of the search path that holds it */
};

static void strings_of(const cJSON *array, struct bp_strs *list) {
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, array) {
        if (cJSON_IsString(item)) {
            bp_strs_add(list, item->valuestring);
        }
    }
}

static struct package find_package(const struct bp_root *root, const cJSON *interpreter,
                                   struct bp_facts *facts) {
    struct package package = {0};
    struct bp_strs search_path = {0};
    struct bp_strs site_folders = {0};
    strings_of(bp_json_get(interpreter, "search_path"), &search_path);
    strings_of(bp_json_get(interpreter, "site_folders"), &site_folders);
    struct bp_import found = bp_import_find(root, &search_path, "bitsandbytes");
    switch (found.kind) {
    case BP_IMPORT_PACKAGE:
        package.path = bp_strdup(found.path);
        package.place = bp_strdup(found.place);
        break;
    case BP_IMPORT_NOTHING:
        package.path = bp_import_editable(root, &site_folders, "bitsandbytes");
        package.place = package.path ? bp_dir_name(package.path) : NULL;
        break;
    case BP_IMPORT_NAMESPACE:
        bp_facts_unknown(facts, "/bitsandbytes/path",
                         "%s has no __init__.py: it is imported as an empty package", found.path);
        break;
    case BP_IMPORT_MODULE:
        bp_facts_unknown(facts, "/bitsandbytes/path", "%s is a single module named bitsandbytes",
                         found.path);
        break;
    }
    bp_import_free(&found);
    bp_strs_free(&site_folders);
    bp_strs_free(&search_path);
    return package;
}

/* Words in cuda_setup/main.py that tell its versions apart. */
static void put_setup_markers(const struct bp_root *root, const char *folder, cJSON *present) {
    struct bp_str text = BP_STR_EMPTY;
    char *path = bp_join(folder, "cuda_setup/main.py");
    if (bp_root_read(root, path, source_limit, &text, NULL) == 0) {
        bp_json_set_bool(present, "cuda_setup_asks_torch",
                         strstr(text.data, "torch.version.cuda") != NULL);
        bp_json_set_bool(present, "cuda_setup_own_suffix",
                         strstr(text.data, "DYNAMIC_LIBRARY_SUFFIX") != NULL);
    }
    free(path);
    bp_str_free(&text);
}

static void put_markers(const struct bp_root *root, const char *folder, struct bp_facts *facts) {
    cJSON *present = cJSON_CreateObject();
    for (size_t i = 0; i < sizeof markers / sizeof *markers; i++) {
        struct bp_file_status status;
        char *path = bp_join(folder, markers[i].path);
        bp_json_set_bool(present, markers[i].name, bp_root_status(root, path, &status, NULL) == 0);
        free(path);
    }
    put_setup_markers(root, folder, present);
    bp_facts_put(facts, "/bitsandbytes/markers", present);
}

/*
 * The files' own word before the metadata's: a mixed install has the metadata of one
 * release and the files of another, and the files are what runs.
 */
static void put_version(const struct bp_root *root, const char *folder, const cJSON *copy,
                        struct bp_facts *facts) {
    char *from = NULL;
    char *version = bp_package_source_version(root, folder, &from);
    const char *stated = bp_json_text(copy, "version");
    const char *metadata = bp_json_text(copy, "metadata");
    bp_facts_put_text(facts, "/bitsandbytes/version", version ? version : stated);
    bp_facts_put_text(facts, "/bitsandbytes/version_from",
                      version  ? from
                      : stated ? metadata
                               : NULL);
    if (!version && !stated) {
        bp_facts_unknown(facts, "/bitsandbytes/version",
                         "%s assigns no __version__ (releases before 0.42.0 do not) and has no "
                         "metadata",
                         folder);
    }
    free(from);
    free(version);
}

static void put_member(const cJSON *copy, const char *key, const char *pointer,
                       struct bp_facts *facts) {
    const cJSON *value = bp_json_get(copy, key);
    bp_facts_put(facts, pointer, value ? cJSON_Duplicate(value, true) : cJSON_CreateNull());
}

static void put_distribution(const cJSON *copy, struct bp_facts *facts) {
    const cJSON *named = bp_json_text(copy, "metadata") ? copy : NULL;
    put_member(named, "name", "/bitsandbytes/distribution", facts);
    put_member(copy, "installer", "/bitsandbytes/installer", facts);
    put_member(copy, "editable", "/bitsandbytes/editable", facts);
    put_member(copy, "wheel_tags", "/bitsandbytes/wheel_tags", facts);
    put_member(copy, "installed_at", "/bitsandbytes/installed_at", facts);
}

/* RECORD lists the files of a wheel; an editable install's does not list the package's. */
static char *record_of(const cJSON *copy) {
    const char *metadata = bp_json_text(copy, "metadata");
    bool lists_files = bp_ends_with(metadata, ".dist-info") && !bp_json_is_true(copy, "editable");
    return lists_files ? bp_join(metadata, "RECORD") : NULL;
}

static void describe(const struct bp_probe *probe, const cJSON *interpreter,
                     const struct package *package, struct bp_facts *facts) {
    const struct bp_root *root = probe->root;
    cJSON *copies = bp_bitsandbytes_copies(root, interpreter, package->place, package->path, facts);
    const cJSON *in_use = package->path ? cJSON_GetArrayItem(copies, 0) : NULL;
    bp_facts_put_bool(facts, "/bitsandbytes/installed", package->path != NULL);
    bp_facts_put_text(facts, "/bitsandbytes/path", package->path);
    bp_facts_put(facts, "/bitsandbytes/copies", cJSON_Duplicate(copies, true));
    if (package->path) {
        char *checkout = bp_bitsandbytes_checkout(root, package->path);
        char *record = record_of(in_use);
        put_version(root, package->path, in_use, facts);
        put_distribution(in_use, facts);
        bp_facts_put_text(facts, "/bitsandbytes/source_checkout", checkout);
        put_markers(root, package->path, facts);
        bp_bitsandbytes_libraries(root, package->path, record, bp_json_text(interpreter, "machine"),
                                  facts);
        free(record);
        free(checkout);
    } else {
        const char *executable = bp_json_text(interpreter, "executable");
        bp_facts_status(facts, BP_STATUS_ABSENT, "%s would find no package bitsandbytes",
                        executable ? executable : "the interpreter");
    }
    cJSON_Delete(copies);
}

/* Before 0.46.0 nothing looks for entry points, so that reading them would be in vain. */
static void put_backends(const struct bp_root *root, const cJSON *interpreter, const char *folder,
                         struct bp_facts *facts) {
    char *registry = folder ? bp_join(folder, "_ops.py") : NULL;
    if (registry && bp_root_is_file(root, registry)) {
        struct bp_strs site_folders = {0};
        strings_of(bp_json_get(interpreter, "site_folders"), &site_folders);
        bp_facts_put(facts, "/bitsandbytes/backends",
                     bp_bitsandbytes_backends(root, &site_folders));
        bp_strs_free(&site_folders);
    }
    free(registry);
}

void bp_collect_bitsandbytes(const struct bp_probe *probe, struct bp_facts *facts) {
    const cJSON *interpreter = bp_json_at(probe->snapshot, "/python/interpreters/0");
    bp_facts_put(facts, "/bitsandbytes/sources", bp_bitsandbytes_sources(probe));
    if (!cJSON_IsArray(bp_json_get(interpreter, "search_path"))) {
        const char *why = bp_json_text(interpreter, "error");
        bp_facts_put(facts, "/bitsandbytes/installed", cJSON_CreateNull());
        bp_facts_unknown(facts, "/bitsandbytes/installed", "%s",
                         why ? why : "there is no Python interpreter to look for it");
        bp_facts_status(facts, BP_STATUS_ABSENT, "no Python interpreter to look for it");
        return;
    }
    struct package package = find_package(probe->root, interpreter, facts);
    bp_facts_put_number(facts, "/bitsandbytes/interpreter", 0);
    describe(probe, interpreter, &package, facts);
    put_backends(probe->root, interpreter, package.path, facts);
    free(package.path);
    free(package.place);
}
