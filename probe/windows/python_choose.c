/* Which interpreters to look at on a Windows machine itself. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/python_person.h"
#include "probe/windows/drive.h"
#include "probe/windows/python_shims.h"
#include "probe/windows/pythons.h"
#include "probe/windows/registered_pythons.h"

char *bp_windows_python_in(const struct bp_root *root, const char *folder) {
    static const char *const names[] = {"Scripts/python.exe", "python.exe"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *program = bp_join(folder, names[i]);
        if (bp_root_is_file(root, program)) {
            return program;
        }
        free(program);
    }
    return NULL;
}

/* Takes `path` (owned) as the interpreter, or what it leads to. */
static void take(const struct bp_probe *probe, struct bp_interpreter *interpreter, char *path) {
    bool alias = bp_windows_is_store_alias(probe->root, path);
    bool script = bp_ends_with(path, ".bat") || bp_ends_with(path, ".cmd");
    if (!alias && !script) {
        interpreter->executable = path;
        return;
    }
    interpreter->shim = path;
    interpreter->executable =
        alias ? bp_windows_store_program(probe->root, path) : bp_windows_pyenv_program(probe, path);
    if (!interpreter->executable) {
        interpreter->error = bp_format(alias ? "%s only offers to install Python from the Store"
                                             : "%s leads to no interpreter",
                                       path);
    }
}

/* --- the choice --- */

/* Whether something is there, a placeholder of the Store that leads nowhere aside. */
static bool leads_to_python(const struct bp_root *root, const char *path) {
    if (!bp_windows_is_store_alias(root, path)) {
        return bp_root_is_file(root, path);
    }
    char *program = bp_windows_store_program(root, path);
    bool leads = program != NULL;
    free(program);
    return leads;
}

static void path_folders(const struct bp_probe *probe, struct bp_strs *folders) {
    bp_drive_list(bp_probe_env(probe, "PATH"), folders);
}

/* The first program of that name in the folders of PATH. */
static char *first_on_path(const struct bp_probe *probe, const char *name) {
    static const char *const endings[] = {".exe", ".bat", ".cmd"};
    struct bp_strs folders = {0};
    char *found = NULL;
    bool ended = strchr(name, '.') != NULL;
    path_folders(probe, &folders);
    for (size_t i = 0; i < folders.count && !found; i++) {
        for (size_t e = 0; e < (ended ? 1 : sizeof endings / sizeof *endings) && !found; e++) {
            char *path = bp_format("%s/%s%s", folders.items[i], name, ended ? "" : endings[e]);
            if (leads_to_python(probe->root, path)) {
                found = path;
            } else {
                free(path);
            }
        }
    }
    bp_strs_free(&folders);
    return found;
}

static void take_asked(const struct bp_probe *probe, const char *asked,
                       struct bp_interpreter *interpreter) {
    char *working_folder = bp_working_folder(probe);
    char *path = bp_path_normal(working_folder ? working_folder : "C:/", asked);
    char *inside =
        bp_root_is_folder(probe->root, path) ? bp_windows_python_in(probe->root, path) : NULL;
    if (inside) {
        take(probe, interpreter, inside);
    } else if (bp_root_is_folder(probe->root, path)) {
        interpreter->error = bp_format("%s is a folder without python.exe", asked);
    } else if (!bp_root_is_file(probe->root, path)) {
        interpreter->error = bp_format("there is no file %s", asked);
    } else {
        take(probe, interpreter, bp_strdup(path));
    }
    free(path);
    free(working_folder);
}

/* What the py launcher starts. */
static void choose_from_launcher(const struct bp_probe *probe, struct bp_interpreters *list) {
    struct bp_registered_pythons registered;
    char *because = NULL;
    bp_registered_pythons_read(&registered);
    const struct bp_registered_python *found =
        bp_registered_pythons_default(&registered, probe, &because);
    if (found) {
        struct bp_interpreter *interpreter = bp_interpreters_add(list);
        interpreter->chosen_because = because;
        interpreter->executable = bp_strdup(found->executable);
    }
    bp_registered_pythons_free(&registered);
}

void bp_windows_python_choose(const struct bp_probe *probe, struct bp_interpreters *list) {
    static const char *const first_names[] = {"python", NULL};
    static const struct bp_python_system system = {
        .path_marks = "/\\:",
        .first_names = first_names,
        .path_folders = path_folders,
        .same_folder = bp_drive_same,
        .on_path = first_on_path,
        .variable = bp_drive_variable,
        .program_in = bp_windows_python_in,
        .take = take,
        .take_asked = take_asked,
        .otherwise = choose_from_launcher,
    };
    bp_python_choose_on(&system, probe, list);
}
