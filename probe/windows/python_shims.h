/* Programs named python on a Windows machine that only lead to another one. */
#ifndef BP_PROBE_WINDOWS_PYTHON_SHIMS_H
#define BP_PROBE_WINDOWS_PYTHON_SHIMS_H

#include <stdbool.h>

#include "probe/collector.h"

/*
 * The Store puts an empty python.exe on PATH, whether or not it has installed Python. Where it
 * has, the folder of that package lies beside it, with an alias for python.exe of its own.
 */
bool bp_windows_is_store_alias(const struct bp_root *root, const char *path);

/* The program that such an alias starts, the newest of several; NULL: none. Caller frees. */
char *bp_windows_store_program(const struct bp_root *root, const char *alias);

/*
 * The interpreter behind PYENV/shims/python.bat, by pyenv-win's files; NULL where they name none.
 * The caller frees it.
 */
char *bp_windows_pyenv_program(const struct bp_probe *probe, const char *shim);

#endif
