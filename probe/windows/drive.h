/* Small things about a Windows machine's files and variables that its collectors share. */
#ifndef BP_PROBE_WINDOWS_DRIVE_H
#define BP_PROBE_WINDOWS_DRIVE_H

#include <stdbool.h>

#include "base/str.h"
#include "probe/binary/pe_version.h"
#include "probe/collector.h"

/* Whether `path` begins with a drive ("C:/x", "C:\\x") or is one of the network ("\\\\host"). */
bool bp_drive_is_absolute(const char *path);

/* Whether two paths or names are the same but for the case of their letters. NULL never is. */
bool bp_drive_same(const char *left, const char *right);

/* The folder that a variable names, as probe/ writes paths; NULL: none. The caller frees it. */
char *bp_drive_variable(const struct bp_probe *probe, const char *name);

/*
 * `name` in Windows' own folder of DLLs, C:/Windows/System32 unless the running Windows lies
 * elsewhere; "" for the folder itself. The caller frees it.
 */
char *bp_drive_in_system(const struct bp_probe *probe, const char *name);

/* The same for the folder of programs, C:/Program Files. */
char *bp_drive_in_programs(const struct bp_probe *probe, const char *name);

/* Appends the absolute folders of a list such as PATH's, each once, without their quotes. */
void bp_drive_list(const char *list, struct bp_strs *folders);

/* Appends the home folders: of this person, or of all in a root where nobody works. */
void bp_drive_homes(const struct bp_probe *probe, struct bp_strs *homes);

/* The home in C:/Users that `path` lies in, or NULL. The caller frees it. */
char *bp_drive_home_of(const char *path);

/* What the version resource of the file at `path` says; all NULL where nothing can be read. */
struct bp_pe_version bp_drive_file_version(const struct bp_root *root, const char *path);

/* Appends the folders (or, with `files`, all names) of `parent` that match the shell's pattern. */
void bp_drive_match(const struct bp_root *root, const char *parent, const char *pattern, bool files,
                    struct bp_strs *paths);

#endif
