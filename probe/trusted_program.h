/* Whether a program that was found, not asked for, may be started. */
#ifndef BP_PROBE_TRUSTED_PROGRAM_H
#define BP_PROBE_TRUSTED_PROGRAM_H

#include <stdbool.h>

#include "probe/os/files.h"

/*
 * No where this process has the rights of another user than the one who called it (sudo), and
 * others could have put something else in the program's place: it, or a folder on the way to it,
 * may be written by everybody. A sticky folder like /tmp is one unless what is in it is root's.
 */
bool bp_program_is_trusted(const struct bp_root *root, const char *path);

#endif
