#include "probe/windows/python_shims.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/os/registry.h"
#include "probe/python.h"
#include "probe/windows/drive.h"
#include "probe/windows/pythons.h"

bool bp_windows_is_store_alias(const struct bp_root *root, const char *path) {
    struct bp_file_status status;
    struct bp_strs there = {0};
    char *folder = bp_dir_name(path);
    bool among_apps = bp_drive_same(bp_base_name(folder), "WindowsApps");
    /* Windows opens an alias for nobody: only the listing shows it. */
    bool opened = bp_root_status(root, path, &status, NULL) == 0;
    if (among_apps) {
        bp_drive_match(root, folder, bp_base_name(path), true, &there);
    }
    bool alias = there.count > 0 && (!opened || status.size == 0);
    bp_strs_free(&there);
    free(folder);
    return alias;
}

/* The installed package of a family, by the folder that all packages lie in. */
static void add_package_folder(const struct bp_root *root, const char *family,
                               struct bp_strs *folders) {
    size_t length = strcspn(family, "_");
    char *pattern = bp_format("%.*s_*%s", (int)length, family, family + length);
    bp_drive_match(root, "C:/Program Files/WindowsApps", pattern, false, folders);
    free(pattern);
}

/* The same by the registry, since that folder may not be listed by everybody. */
static void add_registered_package(const char *family, struct bp_strs *folders) {
    static const char packages[] = "Software\\Classes\\Local Settings\\Software\\Microsoft\\Windows"
                                   "\\CurrentVersion\\AppModel\\Repository\\Packages";
    struct bp_strs names = {0};
    bp_registry_keys(BP_REGISTRY_USER, packages, &names);
    for (size_t i = 0; i < names.count; i++) {
        char *of = bp_windows_python_store_family(names.items[i]);
        char *key = bp_format("%s\\%s", packages, names.items[i]);
        char *folder = bp_drive_same(of, family)
                           ? bp_registry_text(BP_REGISTRY_USER, key, "PackageRootFolder")
                           : NULL;
        if (folder) {
            bp_strs_add_owned(folders, bp_path_normal("C:/", folder));
        }
        free(folder);
        free(key);
        free(of);
    }
    bp_strs_free(&names);
}

/* Python.3.12 comes after Python.3.9. */
static size_t newest_family(const struct bp_strs *families) {
    size_t newest = 0;
    long newest_minor = -1;
    for (size_t i = 0; i < families->count; i++) {
        const char *at = strstr(bp_base_name(families->items[i]), "Python.3.");
        long minor = at ? strtol(at + strlen("Python.3."), NULL, 10) : -1;
        if (minor > newest_minor) {
            newest = i;
            newest_minor = minor;
        }
    }
    return newest;
}

char *bp_windows_store_program(const struct bp_root *root, const char *alias) {
    struct bp_strs families = {0};
    struct bp_strs packages = {0};
    char *folder = bp_dir_name(alias);
    bp_drive_match(root, folder, "PythonSoftwareFoundation.Python.3.*", true, &families);
    while (families.count > 0 && packages.count == 0) {
        size_t newest = newest_family(&families);
        const char *family = bp_base_name(families.items[newest]);
        add_package_folder(root, family, &packages);
        if (packages.count == 0 && root->live) {
            add_registered_package(family, &packages);
        }
        free(families.items[newest]);
        families.items[newest] = families.items[--families.count];
    }
    char *program =
        packages.count ? bp_join(packages.items[packages.count - 1], "python.exe") : NULL;
    bp_strs_free(&packages);
    bp_strs_free(&families);
    free(folder);
    return program;
}

/* pyenv-win keeps one version in a file; a nearer .python-version goes before. */
static char *pyenv_version(const struct bp_probe *probe, const char *pyenv) {
    const char *variable = bp_probe_env(probe, "PYENV_VERSION");
    char *version = variable && *variable ? bp_strdup(variable) : NULL;
    char *folder = bp_working_folder(probe);
    while (!version && folder) {
        char *path = bp_join(folder, ".python-version");
        version = bp_root_read_line(probe->root, path, NULL);
        free(path);
        char *parent = bp_dir_name(folder);
        bool top = bp_equal(parent, folder) || bp_equal(parent, ".");
        free(folder);
        folder = top ? NULL : parent;
        if (top) {
            free(parent);
        }
    }
    free(folder);
    if (!version) {
        char *path = bp_join(pyenv, "version");
        version = bp_root_read_line(probe->root, path, NULL);
        free(path);
    }
    if (version) {
        version[strcspn(version, " \t\r\n")] = '\0';
    }
    return version;
}

char *bp_windows_pyenv_program(const struct bp_probe *probe, const char *shim) {
    char *shims = bp_dir_name(shim);
    char *pyenv = bp_dir_name(shims);
    char *version = pyenv_version(probe, pyenv);
    char *program = version ? bp_format("%s/versions/%s/python.exe", pyenv, version) : NULL;
    free(version);
    free(pyenv);
    free(shims);
    return program;
}
