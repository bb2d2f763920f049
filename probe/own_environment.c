#include "probe/own_environment.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "probe/glob.h"
#include "probe/os/own_program.h"
#include "probe/os/variables.h"
#include "probe/python.h"

/* Links from the program that was started to the file itself; a person's and a tool's are two. */
enum { MOST_LINKS = 8 };

static bool is_environment(const struct bp_root *root, const char *folder) {
    return bp_root_holds(root, folder, "pyvenv.cfg") || bp_root_holds(root, folder, "conda-meta");
}

/* The environment with `program` in its program folder, or NULL. */
static char *environment_around(const struct bp_root *root, const char *program) {
    char *programs = bp_dir_name(program);
    char *folder = bp_dir_name(programs);
    free(programs);
    if (!is_environment(root, folder)) {
        free(folder);
        folder = NULL;
    }
    return folder;
}

/* Where the link `path` leads, or NULL where it is none. */
static char *next_link(const struct bp_root *root, const char *path) {
    char *target = bp_root_link(root, path, NULL);
    char *folder = target ? bp_dir_name(path) : NULL;
    char *next = target ? bp_path_normal(folder, target) : NULL;
    free(folder);
    free(target);
    return next;
}

/* The folders in which uv keeps unpacked wheels and the environments of uvx: archive-v0, ... */
static bool is_uv_archive(const char *name) {
    static const char start[] = "archive-v";
    return bp_starts_with(name, start) && isdigit((unsigned char)name[sizeof start - 1]);
}

static bool is_for_programs(const struct bp_root *root, const char *folder) {
    char *above = bp_dir_name(folder);
    bool found = bp_root_holds(root, folder, "uv-receipt.toml") ||
                 bp_root_holds(root, folder, "pipx_metadata.json") ||
                 is_uv_archive(bp_base_name(above));
    free(above);
    return found;
}

static bool holds_package(const struct bp_root *root, const char *folder, const char *name) {
    static const char *const places[] = {"lib/*/site-packages", "Lib/site-packages"};
    struct bp_strs found = {0};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char *pattern = bp_format("%s/%s/__init__.py", places[i], name);
        bp_root_glob(root, folder, pattern, &found);
        free(pattern);
    }
    bool any = found.count > 0;
    bp_strs_free(&found);
    return any;
}

static const char *find_subject(const struct bp_root *root, const char *folder) {
    return holds_package(root, folder, "bitsandbytes") ? "bitsandbytes"
           : holds_package(root, folder, "torch")      ? "torch"
                                                       : NULL;
}

void bp_own_environment_find(const struct bp_root *root, const char *program,
                             struct bp_own_environment *own) {
    *own = (struct bp_own_environment){0};
    char *path = program ? bp_path_normal("/", program) : NULL;
    for (int links = 0; path && !own->folder && links < MOST_LINKS; links++) {
        own->folder = environment_around(root, path);
        char *next = own->folder ? NULL : next_link(root, path);
        free(path);
        path = next;
    }
    free(path);
    if (own->folder) {
        own->for_programs = is_for_programs(root, own->folder);
        own->subject = find_subject(root, own->folder);
    }
}

void bp_own_environment_free(struct bp_own_environment *own) {
    free(own->folder);
    *own = (struct bp_own_environment){0};
}

bool bp_own_environment_is_beside_the_point(const struct bp_own_environment *own) {
    return own->for_programs && !own->subject;
}

/* Whether both lead to the same folder, however they are written. */
static bool is_same_folder(const struct bp_root *root, const char *one, const char *other) {
    char *left = bp_root_resolve(root, one, NULL);
    char *right = bp_root_resolve(root, other, NULL);
    bool same = left && bp_equal(left, right);
    free(left);
    free(right);
    return same;
}

/* Whether it is the folder of that environment's programs. */
static bool is_its_programs(const struct bp_root *root, const char *folder,
                            const char *environment) {
    static const char *const names[] = {"bin", "Scripts"};
    bool found = false;
    for (size_t i = 0; i < sizeof names / sizeof *names && !found; i++) {
        char *programs = bp_join(environment, names[i]);
        found = is_same_folder(root, folder, programs);
        free(programs);
    }
    return found;
}

/* PATH's text without the program folder of `environment`. The caller frees it. */
static char *path_without(const struct bp_root *root, const char *path, const char *environment) {
    struct bp_strs entries = {0};
    struct bp_str kept = BP_STR_EMPTY;
    bool first = true;
    bp_strs_split(&entries, path, bp_variable_list_separator, true);
    for (size_t i = 0; i < entries.count; i++) {
        const char *entry = entries.items[i];
        /* An empty one is the current folder, which nobody made for a program. */
        if (*entry && is_its_programs(root, entry, environment)) {
            continue;
        }
        if (!first) {
            bp_str_add_char(&kept, bp_variable_list_separator);
        }
        bp_str_add(&kept, entry);
        first = false;
    }
    bp_strs_free(&entries);
    return bp_str_detach(&kept);
}

void bp_own_environment_leave(const char *program) {
    struct bp_root root;
    struct bp_own_environment own;
    if (bp_root_open(&root, NULL, NULL) != 0) {
        return;
    }
    char *running = program ? NULL : bp_own_program();
    bp_own_environment_find(&root, program ? program : running, &own);
    if (bp_own_environment_is_beside_the_point(&own)) {
        const char *path = bp_variable("PATH");
        const char *active = bp_variable("VIRTUAL_ENV");
        char *kept = path ? path_without(&root, path, own.folder) : NULL;
        if (kept && *kept) {
            bp_variable_set("PATH", kept);
        } else {
            bp_variable_set("PATH", NULL); /* an empty one would mean the current folder */
        }
        if (active && is_same_folder(&root, active, own.folder)) {
            bp_variable_set("VIRTUAL_ENV", NULL);
        }
        free(kept);
    }
    bp_own_environment_free(&own);
    free(running);
    bp_root_close(&root);
}
