/*
 * Shims: small programs that pyenv, asdf and mise put on PATH, each of which picks an
 * interpreter by files and variables and starts it. Running one costs ten times what the
 * interpreter costs and may do anything, so its choice is worked out here instead.
 * https://github.com/pyenv/pyenv#understanding-python-version-selection
 * https://asdf-vm.com/manage/configuration.html  https://mise.jdx.dev/configuration.html
 */
#include "probe/python.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/version.h"

/* What differs between the version managers. */
struct manager {
    const char *name;
    const char *root_variable; /* names its root folder */
    const char *home_folder;   /* its root folder below HOME where the variable is unset */
    const char *versions;      /* folder of the installed versions, below the root */
    const char *version_variable;
    const char *version_files[3]; /* looked for in the current folder and its parents */
    const char *tool;             /* word that begins the line in them; NULL: whole lines */
    const char *global_file;      /* below the root, or below HOME where it starts with "~/" */
    bool system_by_default;       /* no version set: the next on PATH */
};

static const struct manager managers[] = {
    {
        .name = "pyenv",
        .root_variable = "PYENV_ROOT",
        .home_folder = ".pyenv",
        .versions = "versions",
        .version_variable = "PYENV_VERSION",
        .version_files = {".python-version"},
        .global_file = "version",
        .system_by_default = true,
    },
    {
        .name = "asdf",
        .root_variable = "ASDF_DATA_DIR",
        .home_folder = ".asdf",
        .versions = "installs/python",
        .version_variable = "ASDF_PYTHON_VERSION",
        .version_files = {".tool-versions"},
        .tool = "python",
        .global_file = "~/.tool-versions",
    },
    {
        .name = "mise",
        .root_variable = "MISE_DATA_DIR",
        .home_folder = ".local/share/mise",
        .versions = "installs/python",
        .version_variable = "MISE_PYTHON_VERSION",
        .version_files = {"mise.toml", ".mise.toml", ".tool-versions"},
        .tool = "python",
        .global_file = "~/.config/mise/config.toml",
        .system_by_default = true,
    },
};
static const struct manager *const mise = &managers[2];

/* A shim is small; what it runs stands near its start. */
static const size_t shim_head = 4096;

/* Limit of a version file, in bytes. */
static const size_t version_file_limit = 65536;

static const struct manager *manager_named_in(const char *text) {
    for (size_t i = 0; i < sizeof managers / sizeof *managers; i++) {
        if (strstr(text, managers[i].name)) {
            return &managers[i];
        }
    }
    return NULL;
}

/* The manager whose shim `path` is, or NULL. */
static const struct manager *manager_of(const struct bp_root *root, const char *path) {
    /* mise's shims are links to its own program. */
    char *target = bp_root_link(root, path, NULL);
    bool is_mise = target && bp_equal(bp_base_name(target), "mise");
    free(target);
    if (is_mise) {
        return mise;
    }
    struct bp_str head = BP_STR_EMPTY;
    bp_root_read(root, path, shim_head, &head, NULL);
    const struct manager *manager = NULL;
    if (bp_starts_with(head.data, "#!") && strstr(head.data, "exec")) {
        char *folder = bp_dir_name(path);
        const char *exec = strstr(head.data, "exec ");
        bool in_shims = bp_equal(bp_base_name(folder), "shims");
        manager = in_shims ? manager_named_in(head.data) : exec ? manager_named_in(exec) : NULL;
        free(folder);
    }
    bp_str_free(&head);
    return manager;
}

bool bp_python_is_shim(const struct bp_probe *probe, const char *path) {
    return manager_of(probe->root, path) != NULL;
}

static char *root_of(const struct bp_probe *probe, const struct manager *manager,
                     const char *shim) {
    const char *set = bp_probe_env(probe, manager->root_variable);
    if (set && set[0] == '/') {
        return bp_strdup(set);
    }
    char *folder = bp_dir_name(shim);
    char *root = NULL;
    const char *home = bp_probe_env(probe, "HOME");
    if (bp_equal(bp_base_name(folder), "shims")) {
        root = bp_dir_name(folder);
    } else if (home && home[0] == '/') {
        root = bp_join(home, manager->home_folder);
    }
    free(folder);
    return root;
}

/*
 * Cuts a comment off and leaves words between blanks. What TOML puts around them goes as
 * well (python = ["3.12", "3.11"]): it is in no version's name.
 */
static void leave_words(char *line) {
    line[strcspn(line, "#")] = '\0';
    for (char *other = line; (other = strpbrk(other, "\t\r=\"'[],"));) {
        *other = ' ';
    }
}

/* Appends the version words of a file's text. False where it names none. */
static bool words_of_text(const struct manager *manager, char *text, struct bp_strs *wanted) {
    struct bp_strs lines = {0};
    size_t before = wanted->count;
    bp_strs_split(&lines, text, '\n', false);
    for (size_t i = 0; i < lines.count; i++) {
        struct bp_strs words = {0};
        leave_words(lines.items[i]);
        bp_strs_split(&words, lines.items[i], ' ', false);
        bool ours = words.count > 0 && (!manager->tool || bp_equal(words.items[0], manager->tool));
        for (size_t w = manager->tool ? 1 : 0; ours && w < words.count; w++) {
            bp_strs_add(wanted, words.items[w]);
        }
        bp_strs_free(&words);
    }
    bp_strs_free(&lines);
    return wanted->count > before;
}

static bool words_of_file(const struct bp_root *root, const struct manager *manager,
                          const char *path, struct bp_strs *wanted) {
    struct bp_str text = BP_STR_EMPTY;
    bool named = bp_root_read(root, path, version_file_limit, &text, NULL) == 0 &&
                 words_of_text(manager, text.data, wanted);
    bp_str_free(&text);
    return named;
}

static bool words_of_folder(const struct bp_root *root, const struct manager *manager,
                            const char *folder, struct bp_strs *wanted, char **origin) {
    enum { FILES = sizeof manager->version_files / sizeof *manager->version_files };
    for (size_t i = 0; i < FILES && manager->version_files[i]; i++) {
        char *file = bp_join(folder, manager->version_files[i]);
        if (words_of_file(root, manager, file, wanted)) {
            *origin = file;
            return true;
        }
        free(file);
    }
    return false;
}

/* The version file in the current folder or the nearest parent that has one. */
static bool words_of_folders(const struct bp_probe *probe, const struct manager *manager,
                             struct bp_strs *wanted, char **origin) {
    char *folder = bp_working_folder(probe);
    bool named = false;
    while (folder && !named) {
        named = words_of_folder(probe->root, manager, folder, wanted, origin);
        char *parent = bp_equal(folder, "/") ? NULL : bp_dir_name(folder);
        free(folder);
        folder = parent;
    }
    free(folder);
    return named;
}

/* The versions that the manager would try, in order, and where that is said. */
static void find_wanted(const struct bp_probe *probe, const struct manager *manager,
                        const char *root, struct bp_strs *wanted, char **origin) {
    const char *variable = bp_probe_env(probe, manager->version_variable);
    if (variable && *variable) {
        char separator = bp_equal(manager->name, "pyenv") ? ':' : ' ';
        bp_strs_split(wanted, variable, separator, false);
        *origin = bp_strdup(manager->version_variable);
        return;
    }
    if (words_of_folders(probe, manager, wanted, origin)) {
        return;
    }
    const char *home = bp_probe_env(probe, "HOME");
    char *file = !bp_starts_with(manager->global_file, "~/") ? bp_join(root, manager->global_file)
                 : home ? bp_join(home, manager->global_file + 2)
                        : NULL;
    if (file && words_of_file(probe->root, manager, file, wanted)) {
        *origin = file;
        return;
    }
    free(file);
    if (manager->system_by_default) {
        bp_strs_add(wanted, "system");
        *origin = bp_strdup("no version being set");
    }
}

/* Newest installed version that `start` abbreviates ("3.11" for 3.11.7), or NULL. */
static char *newest_of(const struct bp_root *root, const char *versions, const char *start) {
    struct bp_strs names = {0};
    bp_root_list(root, versions, 0, &names, NULL);
    char *dotted = bp_format("%s.", start);
    const char *newest = NULL;
    for (size_t i = 0; i < names.count; i++) {
        int order = 1;
        if (bp_starts_with(names.items[i], dotted) && bp_version_valid(names.items[i]) &&
            (!newest || bp_version_compare(names.items[i], newest, &order)) && order > 0) {
            newest = names.items[i];
        }
    }
    char *path = newest ? bp_join(versions, newest) : NULL;
    free(dotted);
    bp_strs_free(&names);
    return path;
}

/* Folder of an installed version, or NULL. */
static char *version_folder(const struct bp_root *root, const char *versions, const char *name) {
    if (strchr(name, '/') || bp_starts_with(name, ".")) {
        return NULL;
    }
    if (bp_starts_with(name, "python-")) {
        name += strlen("python-");
    }
    char *exact = bp_join(versions, name);
    if (bp_root_is_folder(root, exact)) {
        return exact;
    }
    free(exact);
    return newest_of(root, versions, name);
}

static char *program_of_version(const struct bp_probe *probe, const char *shim,
                                const char *versions, const char *version) {
    const char *program = bp_base_name(shim);
    if (bp_equal(version, "system")) {
        char *shims = bp_dir_name(shim);
        char *found = bp_python_on_path(probe, program, shims);
        free(shims);
        if (found && bp_python_is_shim(probe, found)) {
            free(found); /* two managers on one PATH may point at each other without end */
            return NULL;
        }
        return found;
    }
    char *folder = version_folder(probe->root, versions, version);
    char *found = folder ? bp_format("%s/bin/%s", folder, program) : NULL;
    free(folder);
    if (found && !bp_root_may(probe->root, found, BP_MAY_EXECUTE)) {
        free(found);
        found = NULL;
    }
    return found;
}

static char *join_words(const struct bp_strs *words) {
    struct bp_str joined = BP_STR_EMPTY;
    for (size_t i = 0; i < words->count; i++) {
        bp_str_addf(&joined, "%s%s", i ? ", " : "", words->items[i]);
    }
    return bp_str_detach(&joined);
}

static int fail_unresolved(const char *path, const struct manager *manager,
                           const struct bp_strs *wanted, const char *origin, struct bp_err *err) {
    if (wanted->count == 0) {
        return bp_fail(err, BP_E_ABSENT, "%s is a shim of %s, and no version is set for it", path,
                       manager->name);
    }
    char *words = join_words(wanted);
    bp_fail(err, BP_E_ABSENT,
            "%s is a shim of %s, and none of the versions it is to use (%s, from %s) has a "
            "program %s",
            path, manager->name, words, origin, bp_base_name(path));
    free(words);
    return -1;
}

char *bp_python_resolve_shim(const struct bp_probe *probe, const char *path, struct bp_err *err) {
    const struct manager *manager = manager_of(probe->root, path);
    char *root = manager ? root_of(probe, manager, path) : NULL;
    if (!root) {
        bp_fail(err, BP_E_ABSENT, "%s is a shim whose version manager has no known folder", path);
        return NULL;
    }
    char *versions = bp_join(root, manager->versions);
    struct bp_strs wanted = {0};
    char *origin = NULL;
    find_wanted(probe, manager, root, &wanted, &origin);
    char *found = NULL;
    for (size_t i = 0; i < wanted.count && !found; i++) {
        found = program_of_version(probe, path, versions, wanted.items[i]);
    }
    if (!found) {
        fail_unresolved(path, manager, &wanted, origin, err);
    }
    free(origin);
    bp_strs_free(&wanted);
    free(versions);
    free(root);
    return found;
}
