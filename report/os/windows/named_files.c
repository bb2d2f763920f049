#include "report/named_files.h"

#include <stdlib.h>

#include "base/memory.h"
#include "probe/os/windows/opened.h"
#include "probe/os/windows/wide.h"

#include <windows.h>

static int fail(DWORD system_error, struct bp_err *err) {
    char *words = bp_windows_words(system_error);
    bp_fail(err, BP_E_SYSTEM, "%s", words);
    free(words);
    return -1;
}

int bp_named_list(const char *folder, struct bp_strs *names, struct bp_err *err) {
    WIN32_FIND_DATAW entry;
    char *all = bp_join(folder, "*");
    wchar_t *pattern = bp_wide_named_path(all);
    HANDLE search = pattern ? FindFirstFileW(pattern, &entry) : INVALID_HANDLE_VALUE;
    DWORD error = GetLastError();
    free(pattern);
    free(all);
    if (search == INVALID_HANDLE_VALUE) {
        return fail(error, err);
    }
    do {
        char *name = bp_narrow(entry.cFileName);
        if (!bp_equal(name, ".") && !bp_equal(name, "..")) {
            bp_strs_add(names, name);
        }
        free(name);
    } while (FindNextFileW(search, &entry));
    FindClose(search);
    return 0;
}

bool bp_named_is_folder(const char *path) {
    wchar_t *wide = bp_wide_named_path(path);
    DWORD attributes = wide ? GetFileAttributesW(wide) : INVALID_FILE_ATTRIBUTES;
    free(wide);
    return attributes != INVALID_FILE_ATTRIBUTES && attributes & FILE_ATTRIBUTE_DIRECTORY;
}

char *bp_named_whole(const char *path) {
    wchar_t *wide = bp_wide_named_path(path);
    HANDLE file = wide ? bp_opened_at(wide, 0, 0) : INVALID_HANDLE_VALUE;
    free(wide);
    if (file == INVALID_HANDLE_VALUE) {
        return NULL;
    }
    char *whole = bp_opened_path(file);
    CloseHandle(file);
    for (char *at = whole; at && *at; at++) {
        *at = *at == '/' ? '\\' : *at;
    }
    return whole;
}
