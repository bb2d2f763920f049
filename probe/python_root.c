/* The interpreters of another root: a container image, a chroot, a mounted disk. */
#include "probe/python_root.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/import_rules.h"
#include "probe/macos/macos.h"
#include "probe/python_walk.h"

/* Enough for any image; a folder of homes on a big server must not make this endless. */
const size_t bp_python_root_limit = 64;
static const size_t homes_limit = 512;

/* A program that several of Homebrew's folders link to is one interpreter. */
static bool is_one_framework(const struct bp_probe *probe, const char *path, const char *real) {
    struct bp_pyvenv config;
    if (!bp_macos_is_framework(real)) {
        return false;
    }
    bool environment = bp_pyvenv_read(probe->root, path, &config);
    bp_pyvenv_free(&config);
    return !environment;
}

static bool is_known(const struct bp_probe *probe, const struct bp_interpreters *list,
                     const char *path) {
    char *folder = bp_dir_name(path);
    char *real = bp_root_resolve(probe->root, path, NULL);
    bool known = false;
    for (size_t i = 0; i < list->count && !known; i++) {
        /* Links in one folder are one interpreter; a virtual environment's is not its base. */
        char *other_folder = bp_dir_name(list->items[i].executable);
        char *folder_real = bp_root_resolve(probe->root, folder, NULL);
        char *other_folder_real = bp_root_resolve(probe->root, other_folder, NULL);
        char *other_real = bp_root_resolve(probe->root, list->items[i].executable, NULL);
        known = bp_equal(real, other_real) &&
                (bp_equal(folder_real, other_folder_real) ||
                 (is_one_framework(probe, path, real) &&
                  is_one_framework(probe, list->items[i].executable, other_real)));
        free(other_real);
        free(other_folder_real);
        free(folder_real);
        free(other_folder);
    }
    free(real);
    free(folder);
    return known;
}

void bp_python_root_add(const struct bp_probe *probe, struct bp_interpreters *list,
                        const char *path, const char *asked) {
    if (list->count >= bp_python_root_limit || is_known(probe, list, path)) {
        return;
    }
    struct bp_interpreter *interpreter = bp_interpreters_add(list);
    interpreter->asked = bp_strdup(asked);
    interpreter->chosen_because = bp_strdup(asked ? "asked for" : "found in the root");
    interpreter->executable = bp_strdup(path);
    bp_python_read_layout(probe, interpreter);
}

/* Whether it is python3, python3.11, python3.13t; not python3-config or python3.11-gdb. */
static bool is_interpreter_name(const char *name) {
    return bp_starts_with(name, "python3") && name[strspn(name, "python3.0123456789t")] == '\0';
}

/* The interpreters in a program folder: python3 first, then those with their version. */
static void look_in_bin(const struct bp_probe *probe, struct bp_interpreters *list,
                        const char *bin) {
    struct bp_strs names = {0};
    bp_root_list(probe->root, bin, 0, &names, NULL);
    for (size_t i = 0; i < names.count; i++) {
        char *path = bp_join(bin, names.items[i]);
        if (is_interpreter_name(names.items[i]) && bp_root_is_file(probe->root, path) &&
            !bp_macos_is_stub(probe->root, path)) {
            bp_python_root_add(probe, list, path, NULL);
        }
        free(path);
    }
    bp_strs_free(&names);
}

/*
 * Whether `folder` is an environment or an interpreter's prefix. A virtual environment's
 * program is often a dangling link in an image, so its configuration counts as well.
 */
static bool look_in_prefix(const struct bp_probe *probe, struct bp_interpreters *list,
                           const char *folder) {
    char *program = bp_join(folder, "bin/python3");
    char *config = bp_join(folder, "pyvenv.cfg");
    bool found = bp_root_is_file(probe->root, program) || bp_root_is_file(probe->root, config);
    if (found) {
        bp_python_root_add(probe, list, program, NULL);
    }
    free(config);
    free(program);
    return found;
}

/* Folders right below the root in which no applications are put. */
static const char *const system_folders[] = {
    "Applications", "Library", "System", "Users",      "Volumes", "cores", "private", "bin",
    "boot",         "dev",     "etc",    "home",       "lib",     "lib32", "lib64",   "libx32",
    "media",        "mnt",     "opt",    "proc",       "root",    "run",   "sbin",    "sys",
    "tmp",          "usr",     "var",    "lost+found", NULL};

/* A home: environments one and two levels down, and what pyenv and uv installed. */
static void look_in_home(const struct bp_python_walk *walk, const char *home) {
    static const char *const collections[] = {
        ".pyenv/versions", ".local/share/uv/python", ".virtualenvs",
        ".conda/envs",     "miniconda3/envs",        "anaconda3/envs",
        "miniforge3/envs", "mambaforge/envs",        NULL};
    bp_python_walk_below(walk, home, 1);
    bp_python_walk_collections(walk, home, collections);
}

static void look_in_homes(const struct bp_python_walk *walk) {
    struct bp_strs names = {0};
    const char *homes = bp_macos_is(walk->probe->root) ? "/Users" : "/home";
    look_in_home(walk, "/root");
    bp_root_list(walk->probe->root, homes, homes_limit, &names, NULL);
    for (size_t i = 0; i < names.count; i++) {
        char *home = bp_join(homes, names.items[i]);
        look_in_home(walk, home);
        free(home);
    }
    bp_strs_free(&names);
}

static void look_in_mac_folders(const struct bp_probe *probe, struct bp_interpreters *list) {
    struct bp_strs folders = {0};
    bp_macos_python_folders(probe->root, &folders);
    for (size_t i = 0; i < folders.count; i++) {
        look_in_bin(probe, list, folders.items[i]);
    }
    bp_strs_free(&folders);
}

static void add_asked(const struct bp_probe *probe, struct bp_interpreters *list,
                      const char *asked) {
    char *path =
        strchr(asked, '/') ? bp_path_normal("/", asked) : bp_probe_find_program(probe, asked);
    if (path && bp_macos_is_stub(probe->root, path)) {
        char *behind = bp_macos_behind_stub(probe, path);
        free(path);
        path = behind;
    }
    char *inside =
        path && bp_root_is_folder(probe->root, path) ? bp_join(path, "bin/python3") : NULL;
    bp_python_walk_add_asked(probe, list, asked, inside ? inside : path);
    free(inside);
    free(path);
}

/* Whether this interpreter would find `name`. Works its paths out on a copy. */
static bool finds(const struct bp_probe *probe, const struct bp_interpreter *interpreter,
                  const char *name) {
    struct bp_interpreters trial = {0};
    struct bp_interpreter *copy = bp_interpreters_add(&trial);
    copy->executable = bp_strdup(interpreter->executable);
    bp_python_read_layout(probe, copy);
    bool found = false;
    if (copy->known) {
        bp_python_find_paths(probe, copy);
        struct bp_import import = bp_import_find(probe->root, &copy->search_path, name);
        found = import.kind == BP_IMPORT_PACKAGE;
        bp_import_free(&import);
    }
    bp_interpreters_free(&trial);
    return found;
}

void bp_python_put_likely_first(const struct bp_probe *probe, struct bp_interpreters *list) {
    static const char *const signs[] = {"bitsandbytes", "torch"};
    for (size_t s = 0; s < sizeof signs / sizeof *signs; s++) {
        for (size_t i = 0; i < list->count; i++) {
            if (list->items[i].known && finds(probe, &list->items[i], signs[s])) {
                struct bp_interpreter found = list->items[i];
                memmove(&list->items[1], &list->items[0], i * sizeof *list->items);
                list->items[0] = found;
                return;
            }
        }
    }
}

void bp_python_find_in_root(const struct bp_probe *probe, struct bp_interpreters *list) {
    for (size_t i = 0; i < probe->pythons->count; i++) {
        add_asked(probe, list, probe->pythons->items[i]);
    }
    if (list->count > 0) {
        return;
    }
    const struct bp_python_walk walk = {
        .probe = probe, .list = list, .look_at = look_in_prefix, .same_name = bp_equal};
    if (bp_macos_is(probe->root)) {
        look_in_mac_folders(probe, list);
    }
    look_in_bin(probe, list, "/usr/local/bin");
    look_in_bin(probe, list, "/usr/bin");
    look_in_bin(probe, list, "/bin");
    bp_python_walk_below(&walk, "/opt", 1);
    bp_python_walk_top(&walk, "/", system_folders, 0);
    look_in_homes(&walk);
    bp_python_put_likely_first(probe, list);
}
