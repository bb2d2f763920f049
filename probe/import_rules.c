#include "probe/import_rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/python_source.h"

/* The tables of editable installs list one line a package or file. */
static const size_t finder_limit = (size_t)1 << 20;

static bool holds_file(const struct bp_root *root, const char *folder, const char *name) {
    char *path = bp_join(folder, name);
    bool there = bp_root_is_file(root, path);
    free(path);
    return there;
}

/* The file of module `name` in `place`, or NULL: compiled ones go before source. */
static char *module_file(const struct bp_root *root, const char *place, const char *name) {
    static const char *const endings[] = {".abi3.so", ".so", ".pyd", ".py"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        char *path = bp_format("%s/%s%s", place, name, endings[i]);
        if (bp_root_is_file(root, path)) {
            return path;
        }
        free(path);
    }
    return NULL;
}

/* What folder `place` holds under `name`. */
static struct bp_import import_in(const struct bp_root *root, const char *place, const char *name) {
    struct bp_import found = {.kind = BP_IMPORT_NOTHING};
    char *folder = bp_join(place, name);
    bool is_folder = bp_root_is_folder(root, folder);
    if (is_folder &&
        (holds_file(root, folder, "__init__.py") || holds_file(root, folder, "__init__.pyc"))) {
        found.kind = BP_IMPORT_PACKAGE;
        found.path = bp_strdup(folder);
    } else if ((found.path = module_file(root, place, name))) {
        found.kind = BP_IMPORT_MODULE;
    } else if (is_folder) {
        found.kind = BP_IMPORT_NAMESPACE;
        found.path = bp_strdup(folder);
    }
    free(folder);
    found.place = found.path ? bp_strdup(place) : NULL;
    return found;
}

struct bp_import bp_import_find(const struct bp_root *root, const struct bp_strs *search_path,
                                const char *name) {
    struct bp_import namespace = {.kind = BP_IMPORT_NOTHING};
    for (size_t i = 0; i < search_path->count; i++) {
        struct bp_import found = import_in(root, search_path->items[i], name);
        if (found.kind == BP_IMPORT_PACKAGE || found.kind == BP_IMPORT_MODULE) {
            bp_import_free(&namespace);
            return found;
        }
        if (found.kind == BP_IMPORT_NAMESPACE && namespace.kind == BP_IMPORT_NOTHING) {
            namespace = found;
        } else {
            bp_import_free(&found);
        }
    }
    return namespace;
}

void bp_import_free(struct bp_import *found) {
    free(found->path);
    free(found->place);
    *found = (struct bp_import){.kind = BP_IMPORT_NOTHING};
}

/* setuptools writes __editable___NAME_finder.py, scikit-build-core _NAME_editable.py. */
static bool is_finder(const char *file_name) {
    return (bp_starts_with(file_name, "__editable___") && bp_ends_with(file_name, "_finder.py")) ||
           (file_name[0] == '_' && bp_ends_with(file_name, "_editable.py"));
}

/* The package folder that one finder's table gives. */
static char *folder_in_finder(const struct bp_root *root, const char *path, const char *name) {
    struct bp_str source = BP_STR_EMPTY;
    char *folder = NULL;
    if (bp_root_read(root, path, finder_limit, &source, NULL) == 0) {
        folder = bp_python_entry(source.data, name);
    }
    bp_str_free(&source);
    if (folder && bp_ends_with(folder, "/__init__.py")) {
        char *parent = bp_dir_name(folder);
        free(folder);
        folder = parent;
    }
    if (folder && (folder[0] != '/' || !bp_root_is_folder(root, folder))) {
        free(folder);
        folder = NULL;
    }
    return folder;
}

char *bp_import_editable(const struct bp_root *root, const struct bp_strs *site_folders,
                         const char *name) {
    char *found = NULL;
    for (size_t i = 0; i < site_folders->count && !found; i++) {
        struct bp_strs names = {0};
        bp_root_list(root, site_folders->items[i], 0, &names, NULL);
        for (size_t n = 0; n < names.count && !found; n++) {
            if (is_finder(names.items[n])) {
                char *path = bp_join(site_folders->items[i], names.items[n]);
                found = folder_in_finder(root, path, name);
                free(path);
            }
        }
        bp_strs_free(&names);
    }
    return found;
}
