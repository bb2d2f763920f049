/*
 * What Windows answers of a link: REPARSE_DATA_BUFFER ([MS-FSCC] 2.1.2), as FSCTL_GET_REPARSE_POINT
 * gives it for symbolic links and junctions, and what stands for a program of the Store.
 */
#ifndef BP_PROBE_REPARSE_H
#define BP_PROBE_REPARSE_H

#include <stddef.h>

/*
 * Where the link of the answer `bytes` points, in the form that probe/ uses ("C:/Users",
 * "//server/share/x", or from the link's own folder on). NULL where the answer is of another kind,
 * or not whole. The caller frees it.
 */
char *bp_reparse_target(const void *bytes, size_t size);

#endif
