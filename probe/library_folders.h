/*
 * The folders in which libraries may lie, in the order in which they are asked, and why
 * each of them is looked into.
 */
#ifndef BP_PROBE_LIBRARY_FOLDERS_H
#define BP_PROBE_LIBRARY_FOLDERS_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "probe/collector.h"
#include "probe/system_loader.h"

/* The schema's words for "found_from" that stand for a folder. */
#define BP_FROM_LD_LIBRARY_PATH "ld_library_path"
#define BP_FROM_RUNPATH "runpath"
#define BP_FROM_CACHE "loader_cache"
#define BP_FROM_DEFAULT "default"
#define BP_FROM_CONDA "conda"
#define BP_FROM_TORCH "torch"
#define BP_FROM_WHEEL "wheel"
#define BP_FROM_TOOLKIT "toolkit"
#define BP_FROM_ROCM "rocm"
#define BP_FROM_PACKAGE "package" /* Windows: the folder of the file that needs it */
#define BP_FROM_PATH "path"       /* Windows: PATH, which is not searched for it */

struct bp_library_folder {
    char *path;
    const char *found_from; /* one of the words above */
    char *site;             /* of a wheel: the site folder that it lies in; else NULL */
    uint64_t device;
    uint64_t inode;
    bool listed;          /* `names` was filled */
    bool partial;         /* there are more names than those */
    struct bp_strs names; /* of the files in it */
};

struct bp_library_folders {
    struct bp_library_folder *items;
    size_t count;
    size_t capacity;
};

/*
 * Appends `path` if it is a folder and not the same folder as one that is there for the
 * same reason. For a place that a glibc loader searches (`searched`) its subfolders for
 * newer processors, glibc-hwcaps, come first, newest first.
 */
void bp_library_folders_add(struct bp_library_folders *folders, const struct bp_root *root,
                            const char *path, const char *found_from, bool searched);

/* The folder of the list that is the same folder, for whatever reason it is there, or NULL. */
const struct bp_library_folder *bp_library_folders_same(const struct bp_library_folders *folders,
                                                        const struct bp_file_status *status);

void bp_library_folders_free(struct bp_library_folders *folders);

/*
 * Whether the folder may hold a file of that name: no is certain. A small folder is listed
 * for it, once; of a large one every name may be there.
 */
bool bp_library_folder_may_hold(struct bp_library_folder *folder, const struct bp_root *root,
                                const char *name);

/* Names of the files in a folder, listed once. */
const struct bp_strs *bp_library_folder_names(struct bp_library_folder *folder,
                                              const struct bp_root *root);

/*
 * The parts of LD_LIBRARY_PATH, between ":" or ";", as absolute folders, whether or not they
 * are there. See bp_library_folders_of_variable.
 */
void bp_library_variable_parts(const struct bp_system_loader *loader, const char *value,
                               const char *origin, const char *working_folder,
                               struct bp_strs *parts);

/*
 * The parts of LD_LIBRARY_PATH, between ":" or ";", tokens replaced and relative ones made
 * absolute from `working_folder`: an empty part means that folder itself. `origin` is the
 * folder of the program.
 */
void bp_library_folders_of_variable(struct bp_library_folders *folders, const struct bp_root *root,
                                    const struct bp_system_loader *loader, const char *value,
                                    const char *origin, const char *working_folder);

/*
 * The places that no loader searches by itself: the conda environment, torch's own folder,
 * wheels, CUDA toolkits, ROCm.
 */
void bp_library_folders_beyond(struct bp_library_folders *folders, const struct bp_probe *probe,
                               const cJSON *interpreter);

#endif
