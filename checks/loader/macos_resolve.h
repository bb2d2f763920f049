/*
 * How dyld would satisfy one library that another needs which ctypes opens by its full path
 * after torch was imported. Where it looks is described in base/dyld_paths.h; of the files that
 * are there it takes the first that it can use.
 */
#ifndef BP_CHECKS_LOADER_MACOS_RESOLVE_H
#define BP_CHECKS_LOADER_MACOS_RESOLVE_H

#include "checks/loader/machine.h"
#include "checks/loader/need.h"

/* Resolves `library` for `opened`, a native library's header facts. End with bp_need_free. */
struct bp_need bp_macos_resolve(const struct bp_machine *machine, const cJSON *opened,
                                const char *library);

/* What dlopen says where the file at `path` cannot be opened because of `need`. Owned. */
char *bp_macos_error(const char *path, const struct bp_need *need);

/*
 * Why dyld may refuse a file whose needed libraries are all there: it carries no code signature,
 * or it is made for a newer macOS. A sentence that the caller frees; NULL: there is nothing.
 */
char *bp_macos_doubt(const struct bp_machine *machine, const cJSON *library);

#endif
