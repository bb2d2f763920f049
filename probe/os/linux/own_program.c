/* Where this program itself is. */
#include "probe/os/own_program.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/str.h"

char *bp_own_program(void) {
    /* What execve was given: /proc/self/exe would be the end of all links. */
    const char *path = (const char *)(uintptr_t)getauxval(AT_EXECFN);
    if (!path || path[0] == '/') {
        return path ? bp_strdup(path) : NULL;
    }
    char *folder = getcwd(NULL, 0);
    char *absolute = folder ? bp_join(folder, path) : NULL;
    free(folder);
    return absolute;
}
