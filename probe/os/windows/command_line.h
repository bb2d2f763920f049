/* Command lines: Windows hands a program one text, which it takes apart itself. */
#ifndef BP_PROBE_OS_WINDOWS_COMMAND_LINE_H
#define BP_PROBE_OS_WINDOWS_COMMAND_LINE_H

#include <wchar.h>

#include "base/str.h"

/*
 * Appends `argument` so that a program which takes its command line apart as Microsoft's C library
 * does ("Parsing C command-line arguments") gets these very characters as one argument.
 */
void bp_command_line_add(struct bp_str *line, const char *argument);

/* The command line of NULL-ended arguments. The caller frees it. */
wchar_t *bp_command_line(const char *const arguments[]);

/* NAME=VALUE words as Windows wants them: sorted, each ended by a zero. The caller frees it. */
wchar_t *bp_environment_block(char *const environment[]);

/* "C:\Python\python.exe": a path as people write it. The caller frees it. */
wchar_t *bp_wide_native_path(const char *path);

#endif
