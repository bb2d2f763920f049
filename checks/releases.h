/*
 * What each release of bitsandbytes holds, read from its wheels by scripts/releases into
 * checks/releases.json, which is built into the program. With it the loader model runs for a
 * release that is not installed.
 *
 * The file: {"schema", "symbols", "tables", "libraries", "releases"}. A row of "releases"
 * (newest first) has version, date (of the upload, YYYY-MM-DD), yanked (false, true or the
 * reason), era (see checks/loader/era.h), python (Requires-Python, null: none stated), torch
 * (the specifier asked of it: "" for any, null: not required), requires and markers (places
 * in the tables of these names) and wheels: platform tag to places in "libraries". A row of
 * "libraries" is [name, size in bytes, kind, needed, delay_needed, folders, versions,
 * gpu_code, exports]: the last seven are places in the tables kinds, lists, lists, folders,
 * versions, gpu_code, exports; null where the fact is not known. gpu_code is a list of
 * "cubin sm_90", "ptx compute_90", "hip gfx1100"; exports are those of "symbols" that the
 * file exports; a kind's soname is true where it is the file's own name.
 *
 * Nothing is parsed before it is asked for; parsing takes about a millisecond.
 */
#ifndef BP_CHECKS_RELEASES_H
#define BP_CHECKS_RELEASES_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct bp_machine;
struct bp_releases;

/* One release. Everything points into the releases; NULL where nothing is stated or known. */
struct bp_release {
    const char *version;
    const char *date;     /* YYYY-MM-DD */
    const char *era;      /* as its own code shows it */
    const char *python;   /* Requires-Python, such as ">=3.10" */
    const char *torch;    /* what it asks of torch, such as "<3,>=2.4"; "": any */
    bool yanked;          /* pip takes it only where it is asked for by its exact version */
    const cJSON *wheels;  /* object: platform tag to libraries */
    const cJSON *markers; /* array: the telling files that it has */
};

/* The releases built into the program. The caller frees them. */
struct bp_releases *bp_releases_builtin(void);

/* The same from the text of such a file; NULL with *err filled where it is none. */
struct bp_releases *bp_releases_parse(const char *text, size_t length, struct bp_err *err);

void bp_releases_free(struct bp_releases *releases);

size_t bp_releases_count(const struct bp_releases *releases);

/* The release at `index`, newest first; `index` must be below the count. */
struct bp_release bp_release_at(const struct bp_releases *releases, size_t index);

/* The release whose version equals `version` (PEP 440: 0.50 is 0.50.0). False: there is none. */
bool bp_release_find(const struct bp_releases *releases, const char *version,
                     struct bp_release *release);

/*
 * The snapshot's `bitsandbytes` section for a release, as if its wheel for `platform` (a
 * member of its wheels) were installed in the package folder `folder`; NULL: paths are left
 * out. Without what only an installed copy has (interpreter, installer, copies, sources).
 * NULL where there is no such release or wheel. The caller deletes it.
 */
cJSON *bp_release_package(const struct bp_releases *releases, const char *version,
                          const char *platform, const char *folder);

/*
 * The same with libraries that belong to the releases: quickly made again, not to be changed, and
 * to be deleted before the releases.
 */
cJSON *bp_release_package_shared(const struct bp_releases *releases, const char *version,
                                 const char *platform, const char *folder);

/* --- Which wheel pip would take --- */

/* What pip goes by. NULL: not known. */
struct bp_wheel_machine {
    const char *os;           /* linux, windows, macos */
    const char *machine;      /* of the interpreter, as `uname -m` says it */
    const char *libc;         /* glibc, musl ...; of Linux */
    const char *libc_version; /* "2.36" */
    const char *os_version;   /* of macOS: "14.5" */
    const char *python;       /* "3.11.4" */
    const char *pip;          /* "24.0"; where not known, one that knows today's tags */
};

enum bp_wheel_state {
    BP_WHEEL_TAKEN,   /* the wheel for `platform` */
    BP_WHEEL_NONE,    /* none, because of `reason` */
    BP_WHEEL_UNKNOWN, /* a fact that decides it is not known: `reason` */
};

struct bp_wheel_choice {
    enum bp_wheel_state state;
    const char *platform; /* points into the releases; NULL unless a wheel is taken */
    char *reason;         /* a clause such as "it needs Python >=3.10, and this is 3.9.2"; owned */
};

/* The view of the interpreter that the model looks at. Points into its snapshot. */
struct bp_wheel_machine bp_wheel_machine_of(const struct bp_machine *machine);

/*
 * Which wheel of a release pip would take, by the tags of PEP 425, PEP 600 (manylinux) and
 * PEP 656 (musllinux) and Requires-Python. A wheel for "any" fits every machine, whatever
 * the libraries inside are for. Free the reason.
 */
struct bp_wheel_choice bp_release_for(const struct bp_releases *releases, const char *version,
                                      const struct bp_wheel_machine *machine);

/*
 * The same of the newest release that is not yanked and has a wheel that fits: what
 * `pip install bitsandbytes` takes. *release is filled when one is taken. BP_WHEEL_UNKNOWN as
 * soon as a newer release cannot be judged.
 */
struct bp_wheel_choice bp_release_newest_for(const struct bp_releases *releases,
                                             const struct bp_wheel_machine *machine,
                                             struct bp_release *release);

#endif
