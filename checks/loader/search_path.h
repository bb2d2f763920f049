/* The folders in which the loader looks for what a file needs. */
#ifndef BP_CHECKS_LOADER_SEARCH_PATH_H
#define BP_CHECKS_LOADER_SEARCH_PATH_H

#include "checks/loader/process.h"

/* Fills the folders of LD_LIBRARY_PATH and the default ones. */
void bp_search_path_start(struct bp_process *process);

/*
 * The folders of a mapped file's DT_RUNPATH or, where it has none, of its DT_RPATH: tokens
 * replaced, named as candidates' paths name them. Valid until the process changes.
 */
const struct bp_strs *bp_search_path_own(struct bp_process *process, int index);

/* `folder` as candidates' paths name it. The caller frees it. */
char *bp_search_path_folder(const struct bp_process *process, const char *folder);

/*
 * The glibc-hwcaps subfolders that this process looks into, best first: an array of names.
 * NULL: not known, any may count.
 */
const cJSON *bp_search_path_levels(const struct bp_process *process, bool *known);

#endif
