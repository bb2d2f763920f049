/* Reads Debian's package database. */
#include "probe/dpkg.h"

#include <stdlib.h>

#include "probe/tool_records.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const uint8_t *data, size_t size) {
    static const char *const paths[] = {"/var/lib/dpkg/status",     "/var/lib/dpkg/info/cmake.list",
                                        "/usr/bin/cmake",           "/usr/local/cuda/version.json",
                                        "/usr/local/cuda/bin/nvcc", NULL};
    fuzz_write_tree(paths, data, size);
    char *from = NULL;
    free(bp_tool_recorded_version(fuzz_root(), "cmake", "/usr/bin/cmake", &from));
    free(from);
    from = NULL;
    free(bp_tool_recorded_version(fuzz_root(), "nvcc", "/usr/local/cuda/bin/nvcc", &from));
    free(from);
}
