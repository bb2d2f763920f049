/*
 * The CUDA driver's library as a system has it. Opening it runs vendor code: only in a child.
 */
#ifndef BP_PROBE_CUDA_DRIVER_LIBRARY_H
#define BP_PROBE_CUDA_DRIVER_LIBRARY_H

#include "base/error.h"

/*
 * Opens it; it is never closed, which a driver that was started does not like. *name is under
 * which name it was, or would have been, found. NULL on error: BP_E_ABSENT where there is no such
 * library.
 */
void *bp_cuda_library_open(const char **name, struct bp_err *err);

/* The address of a function in it, or NULL. */
void *bp_cuda_library_function(void *library, const char *name);

/* The file that holds a function of it, links resolved. NULL: not known. The caller frees it. */
char *bp_cuda_library_file(void *library, void *function);

/* Run as root, NVIDIA's library makes missing nodes in /dev, unless it may not: takes the right. */
void bp_cuda_library_forgo_nodes(void);

#endif
