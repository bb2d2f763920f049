/* The interpreters of a laid-out drive: a mounted disk, a copy of a machine's folders. */
#include "probe/python_root.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/python_walk.h"
#include "probe/windows/drive.h"
#include "probe/windows/pythons.h"

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

/* Folders right below the drive in which no applications and projects are put. */
static const char *const system_folders[] = {"Windows",
                                             "Users",
                                             "ProgramData",
                                             "Program Files",
                                             "Program Files (x86)",
                                             "$Recycle.Bin",
                                             "System Volume Information",
                                             "PerfLogs",
                                             "Recovery",
                                             NULL};

/* What installers and version managers put below a home. */
static void look_in_home(const struct bp_python_walk *walk, const char *home) {
    static const char *const collections[] = {"AppData/Local/Programs/Python",
                                              ".pyenv/pyenv-win/versions",
                                              "AppData/Roaming/uv/python",
                                              ".conda/envs",
                                              "AppData/Local/miniconda3",
                                              ".virtualenvs",
                                              NULL};
    bp_python_walk_below(walk, home, 2);
    bp_python_walk_collections(walk, home, collections);
}

static void look_in_homes(const struct bp_python_walk *walk) {
    struct bp_strs homes = {0};
    bp_drive_homes(walk->probe, &homes);
    for (size_t i = 0; i < homes.count; i++) {
        look_in_home(walk, homes.items[i]);
    }
    bp_strs_free(&homes);
}

static void add_asked(const struct bp_probe *probe, struct bp_interpreters *list,
                      const char *asked) {
    char *path = strpbrk(asked, "/\\:") ? bp_path_normal("C:/", asked) : NULL;
    char *inside = path && bp_root_is_folder(probe->root, path)
                       ? bp_windows_python_in(probe->root, path)
                       : NULL;
    bp_python_walk_add_asked(probe, list, asked, inside ? inside : path);
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
    const struct bp_python_walk walk = {.probe = probe,
                                        .list = list,
                                        .look_at = look_at,
                                        .same_name = bp_drive_same,
                                        .passed_over = "AppData"};
    bp_python_walk_below(&walk, "C:/Program Files", 0);
    bp_python_walk_below(&walk, "C:/Program Files (x86)", 0);
    bp_python_walk_below(&walk, "C:/Program Files/WindowsApps", 0);
    bp_python_walk_below(&walk, "C:/ProgramData", 0);
    bp_python_walk_top(&walk, "C:/", system_folders, 1);
    look_in_homes(&walk);
    bp_python_put_likely_first(probe, list);
}
