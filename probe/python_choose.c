/* Which interpreters to look at on the machine itself. */
#include "probe/python.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/macos/macos.h"
#include "probe/os/own_program.h"
#include "probe/own_environment.h"
#include "probe/trusted_program.h"

static bool is_program(const struct bp_root *root, const char *path) {
    return bp_root_is_file(root, path) && bp_root_may(root, path, BP_MAY_EXECUTE) &&
           bp_program_is_trusted(root, path);
}

static void path_folders(const struct bp_probe *probe, struct bp_strs *folders) {
    const char *path = bp_probe_env(probe, "PATH");
    struct bp_strs entries = {0};
    bp_strs_split(&entries, path ? path : "", ':', false);
    for (size_t i = 0; i < entries.count; i++) {
        /* A relative entry means another program in each folder: never run anything from it. */
        if (entries.items[i][0] == '/') {
            bp_strs_add_owned(folders, bp_path_normal("/", entries.items[i]));
        }
    }
    bp_strs_free(&entries);
}

char *bp_python_on_path(const struct bp_probe *probe, const char *name, const char *after) {
    struct bp_strs folders = {0};
    path_folders(probe, &folders);
    bool begun = after == NULL;
    char *found = NULL;
    for (size_t i = 0; i < folders.count && !found; i++) {
        if (bp_equal(folders.items[i], after)) {
            begun = true;
        } else if (begun) {
            char *candidate = bp_join(folders.items[i], name);
            if (is_program(probe->root, candidate)) {
                found = candidate;
            } else {
                free(candidate);
            }
        }
    }
    bp_strs_free(&folders);
    return found;
}

/*
 * What Apple's stub would start; where that is nothing, starting it would open a window. Takes
 * `path` (owned) over.
 */
static void take_behind_stub(const struct bp_probe *probe, struct bp_interpreter *interpreter,
                             char *path) {
    interpreter->shim = path;
    interpreter->executable = bp_macos_behind_stub(probe, path);
    if (!interpreter->executable) {
        interpreter->error =
            bp_format("%s only starts the %s of Xcode's command line tools, and they are not there",
                      path, bp_base_name(path));
    }
}

/* Takes `path` (owned) as the interpreter, or what it leads to where it is a shim. */
static void take(const struct bp_probe *probe, struct bp_interpreter *interpreter, char *path) {
    if (bp_macos_is_stub(probe->root, path)) {
        take_behind_stub(probe, interpreter, path);
        return;
    }
    if (!bp_python_is_shim(probe, path)) {
        interpreter->executable = path;
        return;
    }
    struct bp_err err = {0};
    interpreter->shim = path;
    interpreter->executable = bp_python_resolve_shim(probe, path, &err);
    if (!interpreter->executable) {
        interpreter->error = bp_strdup(bp_err_text(&err));
    }
    bp_err_clear(&err);
}

/* The program in an environment's folder, or NULL. */
static char *program_in(const struct bp_root *root, const char *environment) {
    static const char *const names[] = {"bin/python", "bin/python3"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *program = bp_join(environment, names[i]);
        if (is_program(root, program)) {
            return program;
        }
        free(program);
    }
    return NULL;
}

/* The absolute path that was asked for, whatever is there. */
static char *asked_path(const char *asked, const char *working_folder) {
    if (asked[0] == '/') {
        return bp_strdup(asked);
    }
    while (bp_starts_with(asked, "./")) {
        asked += 2;
    }
    return bp_join(working_folder, asked);
}

static void choose_asked(const struct bp_probe *probe, const char *asked,
                         struct bp_interpreter *interpreter) {
    interpreter->asked = bp_strdup(asked);
    interpreter->chosen_because =
        bp_strdup(probe->pythons_because ? probe->pythons_because : "asked for");
    if (!strchr(asked, '/')) {
        char *found = bp_python_on_path(probe, asked, NULL);
        if (found) {
            take(probe, interpreter, found);
        } else {
            interpreter->error = bp_format("there is no program %s on PATH", asked);
        }
        return;
    }
    char *working_folder = bp_working_folder(probe);
    char *path = working_folder || asked[0] == '/' ? asked_path(asked, working_folder) : NULL;
    char *inside =
        path && bp_root_is_folder(probe->root, path) ? program_in(probe->root, path) : NULL;
    if (!path) {
        interpreter->error = bp_format("%s cannot be found: the current folder is gone", asked);
    } else if (inside) {
        take(probe, interpreter, inside);
    } else if (bp_root_is_folder(probe->root, path)) {
        interpreter->error = bp_format("%s is a folder without bin/python", asked);
    } else if (!bp_root_is_file(probe->root, path)) {
        interpreter->error = bp_format("there is no file %s", asked);
    } else if (!bp_root_may(probe->root, path, BP_MAY_EXECUTE)) {
        interpreter->error = bp_format("%s may not be executed", asked);
    } else {
        take(probe, interpreter, path);
        path = NULL;
    }
    free(path);
    free(working_folder);
}

/* An environment that a person may mean without saying so. */
struct candidate {
    char *because;
    char *program; /* NULL where there is no such environment, or it holds no interpreter */
    size_t rank;   /* place of its bin folder on PATH; PATH's length where it is not there */
};

static struct candidate find_candidate(const struct bp_probe *probe, const struct bp_strs *folders,
                                       const char *environment) {
    struct candidate candidate = {.rank = folders->count};
    if (!environment || environment[0] != '/') {
        return candidate;
    }
    candidate.program = program_in(probe->root, environment);
    char *bin = bp_path_normal(environment, "bin");
    for (size_t i = folders->count; i > 0; i--) {
        if (bp_equal(folders->items[i - 1], bin)) {
            candidate.rank = i - 1;
        }
    }
    free(bin);
    return candidate;
}

/* One that a variable says is active. */
static struct candidate find_active(const struct bp_probe *probe, const struct bp_strs *folders,
                                    const char *variable, const char *words) {
    struct candidate active = find_candidate(probe, folders, bp_probe_env(probe, variable));
    active.because =
        bp_format("%s%s", words, active.rank == folders->count ? ", though not on PATH" : "");
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

/* Whether one was taken. Where there are several, the earliest on PATH wins, then the first here.
 */
static bool choose_environment(const struct bp_probe *probe, const struct bp_own_environment *own,
                               struct bp_interpreters *list) {
    struct bp_strs folders = {0};
    path_folders(probe, &folders);
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

/* Adds the first one on PATH, or none: a machine may have no Python. */
static void choose_from_path(const struct bp_probe *probe, const struct bp_own_environment *own,
                             struct bp_interpreters *list) {
    char *found = bp_python_on_path(probe, "python3", NULL);
    if (!found) {
        found = bp_python_on_path(probe, "python", NULL);
    }
    if (found) {
        struct bp_interpreter *interpreter = bp_interpreters_add(list);
        interpreter->chosen_because =
            bp_format("first python on PATH%s", bp_own_environment_is_beside_the_point(own)
                                                    ? ", bnb-probe's own environment left out"
                                                    : "");
        take(probe, interpreter, found);
    }
}

void bp_python_choose(const struct bp_probe *probe, struct bp_interpreters *list) {
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
        choose_from_path(probe, &own, list);
    }
    bp_own_environment_free(&own);
    free(program);
}
