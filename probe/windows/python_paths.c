/* sys.path as Lib/site.py makes it on Windows, and what kind of interpreter it is. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/windows/drive.h"
#include "probe/windows/pythons.h"

char *bp_windows_python_store_family(const char *path) {
    static const char start[] = "PythonSoftwareFoundation.Python.";
    const char *name = strstr(path, start);
    if (!name) {
        return NULL;
    }
    /* The package's folder also names its version and machine:
     * ...Python.3.11_3.11.2544.0_x64__qbz5n2kfra8p0. */
    size_t length = strcspn(name, "/");
    size_t version = strcspn(name, "_/");
    const char *publisher = name + length;
    while (publisher > name + version && publisher[-1] != '_') {
        publisher--;
    }
    return publisher > name + version ? bp_format("%.*s_%.*s", (int)version, name,
                                                  (int)(name + length - publisher), publisher)
                                      : NULL;
}

/* --- the folder of pip install --user --- */

/* "Python311", "Python311-32", "Python313t". */
static char *user_folder_name(const struct bp_interpreter *interpreter) {
    return bp_format("Python%d%d%s%s", interpreter->major, interpreter->minor,
                     interpreter->free_threaded ? "t" : "", interpreter->bits == 32 ? "-32" : "");
}

/* APPDATA, or in another root that of the person whose interpreter it is. */
static char *application_data(const struct bp_probe *probe, const char *executable,
                              const char *variable, const char *below) {
    if (probe->root->live) {
        return bp_drive_variable(probe, variable);
    }
    char *home = bp_drive_home_of(executable);
    char *folder = home ? bp_join(home, below) : NULL;
    free(home);
    return folder;
}

/* A Store Python keeps its user's packages among the Store package's own data. */
static char *store_user_base(const struct bp_probe *probe,
                             const struct bp_interpreter *interpreter) {
    char *family = bp_windows_python_store_family(interpreter->base_prefix);
    char *data =
        family ? application_data(probe, interpreter->executable, "LOCALAPPDATA", "AppData/Local")
               : NULL;
    char *base = data ? bp_format("%s/Packages/%s/LocalCache/local-packages", data, family) : NULL;
    free(data);
    free(family);
    return base;
}

static char *find_user_site(const struct bp_probe *probe,
                            const struct bp_interpreter *interpreter) {
    char *base = bp_drive_variable(probe, "PYTHONUSERBASE");
    if (!base) {
        base = store_user_base(probe, interpreter);
    }
    if (!base) {
        char *data = application_data(probe, interpreter->executable, "APPDATA", "AppData/Roaming");
        base = data ? bp_join(data, "Python") : NULL;
        free(data);
    }
    char *name = user_folder_name(interpreter);
    char *site = base ? bp_format("%s/%s/site-packages", base, name) : NULL;
    free(name);
    free(base);
    return site;
}

static bool user_site_allowed(const struct bp_probe *probe,
                              const struct bp_interpreter *interpreter) {
    const char *off = bp_probe_env(probe, "PYTHONNOUSERSITE");
    return !(off && *off) && !interpreter->path_file &&
           (!interpreter->virtual_env || interpreter->sees_system_site);
}

/* --- what the site module adds --- */

struct site {
    const struct bp_root *root;
    struct bp_interpreter *interpreter;
    struct bp_pth_rules pth;
};

static void add_site_folder(const struct site *site, const char *folder, bool of_packages) {
    if (of_packages && bp_root_is_folder(site->root, folder)) {
        bp_strs_add_once(&site->interpreter->site_folders, folder);
    }
    bp_site_folder_add(site->root, folder, &site->pth, &site->interpreter->search_path,
                       &site->interpreter->code_paths);
}

/* The prefix itself counts as a site folder, too, on Windows. */
static void add_prefix(const struct site *site, const char *prefix) {
    char *packages = bp_join(prefix, "Lib/site-packages");
    add_site_folder(site, prefix, false);
    add_site_folder(site, packages, true);
    free(packages);
}

/* In the order of site.main(): virtual environment, user site, prefix. */
static void add_site(const struct site *site) {
    const struct bp_interpreter *interpreter = site->interpreter;
    if (interpreter->virtual_env) {
        add_prefix(site, interpreter->prefix);
    }
    if (interpreter->user_site_enabled && interpreter->user_site) {
        add_site_folder(site, interpreter->user_site, true);
    }
    if (interpreter->sees_system_site) {
        add_prefix(site, interpreter->base_prefix);
    }
}

static char *find_standard_library(const struct bp_root *root,
                                   const struct bp_interpreter *interpreter) {
    char *library = bp_join(interpreter->base_prefix, "Lib");
    if (bp_root_is_folder(root, library)) {
        return library;
    }
    free(library);
    return NULL;
}

void bp_windows_python_find_paths(const struct bp_probe *probe,
                                  struct bp_interpreter *interpreter) {
    interpreter->standard_library = find_standard_library(probe->root, interpreter);
    interpreter->user_site = find_user_site(probe, interpreter);
    interpreter->user_site_enabled = user_site_allowed(probe, interpreter);
    for (size_t i = 0; i < interpreter->core_path.count; i++) {
        bp_strs_add_once(&interpreter->search_path, interpreter->core_path.items[i]);
    }
    if (!interpreter->without_site) {
        struct site site = {
            .root = probe->root,
            .interpreter = interpreter,
            .pth = {.skip_byte_order_mark = interpreter->minor >= 13},
        };
        add_site(&site);
    }
}

const char *bp_windows_python_kind(const struct bp_interpreter *interpreter) {
    static const char *const standalone[] = {"/pyenv-win/versions/", "/uv/python/", "/.rye/py/",
                                             "/mise/installs/python/", "/hatch/pythons/"};
    char *family = bp_windows_python_store_family(interpreter->base_prefix);
    bool store = family != NULL;
    free(family);
    if (store) {
        return "store";
    }
    for (size_t i = 0; i < sizeof standalone / sizeof *standalone; i++) {
        if (strstr(interpreter->base_prefix, standalone[i])) {
            return "standalone";
        }
    }
    char *home = bp_drive_home_of(interpreter->base_prefix);
    bool below_home = home != NULL;
    free(home);
    return below_home ? "user"
           : bp_path_inside(interpreter->base_prefix, "C:/Program Files") ||
                   bp_path_inside(interpreter->base_prefix, "C:/Program Files (x86)")
               ? "system"
               : "standalone";
}
