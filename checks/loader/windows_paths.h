/* Windows names and paths, in which case does not count and both slashes part folders. */
#ifndef BP_CHECKS_LOADER_WINDOWS_PATHS_H
#define BP_CHECKS_LOADER_WINDOWS_PATHS_H

#include <stdbool.h>
#include <stddef.h>

/* Whether two paths or names are the same, a slash at the end aside. NULL is never a match. */
bool bp_windows_same(const char *left, const char *right);

/* Whether `text` begins with `start`. NULL is never a match. */
bool bp_windows_starts_with(const char *text, const char *start);

/* The part after the last slash. Points into `path`. */
const char *bp_windows_name(const char *path);

/* `path` without its last part, or NULL where it has one part or is NULL. The caller frees it. */
char *bp_windows_folder(const char *path);

/* Whether `path` is a file in `folder` itself. NULL is never a match. */
bool bp_windows_lies_in(const char *path, const char *folder);

#endif
