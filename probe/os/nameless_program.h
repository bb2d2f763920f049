/*
 * A program that this one carries as bytes, made into something that the kernel executes without
 * giving it a name in any folder: it leaves nothing behind, however this process ends.
 * memfd_create(2), open(2) under O_TMPFILE.
 */
#ifndef BP_PROBE_OS_NAMELESS_PROGRAM_H
#define BP_PROBE_OS_NAMELESS_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* A descriptor (open across exec) of a file in memory with these bytes, or -1. */
int bp_program_in_memory(const void *bytes, size_t size, struct bp_err *err);

/*
 * The same of a file without a name in the first folder of `folders` (ended by NULL; absolute,
 * others are passed over) whose file system keeps files that may be executed; *folder is then
 * that one. For kernels that keep no file in memory, or execute none. Needs /proc.
 */
int bp_program_in_folder(const void *bytes, size_t size, const char *const *folders,
                         const char **folder, struct bp_err *err);

/*
 * The same of the file at `path`, only where it holds just these bytes, and nobody but its owner,
 * who is this user or root, can change it or put another into its place.
 */
int bp_program_in_file(const void *bytes, size_t size, const char *path, struct bp_err *err);

/*
 * Replaces this process by the program of descriptor `program`, which names its own loader. Comes
 * back only where that failed, with errno set.
 */
void bp_program_execute(int program, char *const arguments[]);

/*
 * The same through `loader`, whatever the program names. `arguments` without the program's own
 * name. Needs /proc.
 */
void bp_program_execute_through(const char *loader, int program, char *const arguments[]);

#endif
