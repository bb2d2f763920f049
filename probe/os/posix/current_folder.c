#include "probe/os/files.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"

char *bp_current_folder(void) {
    size_t size = 256;
    char *folder = NULL;
    for (;;) {
        folder = bp_realloc_array(folder, size, 1);
        if (getcwd(folder, size) != NULL && folder[0] == '/') {
            return folder;
        }
        /* A deleted folder, or one outside this mount namespace ("(unreachable)..."). */
        if (size >= (size_t)1 << 20) {
            free(folder);
            return NULL;
        }
        size *= 2;
    }
}
