#include "probe/cuda_driver_library.h"

#include <stddef.h>

void *bp_cuda_library_open(const char **name, struct bp_err *err) {
    *name = "libcuda";
    bp_fail(err, BP_E_ABSENT, "NVIDIA makes no CUDA driver for macOS");
    return NULL;
}

void *bp_cuda_library_function(void *library, const char *name) {
    (void)library;
    (void)name;
    return NULL;
}

char *bp_cuda_library_file(void *library, void *function) {
    (void)library;
    (void)function;
    return NULL;
}

void bp_cuda_library_forgo_nodes(void) {
}
