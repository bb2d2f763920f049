/* Which Python interpreter a command uses. */
#ifndef BP_PROBE_COMMAND_PYTHON_H
#define BP_PROBE_COMMAND_PYTHON_H

#include "base/str.h"
#include "probe/command_look.h"
#include "probe/os/files.h"

/*
 * The interpreter of a process as it finds itself (its sys.executable): the name it was started by,
 * looked for on its PATH, where that leads to the file that it executes; else that file. A virtual
 * environment is known by the name alone. The caller frees it.
 */
char *bp_python_of_process(const struct bp_root *root, const struct bp_seen_process *process);

/*
 * The interpreter that a command line names: `word` itself where it is one, or what the first line
 * of the script `word` says. `word` is looked for on `path`. NULL where it names none. The caller
 * frees it.
 */
char *bp_python_of_word(const struct bp_root *root, const char *word, const char *path);

#endif
