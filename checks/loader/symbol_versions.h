/* Symbol versions: what a file asks of a library against what that library defines. */
#ifndef BP_CHECKS_LOADER_SYMBOL_VERSIONS_H
#define BP_CHECKS_LOADER_SYMBOL_VERSIONS_H

#include "checks/loader/machine.h"

/* Whether a soname belongs to the C library itself (libc, libm, libpthread, ld-linux ...). */
bool bp_is_libc_part(const char *library);

/* Whether it is the dynamic loader, which is in every process. */
bool bp_is_loader(const char *library);

/*
 * Whether `requester` asks versions of a library that has no version table at all: glibc does
 * not look for that while it compares versions, and breaks an assertion when it binds symbols.
 */
bool bp_lacks_version_table(const cJSON *requester, const char *library, const cJSON *provider);

/*
 * The first symbol version that `requester` asks of `library` and `provider` (header facts)
 * does not define. BP_NO: none is lacking. The caller frees *lacking, set when BP_YES.
 */
enum bp_answer bp_lacks_version(const cJSON *requester, const char *library, const cJSON *provider,
                                char **lacking);

/* The same of the system's C library, whose version is `libc_version`; of several the highest. */
enum bp_answer bp_libc_lacks_version(const cJSON *requester, const char *library,
                                     const char *libc_version, char **lacking);

#endif
