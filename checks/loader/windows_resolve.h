/*
 * How Windows would satisfy one DLL that another needs which ctypes opens by its full path
 * after torch was imported: what the process has already, by name, comes first; then DLLs of
 * Windows itself; then the search of windows_search.h. Microsoft's "Dynamic-link library
 * search order" and "LoadLibraryExW" describe it.
 */
#ifndef BP_CHECKS_LOADER_WINDOWS_RESOLVE_H
#define BP_CHECKS_LOADER_WINDOWS_RESOLVE_H

#include "checks/loader/machine.h"
#include "checks/loader/need.h"
#include "checks/loader/torch.h"

/*
 * Resolves `library` for `opened`, a native library's header facts. A file that the search
 * comes upon first and that is of no use ends it: Windows looks no further. End with
 * bp_need_free.
 */
struct bp_need bp_windows_resolve(const struct bp_machine *machine, const struct bp_torch *torch,
                                  const cJSON *opened, const char *library);

/*
 * What ctypes raises where the DLL at `path` cannot be opened because of `need`: it names the
 * DLL that was opened, whatever it is that is missing. The caller frees it.
 */
char *bp_windows_error(const char *path, const struct bp_need *need);

/* The same where the file itself, or what it needs, is not there. The caller frees it. */
char *bp_windows_missing_error(const char *path);

#endif
