/*
 * What sys.path would be for a program started here: the core path that the interpreter
 * itself gave, PYTHONPATH before it, and after it what the site module adds. The rules
 * are those of CPython's Lib/site.py and of the changes that Debian and Fedora make to
 * it, which are recognised in the interpreter's own copy of that file.
 */
#include "probe/python.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/macos/macos.h"
#include "probe/os/user.h"
#include "probe/windows/drive.h"
#include "probe/windows/pythons.h"

/* site.py has about 700 lines. */
static const size_t site_module_limit = (size_t)256 << 10;

/* What differs between releases' and distributions' site.py. */
struct site_rules {
    bool debian; /* dist-packages folders */
    bool fedora; /* /usr/local counts as a prefix, unless user sites are off */
    struct bp_pth_rules pth;
};

static struct site_rules read_site_rules(const struct bp_root *root, const char *library) {
    struct site_rules rules = {0};
    if (!library) {
        return rules;
    }
    struct bp_str text = BP_STR_EMPTY;
    char *path = bp_join(library, "site.py");
    bp_root_read(root, path, site_module_limit, &text, NULL);
    rules.debian = strstr(text.data, "\"dist-packages\"") || strstr(text.data, "'dist-packages'");
    rules.fedora = strstr(text.data, "RPM_BUILD_ROOT") && strstr(text.data, "/usr/local");
    rules.pth.skip_byte_order_mark = strstr(text.data, "utf-8-sig") != NULL;
    free(path);
    bp_str_free(&text);
    return rules;
}

/* The folder of the core path that holds the standard library, or NULL. */
static char *find_standard_library(const struct bp_root *root, const struct bp_strs *core_path) {
    for (size_t i = 0; i < core_path->count; i++) {
        char *module = bp_join(core_path->items[i], "site.py");
        bool found = bp_root_is_file(root, module);
        free(module);
        if (found) {
            return bp_strdup(core_path->items[i]);
        }
    }
    return NULL;
}

/* "python3.12", "python3.13t", "pypy3.10". */
static char *versioned_name(const struct bp_interpreter *interpreter) {
    bool pypy = bp_equal(interpreter->implementation, "pypy");
    return bp_format("%s%d.%d%s", pypy ? "pypy" : "python", interpreter->major, interpreter->minor,
                     interpreter->free_threaded ? "t" : "");
}

struct site {
    const struct bp_root *root;
    struct bp_interpreter *interpreter;
    struct site_rules rules;
    char *versioned; /* see versioned_name */
};

/* Adds prefix/between/versioned/last. `versioned` and `last` may be "". */
static void add_folder(const struct site *site, const char *prefix, const char *between,
                       const char *versioned, const char *last) {
    char *joined = bp_format("%s/%s/%s/%s", prefix, between, versioned, last);
    char *folder = bp_path_normal("/", joined);
    struct bp_interpreter *interpreter = site->interpreter;
    if (bp_root_is_folder(site->root, folder)) {
        bp_strs_add_once(&interpreter->site_folders, folder);
    }
    bp_site_folder_add(site->root, folder, &site->rules.pth, &interpreter->search_path,
                       &interpreter->code_paths);
    free(folder);
    free(joined);
}

static void add_plain_prefix(const struct site *site, const char *prefix, const char *last) {
    const char *library = site->interpreter->library_folder;
    add_folder(site, prefix, library, site->versioned, last);
    if (!bp_equal(library, "lib")) {
        add_folder(site, prefix, "lib", site->versioned, last);
    }
}

static void add_prefix(const struct site *site, const char *prefix) {
    if (!site->rules.debian) {
        add_plain_prefix(site, prefix, "site-packages");
        if (bp_equal(site->interpreter->implementation, "pypy")) {
            add_folder(site, prefix, "", "", "site-packages"); /* before PyPy 7.3.6 */
        }
        return;
    }
    if (site->interpreter->virtual_env) {
        add_folder(site, prefix, "lib", site->versioned, "site-packages");
    }
    add_folder(site, prefix, "local/lib", site->versioned, "dist-packages");
    add_folder(site, prefix, "lib", "python3", "dist-packages");
    add_plain_prefix(site, prefix, "dist-packages");
}

/* Home of the person, or in another root of the one whose interpreter this is. */
static char *find_home(const struct bp_probe *probe, const struct bp_interpreter *interpreter) {
    if (probe->root->live) {
        return bp_strdup(bp_probe_env(probe, "HOME"));
    }
    bool mac = bp_macos_is(probe->root);
    const char *homes = mac ? "/Users/" : "/home/";
    if (!bp_starts_with(interpreter->executable, homes)) {
        return mac ? bp_macos_only_home(probe->root) : bp_strdup("/root");
    }
    const char *name = interpreter->executable + strlen(homes);
    return bp_format("%s%.*s", homes, (int)strcspn(name, "/"), name);
}

/* The site module's own layout for framework builds of Python. */
static char *framework_user_site(const char *base, const char *home,
                                 const struct bp_interpreter *interpreter) {
    char *user_base = base   ? bp_strdup(base)
                      : home ? bp_format("%s/Library/Python/%d.%d%s", home, interpreter->major,
                                         interpreter->minor, interpreter->free_threaded ? "t" : "")
                             : NULL;
    char *folder =
        user_base && user_base[0] == '/' ? bp_join(user_base, "lib/python/site-packages") : NULL;
    free(user_base);
    return folder;
}

static char *find_user_site(const struct bp_probe *probe, const struct site *site) {
    const char *base = bp_probe_env(probe, "PYTHONUSERBASE");
    char *home = base && *base ? NULL : find_home(probe, site->interpreter);
    char *user_base = base && *base ? bp_strdup(base) : home ? bp_join(home, ".local") : NULL;
    char *folder = NULL;
    if (bp_macos_is_framework(site->interpreter->base_prefix) && bp_macos_is(probe->root)) {
        folder = framework_user_site(base && *base ? base : NULL, home, site->interpreter);
    } else if (user_base && user_base[0] == '/') {
        /* The user's folder is named python even with PyPy, and lib even where there is lib64. */
        folder =
            bp_format("%s/lib/python%d.%d%s/site-packages", user_base, site->interpreter->major,
                      site->interpreter->minor, site->interpreter->free_threaded ? "t" : "");
    }
    free(user_base);
    free(home);
    return folder;
}

static bool user_site_allowed(const struct bp_probe *probe,
                              const struct bp_interpreter *interpreter) {
    const char *off = bp_probe_env(probe, "PYTHONNOUSERSITE");
    if ((off && *off) || (interpreter->virtual_env && !interpreter->sees_system_site)) {
        return false;
    }
    return bp_user_is_one();
}

static bool is_absolute(const struct bp_root *root, const char *path) {
    return root->drive ? bp_drive_is_absolute(path) : path[0] == '/';
}

/* PYTHONPATH comes before everything; an empty entry is the current folder. */
static void add_python_path(const struct bp_probe *probe, struct bp_strs *search_path) {
    const char *variable = bp_probe_env(probe, "PYTHONPATH");
    if (!variable || !*variable) {
        return;
    }
    struct bp_strs entries = {0};
    char *working_folder = bp_working_folder(probe);
    bp_strs_split(&entries, variable, probe->root->drive ? ';' : ':', true);
    for (size_t i = 0; i < entries.count; i++) {
        if (is_absolute(probe->root, entries.items[i]) || working_folder) {
            char *folder = bp_path_normal(working_folder, entries.items[i]);
            bp_strs_add_once(search_path, folder);
            free(folder);
        }
    }
    free(working_folder);
    bp_strs_free(&entries);
}

static void find_prefix(const struct bp_root *root, struct bp_interpreter *interpreter) {
    struct bp_pyvenv config;
    interpreter->virtual_env = bp_pyvenv_read(root, interpreter->executable, &config);
    if (interpreter->virtual_env) {
        interpreter->prefix = bp_path_normal("/", config.folder);
        interpreter->sees_system_site = config.system_site;
        bp_pyvenv_free(&config);
    } else {
        interpreter->prefix = bp_strdup(interpreter->base_prefix);
        interpreter->sees_system_site = true;
    }
}

/* In the order of site.main(): virtual environment, user site, prefixes. */
static void add_site(const struct bp_probe *probe, const struct site *site) {
    struct bp_interpreter *interpreter = site->interpreter;
    if (interpreter->virtual_env) {
        add_prefix(site, interpreter->prefix);
    }
    if (interpreter->user_site_enabled && interpreter->user_site) {
        if (bp_root_is_folder(probe->root, interpreter->user_site)) {
            bp_strs_add_once(&interpreter->site_folders, interpreter->user_site);
        }
        bp_site_folder_add(probe->root, interpreter->user_site, &site->rules.pth,
                           &interpreter->search_path, &interpreter->code_paths);
    }
    if (!interpreter->sees_system_site) {
        return;
    }
    if (site->rules.fedora && interpreter->user_site_enabled) {
        add_prefix(site, "/usr/local");
    }
    add_prefix(site, interpreter->base_prefix);
    add_prefix(site, interpreter->base_exec_prefix);
}

void bp_python_find_paths(const struct bp_probe *probe, struct bp_interpreter *interpreter) {
    find_prefix(probe->root, interpreter);
    if (!interpreter->path_file) {
        add_python_path(probe, &interpreter->search_path);
    }
    if (probe->root->drive) {
        bp_windows_python_find_paths(probe, interpreter);
        return;
    }
    interpreter->standard_library = find_standard_library(probe->root, &interpreter->core_path);
    struct site site = {
        .root = probe->root,
        .interpreter = interpreter,
        .rules = read_site_rules(probe->root, interpreter->standard_library),
        .versioned = versioned_name(interpreter),
    };
    for (size_t i = 0; i < interpreter->core_path.count; i++) {
        char *folder = bp_path_normal("/", interpreter->core_path.items[i]);
        bp_strs_add_once(&interpreter->search_path, folder);
        free(folder);
    }
    interpreter->user_site = find_user_site(probe, &site);
    interpreter->user_site_enabled = user_site_allowed(probe, interpreter);
    add_site(probe, &site);
    free(site.versioned);
}
