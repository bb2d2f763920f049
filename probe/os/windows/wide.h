/*
 * Windows' own text is UTF-16, this program's UTF-8. Here, and nowhere else, the one becomes the
 * other. Names that are no valid UTF-16, which Windows allows, are kept: a lone surrogate has three
 * bytes, as in WTF-8 (https://simonsapin.github.io/wtf-8/).
 */
#ifndef BP_PROBE_OS_WINDOWS_WIDE_H
#define BP_PROBE_OS_WINDOWS_WIDE_H

#include <stddef.h>
#include <wchar.h>

#include "base/error.h"

/* `text` in UTF-16; what is no UTF-8 is U+FFFD. NULL for NULL. The caller frees it. */
wchar_t *bp_wide(const char *text);

/* `length` units, or up to the zero, in UTF-8. bp_narrow of NULL is NULL. The caller frees it. */
char *bp_narrow(const wchar_t *wide);
char *bp_narrow_part(const wchar_t *wide, size_t length);

/*
 * A path as Windows gives it in the form that probe/ uses: "C:/Users", "//server/share/x"; the
 * prefixes of long paths (\\?\, \\?\UNC\) are taken off. The caller frees it.
 */
char *bp_portable_path(const wchar_t *wide);

/*
 * A whole path (C:/..., //server/share/...) as file functions take it whatever its length and
 * whatever its names are (a file called "aux"): \\?\C:\.... "." and ".." are resolved by their
 * names alone. NULL where `path` is not whole, or names a stream of a file. The caller frees it.
 */
wchar_t *bp_wide_path(const char *path);

/* A path as a person or a variable gives it, from the current folder on. NULL on error. */
wchar_t *bp_wide_named_path(const char *path);

/*
 * Fills in *err and returns -1, as bp_fail_errno does, from an error number of Windows
 * (GetLastError).
 */
int bp_fail_windows(struct bp_err *err, unsigned long system_error, const char *format, ...)
    BP_PRINTF(3, 4);

/* What Windows says of an error number, in English where it can. The caller frees it. */
char *bp_windows_words(unsigned long system_error);

#endif
