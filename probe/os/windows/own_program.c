#include "probe/os/own_program.h"

#include <stdlib.h>

#include "base/memory.h"
#include "probe/os/windows/wide.h"

#include <windows.h>

char *bp_own_program(void) {
    for (DWORD size = MAX_PATH;; size *= 2) {
        wchar_t *wide = bp_alloc_array(size, sizeof *wide);
        DWORD length = GetModuleFileNameW(NULL, wide, size);
        char *path = length && length < size ? bp_portable_path(wide) : NULL;
        free(wide);
        if (path || !length) {
            return path;
        }
    }
}
