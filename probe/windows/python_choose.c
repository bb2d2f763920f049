/* Which interpreters to look at on a Windows machine itself. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/os/own_program.h"
#include "probe/os/registry.h"
#include "probe/own_environment.h"
#include "probe/windows/drive.h"
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

/* --- programs that only lead to another one --- */

/*
 * The Store puts an empty python.exe on PATH, whether or not it has installed Python. Where it
 * has, the folder of that package lies beside it, with an alias for python.exe of its own.
 */
static bool is_store_alias(const struct bp_root *root, const char *path) {
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

/* The program that the alias starts, the newest where there are several, or NULL. */
static char *store_program(const struct bp_root *root, const char *alias) {
    struct bp_strs families = {0};
    struct bp_strs packages = {0};
    char *folder = bp_dir_name(alias);
    bp_drive_match(root, folder, "PythonSoftwareFoundation.Python.3.*", true, &families);
    for (size_t i = families.count; i > 0 && packages.count == 0; i--) {
        const char *family = bp_base_name(families.items[i - 1]);
        add_package_folder(root, family, &packages);
        if (packages.count == 0 && root->live) {
            add_registered_package(family, &packages);
        }
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

/* The interpreter behind PYENV/shims/python.bat. */
static char *pyenv_program(const struct bp_probe *probe, const char *shim) {
    char *shims = bp_dir_name(shim);
    char *pyenv = bp_dir_name(shims);
    char *version = pyenv_version(probe, pyenv);
    char *program = version ? bp_format("%s/versions/%s/python.exe", pyenv, version) : NULL;
    free(version);
    free(pyenv);
    free(shims);
    return program;
}

/* Takes `path` (owned) as the interpreter, or what it leads to. */
static void take(const struct bp_probe *probe, struct bp_interpreter *interpreter, char *path) {
    bool alias = is_store_alias(probe->root, path);
    bool script = bp_ends_with(path, ".bat") || bp_ends_with(path, ".cmd");
    if (!alias && !script) {
        interpreter->executable = path;
        return;
    }
    interpreter->shim = path;
    interpreter->executable = alias ? store_program(probe->root, path) : pyenv_program(probe, path);
    if (!interpreter->executable) {
        interpreter->error = bp_format(alias ? "%s only offers to install Python from the Store"
                                             : "%s leads to no interpreter",
                                       path);
    }
}

/* --- the choice --- */

/* Whether something is there, a placeholder of the Store that leads nowhere aside. */
static bool leads_to_python(const struct bp_root *root, const char *path) {
    if (!is_store_alias(root, path)) {
        return bp_root_is_file(root, path);
    }
    char *program = store_program(root, path);
    bool leads = program != NULL;
    free(program);
    return leads;
}

/* The first program of that name in the folders of PATH. */
static char *first_on_path(const struct bp_probe *probe, const char *name) {
    static const char *const endings[] = {".exe", ".bat", ".cmd"};
    struct bp_strs folders = {0};
    char *found = NULL;
    bool ended = strchr(name, '.') != NULL;
    bp_drive_list(bp_probe_env(probe, "PATH"), &folders);
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

static void choose_asked(const struct bp_probe *probe, const char *asked,
                         struct bp_interpreter *interpreter) {
    interpreter->asked = bp_strdup(asked);
    interpreter->chosen_because =
        bp_strdup(probe->pythons_because ? probe->pythons_because : "asked for");
    if (!strpbrk(asked, "/\\:")) {
        char *found = first_on_path(probe, asked);
        if (found) {
            take(probe, interpreter, found);
        } else {
            interpreter->error = bp_format("there is no program %s on PATH", asked);
        }
        return;
    }
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

/* An environment that may be the one that is meant. */
struct candidate {
    char *program; /* NULL: there is none */
    size_t rank;   /* place of its folder on PATH; PATH's length where it is not there */
    char *because;
};

static struct candidate find_candidate(const struct bp_probe *probe, const struct bp_strs *folders,
                                       const char *environment) {
    struct candidate candidate = {.rank = folders->count};
    candidate.program = environment ? bp_windows_python_in(probe->root, environment) : NULL;
    char *folder = candidate.program ? bp_dir_name(candidate.program) : NULL;
    for (size_t i = folders->count; i > 0; i--) {
        if (bp_drive_same(folders->items[i - 1], folder)) {
            candidate.rank = i - 1;
        }
    }
    free(folder);
    return candidate;
}

/* One that a variable says is active. */
static struct candidate find_active(const struct bp_probe *probe, const struct bp_strs *folders,
                                    const char *variable, const char *words) {
    char *environment = bp_drive_variable(probe, variable);
    struct candidate active = find_candidate(probe, folders, environment);
    active.because =
        bp_format("%s%s", words, active.rank == folders->count ? ", though not on PATH" : "");
    free(environment);
    return active;
}

/* The one that this program is in, where it is there for more than this program. */
static struct candidate find_own(const struct bp_probe *probe, const struct bp_strs *folders,
                                 const struct bp_own_environment *own) {
    struct candidate candidate = find_candidate(probe, folders, own->subject ? own->folder : NULL);
    candidate.because = bp_format("environment that bnb-probe is installed in together with %s",
                                  own->subject ? own->subject : "");
    return candidate;
}

/* Whether one was taken. Where there are several, the earliest on PATH wins. */
static bool choose_environment(const struct bp_probe *probe, const struct bp_own_environment *own,
                               struct bp_interpreters *list) {
    struct bp_strs folders = {0};
    bp_drive_list(bp_probe_env(probe, "PATH"), &folders);
    struct candidate candidates[] = {
        find_active(probe, &folders, "VIRTUAL_ENV", "active virtual environment"),
        find_active(probe, &folders, "CONDA_PREFIX", "active conda environment"),
        find_own(probe, &folders, own),
    };
    enum { CANDIDATES = sizeof candidates / sizeof *candidates };
    struct candidate *chosen = NULL;
    for (size_t i = 0; i < CANDIDATES; i++) {
        if (candidates[i].program && (!chosen || candidates[i].rank < chosen->rank)) {
            chosen = &candidates[i];
        }
    }
    if (chosen) {
        struct bp_interpreter *interpreter = bp_interpreters_add(list);
        interpreter->chosen_because = bp_strdup(chosen->because);
        take(probe, interpreter, chosen->program);
        chosen->program = NULL; /* the interpreter owns it now */
    }
    for (size_t i = 0; i < CANDIDATES; i++) {
        free(candidates[i].program);
        free(candidates[i].because);
    }
    bp_strs_free(&folders);
    return chosen != NULL;
}

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

/* The first on PATH, else what the py launcher starts: a machine may have no Python. */
static void choose_any(const struct bp_probe *probe, const struct bp_own_environment *own,
                       struct bp_interpreters *list) {
    char *found = first_on_path(probe, "python");
    if (found) {
        struct bp_interpreter *interpreter = bp_interpreters_add(list);
        interpreter->chosen_because =
            bp_format("first python on PATH%s", bp_own_environment_is_beside_the_point(own)
                                                    ? ", bnb-probe's own environment left out"
                                                    : "");
        take(probe, interpreter, found);
    } else {
        choose_from_launcher(probe, list);
    }
}

void bp_windows_python_choose(const struct bp_probe *probe, struct bp_interpreters *list) {
    for (size_t i = 0; i < probe->pythons->count; i++) {
        choose_asked(probe, probe->pythons->items[i], bp_interpreters_add(list));
    }
    if (list->count > 0) {
        return;
    }
    struct bp_own_environment own;
    char *program = bp_own_program();
    bp_own_environment_find(probe->root, program, &own);
    if (!choose_environment(probe, &own, list)) {
        choose_any(probe, &own, list);
    }
    bp_own_environment_free(&own);
    free(program);
}
