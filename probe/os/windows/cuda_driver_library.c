#include "probe/cuda_driver_library.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "probe/os/windows/wide.h"

#include <windows.h>

static const char library_name[] = "nvcuda.dll";

/* The driver puts it into System32; from anywhere else it is not the driver's. */
void *bp_cuda_library_open(const char **name, struct bp_err *err) {
    *name = library_name;
    HMODULE library = LoadLibraryExW(L"nvcuda.dll", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
    if (!library) {
        DWORD error = GetLastError();
        WIN32_FILE_ATTRIBUTE_DATA file;
        wchar_t folder[MAX_PATH + 1] = L"";
        GetSystemDirectoryW(folder, MAX_PATH);
        char *system = bp_narrow(folder);
        char *path = bp_format("%s\\%s", system, library_name);
        wchar_t *wide = bp_wide(path);
        bool there = GetFileAttributesExW(wide, GetFileExInfoStandard, &file);
        bp_fail_windows(err, error, "%s cannot be loaded", library_name);
        if (err && there && err->code == BP_E_ABSENT) {
            err->code = BP_E_SYSTEM; /* what is absent is something that it needs */
        }
        free(wide);
        free(path);
        free(system);
    }
    return library;
}

void *bp_cuda_library_function(void *library, const char *name) {
    void *address = NULL;
    FARPROC function = GetProcAddress(library, name);
    memcpy(&address, &function, sizeof address);
    return address;
}

char *bp_cuda_library_file(void *library, void *function) {
    (void)function;
    DWORD size = MAX_PATH;
    for (;;) {
        wchar_t *wide = bp_alloc_array(size, sizeof *wide);
        DWORD length = GetModuleFileNameW(library, wide, size);
        char *path = length && length < size ? bp_portable_path(wide) : NULL;
        free(wide);
        if (path || !length || size > 1u << 16) {
            return path;
        }
        size *= 2;
    }
}

void bp_cuda_library_forgo_nodes(void) {
    /* Windows has no such nodes. */
}
