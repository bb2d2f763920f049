/*
 * What `import NAME` would find. Of the folders on the search path the first that holds
 * a regular package (NAME/__init__.py) or a module (NAME.so, NAME.py) wins; only if none
 * does are folders without __init__.py joined into a namespace package.
 * https://docs.python.org/3/reference/import.html#the-path-based-finder
 */
#ifndef BP_PROBE_IMPORT_RULES_H
#define BP_PROBE_IMPORT_RULES_H

#include "base/str.h"
#include "probe/os/files.h"

enum bp_import_kind {
    BP_IMPORT_NOTHING,
    BP_IMPORT_PACKAGE,
    BP_IMPORT_MODULE,
    BP_IMPORT_NAMESPACE, /* `path` is the first of the joined folders */
};

struct bp_import {
    enum bp_import_kind kind;
    char *path;  /* owned: folder of the package, or file of the module */
    char *place; /* owned: the folder of the search path that holds it */
};

/* What the search path gives. Free with bp_import_free. */
struct bp_import bp_import_find(const struct bp_root *root, const struct bp_strs *search_path,
                                const char *name);

void bp_import_free(struct bp_import *found);

/*
 * Editable installs may answer for a name by code that runs at start, with a table of
 * folders: the package folder that such a table in one of `site_folders` gives for `name`,
 * or NULL. It is asked only where bp_import_find finds nothing. The caller frees it.
 * https://setuptools.pypa.io/en/latest/userguide/development_mode.html
 */
char *bp_import_editable(const struct bp_root *root, const struct bp_strs *site_folders,
                         const char *name);

#endif
