#include "probe/macos/macos.h"

#include <stdlib.h>
#include <string.h>

#include "probe/os/kernel.h"

bool bp_macos_is(const struct bp_root *root) {
    return bp_root_is_file(root, "/System/Library/CoreServices/SystemVersion.plist");
}

/* Where the caches stand: up to macOS 12, and from 13 on. */
static const char *const cache_folders[] = {
    "/System/Library/dyld",
    "/System/Cryptexes/OS/System/Library/dyld",
    "/System/Volumes/Preboot/Cryptexes/OS/System/Library/dyld",
};

/* Macs with Apple silicon have one for Intel as well, for programs that Rosetta runs. */
static const char *const caches[][2] = {
    {"dyld_shared_cache_arm64e", "arm64"},
    {"dyld_shared_cache_x86_64h", "x86_64"},
    {"dyld_shared_cache_x86_64", "x86_64"},
};

static const char *machine_of_caches(const struct bp_root *root, const char **from) {
    for (size_t c = 0; c < sizeof caches / sizeof *caches; c++) {
        for (size_t f = 0; f < sizeof cache_folders / sizeof *cache_folders; f++) {
            if (bp_root_holds(root, cache_folders[f], caches[c][0])) {
                *from = caches[c][0];
                return caches[c][1];
            }
        }
    }
    return NULL;
}

const char *bp_macos_machine(const struct bp_root *root, const char **from) {
    struct bp_kernel names = {0};
    if (!root->live || bp_kernel_read(&names) != 0) {
        return machine_of_caches(root, from);
    }
    *from = "uname";
    bool intel = bp_equal(names.machine, "x86_64");
    bp_kernel_free(&names);
    return intel ? "x86_64" : "arm64";
}

const char *bp_macos_slice(const struct bp_root *root) {
    const char *from;
    return bp_macos_is(root) ? bp_macos_machine(root, &from) : NULL;
}

bool bp_macos_is_framework(const char *base_prefix) {
    return base_prefix && (strstr(base_prefix, "/Python.framework/Versions/") ||
                           strstr(base_prefix, "/Python3.framework/Versions/"));
}
