/* Reads the dynamic loader's cache. */
#include "probe/binary/ld_cache.h"

#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

void fuzz_one(const uint8_t *data, size_t size) {
    struct bp_ld_cache cache;
    fuzz_write(BP_LD_CACHE_PATH, data, size);
    if (bp_ld_cache_read(&cache, fuzz_root(), BP_LD_CACHE_PATH, NULL) == 0) {
        size_t bytes = 0;
        for (size_t i = 0; i < cache.count; i++) {
            bytes += strlen(cache.entries[i].soname) + strlen(cache.entries[i].path);
            bytes += bp_ld_cache_fits(cache.entries[i].flags, "x86_64", 64);
        }
        if (bytes > (size_t)-1 / 2) {
            abort();
        }
    }
    bp_ld_cache_close(&cache);
}
