/* Resolving a path inside a root folder, link by link. */
#ifndef BP_PROBE_OS_POSIX_ROOT_PATH_H
#define BP_PROBE_OS_POSIX_ROOT_PATH_H

#include <stdbool.h>

/*
 * `path` below the folder `root_fd` with every symbolic link resolved: absolute links and
 * ".." count from that folder and never lead out of it, as with openat2's RESOLVE_IN_ROOT.
 * The result starts with "/". NULL and errno (ELOOP after 40 links) where a part of it does
 * not exist. The caller frees it. With
 * `folds`, a part that is not there is taken in another case of its ASCII letters, as Windows
 * would, and the result has the spelling that is there.
 */
char *bp_root_path_resolve(int root_fd, const char *path, bool folds);

#endif
