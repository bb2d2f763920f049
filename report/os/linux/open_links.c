#include "report/os/posix/output_place.h"

#include <linux/magic.h>
#include <sys/vfs.h>

bool bp_place_is_magic(int folder) {
    struct statfs system;
    return fstatfs(folder, &system) == 0 && system.f_type == PROC_SUPER_MAGIC;
}
