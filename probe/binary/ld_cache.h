/*
 * The dynamic loader's cache, /etc/ld.so.cache, read as a file: which file the loader
 * takes for a soname that no search path has. Format: glibc's sysdeps/generic/dl-cache.h,
 * in its old form (libc 5 and 6), its new one, and the old followed by the new.
 */
#ifndef BP_PROBE_LD_CACHE_H
#define BP_PROBE_LD_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "probe/os/files.h"

#define BP_LD_CACHE_PATH "/etc/ld.so.cache"
/* Entries of a cache; a large machine has some ten thousand. */
#define BP_LD_CACHE_ENTRY_LIMIT ((uint32_t)1 << 17)
/* Bytes of one name or path. */
#define BP_LD_CACHE_NAME_LIMIT 4096

struct bp_ld_cache_entry {
    const char *soname; /* points into the cache, as do the others */
    const char *path;
    const char *subfolder; /* of glibc-hwcaps, for processors that have it (x86-64-v3); or NULL */
    uint32_t flags;        /* which ABI: see bp_ld_cache_fits */
};

struct bp_ld_cache {
    struct bp_map map;
    struct bp_ld_cache_entry *entries; /* in the order in which the loader takes them */
    size_t count;
};

/* Reads the cache at `path`. Close in either case. */
int bp_ld_cache_read(struct bp_ld_cache *cache, const struct bp_root *root, const char *path,
                     struct bp_err *err);
void bp_ld_cache_close(struct bp_ld_cache *cache);

/*
 * Whether a loader for `machine` (as `uname -m` says it, of a process of `bits` bits) looks
 * at an entry with these flags. An unknown machine (NULL or another) fits any.
 */
bool bp_ld_cache_fits(uint32_t flags, const char *machine, unsigned bits);

#endif
