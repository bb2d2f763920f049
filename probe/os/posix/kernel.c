#include "probe/os/kernel.h"

#include <sys/utsname.h>

#include "base/memory.h"

int bp_kernel_read(struct bp_kernel *kernel) {
    struct utsname names;
    *kernel = (struct bp_kernel){0};
    if (uname(&names) != 0) {
        return -1;
    }
    kernel->release = bp_strdup(names.release);
    kernel->version = bp_strdup(names.version);
    kernel->machine = bp_strdup(names.machine);
    return 0;
}
