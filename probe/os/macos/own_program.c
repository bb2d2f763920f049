#include "probe/os/own_program.h"

#include <mach-o/dyld.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/str.h"

char *bp_own_program(void) {
    uint32_t size = 0;
    _NSGetExecutablePath(NULL, &size); /* says how much it needs */
    char *path = bp_alloc((size_t)size + 1);
    if (_NSGetExecutablePath(path, &size) != 0) {
        free(path);
        return NULL;
    }
    if (path[0] == '/') {
        return path;
    }
    char *folder = getcwd(NULL, 0);
    char *absolute = folder ? bp_join(folder, path) : NULL;
    free(folder);
    free(path);
    return absolute;
}
