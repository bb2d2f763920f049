/*
 * What the interpreter and `import torch` map, in the order in which they do: the interpreter
 * with what it needs, LD_PRELOAD, libtorch_global_deps.so, the nvidia wheels' libraries that
 * torch opens by path, and torch's own module with all that it needs.
 */
#ifndef BP_CHECKS_LOADER_IMPORT_TORCH_H
#define BP_CHECKS_LOADER_IMPORT_TORCH_H

#include "checks/loader/process.h"

/* Fills a new process. Sets process->torch_error where the import fails. */
void bp_import_torch(struct bp_process *process);

/*
 * Opens one file for `import torch` and keeps what it maps, or nothing where it fails. Returns
 * what the loader says then, which the caller frees, or NULL.
 */
char *bp_import_open(struct bp_process *process, const cJSON *facts, enum bp_stage stage);

/*
 * Opens the libraries that torch opens by path before or after libtorch_global_deps.so.
 * `error` is what opening that one ended with, or NULL. Returns what the import ends with,
 * which the caller frees, or NULL.
 */
char *bp_import_preload(struct bp_process *process, const char *error);

#endif
