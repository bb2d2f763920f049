/*
 * One Python interpreter: how it was found, what it says of itself, where it looks for
 * packages. The parts of the python collector, in the order in which they run:
 * python_choose or python_root (which), python_ask (the child), python_paths (what
 * sys.path would be), python_kind, then packages.h, torch_version, shadowing.
 */
#ifndef BP_PROBE_PYTHON_H
#define BP_PROBE_PYTHON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/str.h"
#include "probe/collector.h"

/* All strings are owned; NULL: not known. */
struct bp_interpreter {
    /* How it was found. */
    char *asked;          /* as given with --python */
    char *chosen_because; /* in words */
    char *executable;     /* absolute; NULL where `error` says why there is none */
    char *shim;           /* the shim that led to it */
    char *error;          /* why it could not be found or asked */

    /* What it says of itself (or, in another root, what its files say). */
    bool known; /* the rest of this part holds */
    char *implementation;
    char *version;
    int major;
    int minor;
    int bits;           /* 0: not known */
    bool free_threaded; /* its folders are named pythonX.Yt */
    char *base_prefix;
    char *base_exec_prefix;
    char *library_folder;     /* sys.platlibdir: "lib" or "lib64" */
    struct bp_strs core_path; /* sys.path before the site module adds to it */
    char *path_file;          /* Windows: the ._pth file that gives all of that, or NULL */
    bool without_site;        /* no site module is run: no site folder, no .pth file */

    /* What follows from both. */
    char *prefix;          /* with a virtual environment: its folder */
    bool virtual_env;      /* a pyvenv.cfg stands beside it */
    bool sees_system_site; /* its include-system-site-packages */
    struct bp_strs search_path;
    struct bp_strs site_folders; /* those of search_path that hold installed packages */
    char *user_site;             /* folder, there or not */
    bool user_site_enabled;
    char *standard_library;    /* folder, or NULL */
    struct bp_strs code_paths; /* .pth files with lines that Python would execute */
};

struct bp_interpreters {
    struct bp_interpreter *items;
    size_t count;
};

/* Appends an empty one; the pointer holds until the next call. */
struct bp_interpreter *bp_interpreters_add(struct bp_interpreters *list);
void bp_interpreters_free(struct bp_interpreters *list);

/* The current folder, or NULL: in another root there is none. The caller frees it. */
char *bp_working_folder(const struct bp_probe *probe);

/*
 * `path`, taken from `folder` unless it is absolute, without ".", ".." and doubled
 * slashes, as os.path.abspath makes it: links are not looked at. On a Windows drive,
 * backslashes become slashes. The caller frees it.
 */
char *bp_path_normal(const char *folder, const char *path);

/* Whether `path` is `folder` or inside it. Both absolute. */
bool bp_path_inside(const char *path, const char *folder);

/*
 * The interpreters asked for with --python, else the one a person would get: an active virtual or
 * conda environment, or the one that this program is in together with bitsandbytes or torch, else
 * the first on PATH (see probe/own_environment.h). One asked for that cannot be found has `error`;
 * where none is asked for and none is there, the list stays empty.
 */
void bp_python_choose(const struct bp_probe *probe, struct bp_interpreters *list);

/*
 * Program `name` on PATH, leaving out relative entries and, where `after` is not NULL,
 * everything up to the folder `after`. NULL where there is none. The caller frees it.
 */
char *bp_python_on_path(const struct bp_probe *probe, const char *name, const char *after);

/* Whether `path` is a shim of pyenv, asdf or mise: a program that only picks another one. */
bool bp_python_is_shim(const struct bp_probe *probe, const char *path);

/*
 * The interpreter that a shim would start, worked out from the version manager's files
 * without running it. NULL with *err filled where it starts none. The caller frees it.
 */
char *bp_python_resolve_shim(const struct bp_probe *probe, const char *path, struct bp_err *err);

/* The interpreters that another root holds; none is no error. Nothing is run. */
void bp_python_find_in_root(const struct bp_probe *probe, struct bp_interpreters *list);

/* Fills "what it says of itself" from the files around `executable`: for another root. */
void bp_python_read_layout(const struct bp_probe *probe, struct bp_interpreter *interpreter);

/*
 * Asks all interpreters of the list at the same time and waits for them. One that gives
 * no proper answer gets `error`; the others are not held up beyond the deadline.
 */
void bp_python_ask(const struct bp_probe *probe, struct bp_interpreters *list);

/* Reads what the child printed. Returns -1 where it is not a whole answer. */
int bp_python_read_answer(const char *output, struct bp_interpreter *interpreter,
                          struct bp_err *err);

/*
 * Works out prefix, search path and user site as the site module would.
 * https://docs.python.org/3/library/site.html
 */
void bp_python_find_paths(const struct bp_probe *probe, struct bp_interpreter *interpreter);

/* pyvenv.cfg (PEP 405), keys in lower case. */
struct bp_pyvenv {
    char *folder;  /* of the environment */
    char *home;    /* folder of the base interpreter */
    char *version; /* "version" or "version_info" */
    bool system_site;
};

/* The configuration that belongs to `executable`. False where it is in no virtual environment. */
bool bp_pyvenv_read(const struct bp_root *root, const char *executable, struct bp_pyvenv *config);
void bp_pyvenv_free(struct bp_pyvenv *config);

/* How this release reads .pth files. */
struct bp_pth_rules {
    bool skip_byte_order_mark; /* from 3.13 on */
};

/*
 * Appends to `search_path` what a site folder adds: itself and the folders that its .pth
 * files name. Names of .pth files that hold code go to `code_paths`.
 */
void bp_site_folder_add(const struct bp_root *root, const char *folder,
                        const struct bp_pth_rules *rules, struct bp_strs *search_path,
                        struct bp_strs *code_paths);

/* "venv", "conda", "system", "user", "store", "standalone", "app-embedded". */
const char *bp_python_kind(const struct bp_probe *probe, const struct bp_interpreter *interpreter,
                           const char **application);

/* Facts of torch's version file under the search path, or NULL where there is no torch. */
cJSON *bp_torch_version(const struct bp_root *root, const struct bp_strs *search_path);

/* The schema's "shadowing". */
cJSON *bp_shadowing(const struct bp_probe *probe, const struct bp_interpreter *interpreter);

#endif
