/* Which Python a command of Windows uses, by its first word. */
#ifndef BP_PROBE_WINDOWS_COMMAND_PYTHON_H
#define BP_PROBE_WINDOWS_COMMAND_PYTHON_H

#include "probe/os/files.h"

/*
 * The interpreter that `word` starts, found on `path` (PATH's value, or NULL) or, with a slash,
 * from `folder` on. A program of a package (accelerate.exe) is in the folder Scripts of its
 * environment: its interpreter is the one beside it or, with conda, above it. NULL where that is
 * no Python. The caller frees it.
 */
char *bp_windows_python_of_word(const struct bp_root *root, const char *word, const char *path,
                                const char *folder);

#endif
