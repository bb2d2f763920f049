/* Opening files below a root on Windows, and what an open file is. */
#ifndef BP_PROBE_OS_WINDOWS_OPENED_H
#define BP_PROBE_OS_WINDOWS_OPENED_H

#include "probe/os/files.h"

/* windows.h's HANDLE and DWORD, which this header does not bring in. */
typedef void *bp_handle;

/* Opens what is there at a wide path: shared with everybody, folders too. `flags` are added. */
bp_handle bp_opened_at(const wchar_t *path, unsigned long access, unsigned long flags);

/*
 * Opens `path` of a root. INVALID_HANDLE_VALUE and GetLastError where that cannot be; in a root
 * that is a folder also where a link leads out of it.
 */
bp_handle bp_opened(const struct bp_root *root, const char *path, unsigned long access,
                    unsigned long flags);

/* Where an open file really is, in the form of probe/, or NULL. The caller frees it. */
char *bp_opened_path(bp_handle file);

/* Such a place as seen from inside the root. The caller frees it. */
char *bp_opened_inside(const struct bp_root *root, const char *real);

#endif
