#include "probe/os/kernel.h"

#include <stdlib.h>

void bp_kernel_free(struct bp_kernel *kernel) {
    free(kernel->release);
    free(kernel->version);
    free(kernel->machine);
    *kernel = (struct bp_kernel){0};
}
