/* Files and folders that the person names, as the system has them. */
#ifndef BP_REPORT_NAMED_FILES_H
#define BP_REPORT_NAMED_FILES_H

#include <stdbool.h>

#include "base/error.h"
#include "base/str.h"

/* Appends the names in a folder, without "." and "..", in no order. -1 with *err: only why not. */
int bp_named_list(const char *folder, struct bp_strs *names, struct bp_err *err);

/* Whether it leads to a folder. */
bool bp_named_is_folder(const char *path);

/* The path from the root on, links resolved; NULL where there is nothing. The caller frees it. */
char *bp_named_whole(const char *path);

#endif
