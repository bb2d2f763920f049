/* Which interpreters to look at on a Windows machine itself. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/os/own_program.h"
#include "probe/own_environment.h"
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
