/* How the C library of a system is recognised. */
#ifndef BP_PROBE_LIBC_H
#define BP_PROBE_LIBC_H

#include "probe/os/files.h"

/*
 * The loader that the program at `path` asks for (PT_INTERP), or NULL where it is no ELF
 * program or needs none. The caller frees it.
 */
char *bp_program_loader(const struct bp_root *root, const char *path);

/*
 * The version in glibc's banner ("GNU C Library (...) stable release version 2.36.") of
 * the libc.so.6 at `path`, or NULL. The caller frees it.
 */
char *bp_glibc_banner_version(const struct bp_root *root, const char *path);

/*
 * The version in the file of musl's loader: the only string there of the form 1.2.3.
 * NULL where there is none or more than one. The caller frees it.
 */
char *bp_musl_file_version(const struct bp_root *root, const char *path);

/*
 * The version of package `name` in apk's database of installed packages, without the
 * distribution's revision ("1.2.4" of "1.2.4-r2"), or NULL; *database says which file.
 * The caller frees it.
 */
char *bp_apk_package_version(const struct bp_root *root, const char *name, const char **database);

/*
 * Folders in which a system keeps its libraries for `machine` (as `uname -m` says it; may
 * be NULL), multiarch folder first.
 */
void bp_libc_usual_folders(const char *machine, struct bp_strs *folders);

#endif
