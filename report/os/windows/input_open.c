#include <fcntl.h>
#include <io.h>
#include <stdlib.h>

#include "probe/os/windows/opened.h"
#include "probe/os/windows/wide.h"
#include "report/input.h"

#include <windows.h>

static int fail_system(const char *path, DWORD system_error, struct bp_err *err) {
    char *words = bp_windows_words(system_error);
    bp_input_fail(path, BP_E_SYSTEM, words, err);
    free(words);
    return -1;
}

static int check(HANDLE file, const char *path, size_t limit, struct bp_err *err) {
    BY_HANDLE_FILE_INFORMATION information;
    DWORD type = GetFileType(file);
    if (type == FILE_TYPE_PIPE) {
        return 0;
    }
    if (type != FILE_TYPE_DISK) {
        return bp_input_fail(path, BP_E_FORMAT, "is no file, but a device or a socket", err);
    }
    if (!GetFileInformationByHandle(file, &information)) {
        return fail_system(path, GetLastError(), err);
    }
    if (information.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) {
        return bp_input_fail(path, BP_E_FORMAT, "is a folder, not a file", err);
    }
    uint64_t size = (uint64_t)information.nFileSizeHigh << 32 | information.nFileSizeLow;
    return size > limit ? bp_input_fail_size(path, limit, err) : 0;
}

int bp_input_open(const char *path, size_t limit, struct bp_err *err) {
    wchar_t *wide = bp_wide_named_path(path);
    HANDLE file = wide ? bp_opened_at(wide, GENERIC_READ, 0) : INVALID_HANDLE_VALUE;
    DWORD error = GetLastError();
    free(wide);
    if (file == INVALID_HANDLE_VALUE) {
        return fail_system(path, error, err);
    }
    if (check(file, path, limit, err) != 0) {
        CloseHandle(file);
        return -1;
    }
    return _open_osfhandle((intptr_t)file, _O_RDONLY | _O_BINARY);
}
