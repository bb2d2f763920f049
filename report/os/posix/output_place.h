/*
 * Where a file that is to be written really stands. A folder to which others may write can
 * hold a link that somebody planted to have another's file replaced: links are followed one at
 * a time, and only those of somebody who could have replaced that file anyway. (Linux does the
 * same for /tmp where fs.protected_symlinks is set.)
 */
#ifndef BP_REPORT_OS_POSIX_OUTPUT_PLACE_H
#define BP_REPORT_OS_POSIX_OUTPUT_PLACE_H

#include <stdbool.h>
#include <sys/stat.h>

struct bp_place {
    int folder;         /* descriptor of the folder; -1: none */
    char *name;         /* in that folder; of no link */
    bool is_open;       /* but of a link of /proc to what a process has open, such as a pipe */
    bool exists;        /* and `status` is filled in */
    struct stat status; /* what stands there; of a link of /proc, what it leads to */
};

/* What bp_place_find says of a link, a pipe or a socket that somebody planted. */
enum { BP_PLACE_PLANTED = -1 };

/*
 * Follows `path`. 0, or the system's error number, or BP_PLACE_PLANTED. *place is ended with
 * bp_place_free, also after an error.
 */
int bp_place_find(const char *path, struct bp_place *place);

void bp_place_free(struct bp_place *place);

/* Whether links in the folder lead to what a process has open and not along a path: those of /proc.
 */
bool bp_place_is_magic(int folder);

#endif
