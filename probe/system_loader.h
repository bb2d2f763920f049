/*
 * The dynamic loader that the person's programs start with: where it looks when nothing
 * tells it where. ld.so(8) for glibc; for musl its own documentation of the path file.
 */
#ifndef BP_PROBE_SYSTEM_LOADER_H
#define BP_PROBE_SYSTEM_LOADER_H

#include <stdbool.h>

#include "base/str.h"
#include "probe/collector.h"

struct bp_system_loader {
    char *path;     /* of the loader itself; NULL: not found */
    char *machine;  /* as `uname -m` says it; NULL: not known */
    unsigned bits;  /* of the programs; 0: not known */
    bool musl;      /* keeps no cache, knows no hardware subfolders */
    char *library;  /* what $LIB stands for: lib64, lib/x86_64-linux-gnu ... */
    char *platform; /* what $PLATFORM stands for */
    struct bp_strs default_folders;
};

/*
 * The loader of `program`, or, where that is NULL or names none, the one at this machine
 * architecture's usual place. End with bp_system_loader_free.
 */
void bp_system_loader_find(struct bp_system_loader *loader, const struct bp_root *root,
                           const char *program);

void bp_system_loader_free(struct bp_system_loader *loader);

/*
 * `folder` of a search path with the loader's tokens replaced: $ORIGIN by `origin`, $LIB
 * and $PLATFORM, each also in braces. The caller frees it.
 */
char *bp_system_loader_expand(const struct bp_system_loader *loader, const char *folder,
                              const char *origin);

/*
 * Appends the default folders that a glibc loader, given as the bytes of its file, was built
 * with: they stand in it one after the other, each ended by a slash and a zero.
 */
void bp_system_loader_folders_in(const void *bytes, size_t size, struct bp_strs *folders);

#endif
