/*
 * Which files could satisfy a needed library: each with its header facts and the reason for
 * which it is found. It lists and does not choose: which of them a process would get depends
 * on who asks and on what is in the process before.
 */
#ifndef BP_PROBE_LIBRARY_SEARCH_H
#define BP_PROBE_LIBRARY_SEARCH_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "probe/binary/ld_cache.h"
#include "probe/library_files.h"
#include "probe/library_folders.h"
#include "probe/system_loader.h"

/* The names of the nvidia wheels' metadata folders in a site folder, listed once. */
struct bp_library_site {
    char *path;
    struct bp_strs metadata;
};

struct bp_library_search {
    const struct bp_root *root;
    const struct bp_system_loader *loader;
    const char *working_folder;      /* where relative folders start; not owned */
    struct bp_library_folders first; /* LD_LIBRARY_PATH */
    struct bp_ld_cache cache;
    struct bp_library_folders last;   /* the loader's default folders */
    struct bp_library_folders beyond; /* what no loader searches by itself */
    struct bp_library_folders own; /* of search paths in files, as far as they are none of these */
    struct bp_strs spelled;        /* folders in search paths that were looked at */
    cJSON *aliases;                /* of those, the ones known by another name: the schema's list */
    struct bp_strs stale;          /* libraries whose entry in the cache leads nowhere */
    struct bp_library_files files;
    struct bp_library_site *sites;
    size_t site_count;
};

/* Starts with empty lists; the caller fills `first`, `last`, `beyond` and reads `cache`. */
void bp_library_search_init(struct bp_library_search *search, const struct bp_root *root,
                            const struct bp_system_loader *loader);
void bp_library_search_free(struct bp_library_search *search);

/*
 * The files that could satisfy `soname`, as an array of the JSON Schema's "candidate":
 * LD_LIBRARY_PATH, search paths in files, the loader's cache, its default folders (without what
 * the cache leads to, too), then the places beyond. In torch's folder and in wheels a file of
 * another name but with that very SONAME counts, too: once torch has loaded it, it answers to it.
 * The caller deletes it.
 */
cJSON *bp_library_candidates(struct bp_library_search *search, const char *soname);

/*
 * Notes the search path that stands in `requester` (header facts with "path"): its RUNPATH or,
 * where it has none, its RPATH. A folder that is in no list yet is appended to search->own.
 */
void bp_library_note_own_path(struct bp_library_search *search, const cJSON *requester);

/* Notes how a search path spells a folder: one that is in a list by another name is an alias. */
void bp_library_note_folder(struct bp_library_search *search, const char *path);

/* Adds to `candidates`, at its place in the order, the file `soname` of search->own[index]. */
void bp_library_add_own(struct bp_library_search *search, size_t index, const char *soname,
                        cJSON *candidates);

/*
 * One candidate: the file at `path` in `folder`, or from the loader's cache where that is
 * NULL. NULL where there is no such file. The caller deletes it.
 */
cJSON *bp_library_candidate(struct bp_library_search *search, const char *path,
                            const struct bp_library_folder *folder);

#endif
