/* The interpreters of a laid-out drive: a mounted disk, a copy of a machine's folders. */
#include "probe/python_root.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/windows/drive.h"
#include "probe/windows/pythons.h"

static const size_t names_limit = 512;

/*
 * Where applications and projects keep their own, below their folder: virtual environments,
 * ComfyUI's and Fooocus' portable editions, the packages of the web UIs.
 */
static const char *const own_folders[] = {
    "venv",
    ".venv",
    "env",
    "python_embeded",
    "python",
    "system/python",
    "installer_files/env",
    "installer_files/conda",
};

/* Whether there is an interpreter right in `folder`. */
static bool look_in(const struct bp_probe *probe, struct bp_interpreters *list,
                    const char *folder) {
    char *program = bp_windows_python_in(probe->root, folder);
    char *config = bp_join(folder, "pyvenv.cfg");
    bool found = program || bp_root_is_file(probe->root, config);
    if (found) {
        char *gone = program ? NULL : bp_join(folder, "Scripts/python.exe");
        bp_python_root_add(probe, list, program ? program : gone, NULL);
        free(gone);
    }
    free(config);
    free(program);
    return found;
}

/* The environments of conda, besides its base. */
static void look_in_environments(const struct bp_probe *probe, struct bp_interpreters *list,
                                 const char *folder) {
    struct bp_strs environments = {0};
    char *parent = bp_join(folder, "envs");
    bp_drive_match(probe->root, parent, "*", false, &environments);
    for (size_t i = 0; i < environments.count; i++) {
        look_in(probe, list, environments.items[i]);
    }
    free(parent);
    bp_strs_free(&environments);
}

/* A folder of somebody's: an interpreter, or one in a folder that applications use. */
static bool look_at(const struct bp_probe *probe, struct bp_interpreters *list,
                    const char *folder) {
    bool found = false;
    for (size_t i = 0; i < sizeof own_folders / sizeof *own_folders; i++) {
        char *own = bp_join(folder, own_folders[i]);
        found |= look_in(probe, list, own);
        free(own);
    }
    if (look_in(probe, list, folder)) {
        look_in_environments(probe, list, folder);
        found = true;
    }
    return found;
}

/* Looks at the folders in `base`, and `levels` further down where they hold none. */
static void look_below(const struct bp_probe *probe, struct bp_interpreters *list, const char *base,
                       int levels) {
    struct bp_strs names = {0};
    bp_root_list(probe->root, base, names_limit, &names, NULL);
    for (size_t i = 0; i < names.count && list->count < bp_python_root_limit; i++) {
        char *folder = bp_join(base, names.items[i]);
        bool skipped = bp_drive_same(names.items[i], "AppData");
        if (!skipped && bp_root_is_folder(probe->root, folder) && !look_at(probe, list, folder) &&
            levels > 0) {
            look_below(probe, list, folder, levels - 1);
        }
        free(folder);
    }
    bp_strs_free(&names);
}

/* Folders right below the drive in which applications and projects are put. */
static void look_at_top(const struct bp_probe *probe, struct bp_interpreters *list) {
    static const char *const system_folders[] = {"Windows",
                                                 "Users",
                                                 "ProgramData",
                                                 "Program Files",
                                                 "Program Files (x86)",
                                                 "$Recycle.Bin",
                                                 "System Volume Information",
                                                 "PerfLogs",
                                                 "Recovery"};
    struct bp_strs names = {0};
    bp_root_list(probe->root, "C:/", names_limit, &names, NULL);
    for (size_t i = 0; i < names.count; i++) {
        bool system = false;
        for (size_t s = 0; s < sizeof system_folders / sizeof *system_folders; s++) {
            system |= bp_drive_same(names.items[i], system_folders[s]);
        }
        char *folder = bp_join("C:/", names.items[i]);
        if (!system && !look_at(probe, list, folder)) {
            look_below(probe, list, folder, 1);
        }
        free(folder);
    }
    bp_strs_free(&names);
}

/* What installers and version managers put below a home. */
static void look_in_home(const struct bp_probe *probe, struct bp_interpreters *list,
                         const char *home) {
    static const char *const collections[] = {
        "AppData/Local/Programs/Python", ".pyenv/pyenv-win/versions",
        "AppData/Roaming/uv/python",     ".conda/envs",
        "AppData/Local/miniconda3",      ".virtualenvs",
    };
    look_below(probe, list, home, 2);
    for (size_t i = 0; i < sizeof collections / sizeof *collections; i++) {
        char *folder = bp_join(home, collections[i]);
        look_below(probe, list, folder, 0);
        free(folder);
    }
}

static void look_in_homes(const struct bp_probe *probe, struct bp_interpreters *list) {
    struct bp_strs homes = {0};
    bp_drive_homes(probe, &homes);
    for (size_t i = 0; i < homes.count; i++) {
        look_in_home(probe, list, homes.items[i]);
    }
    bp_strs_free(&homes);
}

static void add_asked(const struct bp_probe *probe, struct bp_interpreters *list,
                      const char *asked) {
    char *path = strpbrk(asked, "/\\:") ? bp_path_normal("C:/", asked) : NULL;
    char *inside = path && bp_root_is_folder(probe->root, path)
                       ? bp_windows_python_in(probe->root, path)
                       : NULL;
    const char *program = inside ? inside : path;
    if (program && bp_root_is_file(probe->root, program)) {
        bp_python_root_add(probe, list, program, asked);
    } else {
        struct bp_interpreter *interpreter = bp_interpreters_add(list);
        interpreter->asked = bp_strdup(asked);
        interpreter->chosen_because = bp_strdup("asked for");
        interpreter->error = bp_format("there is no program %s in %s", asked, probe->root->path);
    }
    free(inside);
    free(path);
}

void bp_windows_python_find_in_root(const struct bp_probe *probe, struct bp_interpreters *list) {
    for (size_t i = 0; i < probe->pythons->count; i++) {
        add_asked(probe, list, probe->pythons->items[i]);
    }
    if (list->count > 0) {
        return;
    }
    look_below(probe, list, "C:/Program Files", 0);
    look_below(probe, list, "C:/Program Files (x86)", 0);
    look_below(probe, list, "C:/Program Files/WindowsApps", 0);
    look_below(probe, list, "C:/ProgramData", 0);
    look_at_top(probe, list);
    look_in_homes(probe, list);
    bp_python_put_likely_first(probe, list);
}
