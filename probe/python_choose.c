/* Which interpreters to look at on the machine itself, where its paths begin with a slash. */
#include "probe/python_person.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/macos/macos.h"
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

static void take_asked(const struct bp_probe *probe, const char *asked,
                       struct bp_interpreter *interpreter) {
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

static char *first_on_path(const struct bp_probe *probe, const char *name) {
    return bp_python_on_path(probe, name, NULL);
}

static char *variable_folder(const struct bp_probe *probe, const char *name) {
    const char *value = bp_probe_env(probe, name);
    return value && value[0] == '/' ? bp_strdup(value) : NULL;
}

void bp_python_choose(const struct bp_probe *probe, struct bp_interpreters *list) {
    static const char *const first_names[] = {"python3", "python", NULL};
    static const struct bp_python_system system = {
        .path_marks = "/",
        .first_names = first_names,
        .path_folders = path_folders,
        .same_folder = bp_equal,
        .on_path = first_on_path,
        .variable = variable_folder,
        .program_in = program_in,
        .take = take,
        .take_asked = take_asked,
    };
    bp_python_choose_on(&system, probe, list);
}
