#include "probe/os/files.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/os/windows/opened.h"
#include "probe/os/windows/wide.h"

#include <windows.h>

/* --- roots --- */

static char system_drive(void) {
    wchar_t folder[MAX_PATH + 1] = L"";
    UINT length = GetSystemWindowsDirectoryW(folder, MAX_PATH);
    return length > 1 && length < MAX_PATH && folder[1] == L':' ? (char)folder[0] : 'C';
}

int bp_root_open(struct bp_root *root, const char *path, struct bp_err *err) {
    *root = (struct bp_root){.fd = 0, .live = path == NULL};
    if (!path) {
        root->drive = system_drive();
        root->path = bp_format("%c:/", root->drive);
        return 0;
    }
    wchar_t *named = bp_wide_named_path(path);
    HANDLE folder = named ? bp_opened_at(named, FILE_READ_ATTRIBUTES, 0) : INVALID_HANDLE_VALUE;
    DWORD error = GetLastError();
    root->path = folder == INVALID_HANDLE_VALUE ? NULL : bp_opened_path(folder);
    if (folder != INVALID_HANDLE_VALUE) {
        CloseHandle(folder);
    }
    free(named);
    if (!root->path) {
        bp_root_close(root);
        return bp_fail_windows(err, error, "cannot look into %s", path);
    }
    if (!bp_root_is_folder(root, "/")) {
        bp_root_close(root);
        return bp_fail(err, BP_E_FORMAT, "cannot look into %s: it is no folder", path);
    }
    root->drive = bp_root_is_folder(root, "/Windows/System32") ? 'C' : '\0';
    return 0;
}

void bp_root_close(struct bp_root *root) {
    free(root->path);
    *root = (struct bp_root){.fd = -1};
}

/* --- reading --- */

/* A file of a disk, open for reading; INVALID_HANDLE_VALUE with *err filled. */
static HANDLE open_regular(const struct bp_root *root, const char *path, LARGE_INTEGER *size,
                           struct bp_err *err) {
    HANDLE file = bp_opened(root, path, GENERIC_READ, 0);
    BY_HANDLE_FILE_INFORMATION information;
    if (file == INVALID_HANDLE_VALUE) {
        bp_fail_windows(err, GetLastError(), "cannot read %s", path);
        return file;
    }
    if (GetFileType(file) != FILE_TYPE_DISK || !GetFileInformationByHandle(file, &information) ||
        information.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) {
        bp_fail(err, BP_E_FORMAT, "%s is not a regular file", path);
        CloseHandle(file);
        return INVALID_HANDLE_VALUE;
    }
    size->HighPart = (LONG)information.nFileSizeHigh;
    size->LowPart = information.nFileSizeLow;
    return file;
}

static int read_to_end(HANDLE file, const char *path, size_t limit, struct bp_str *text,
                       struct bp_err *err) {
    char part[16384];
    size_t before = text->length;
    for (;;) {
        DWORD got = 0;
        if (!ReadFile(file, part, sizeof part, &got, NULL)) {
            return bp_fail_windows(err, GetLastError(), "cannot read %s", path);
        }
        if (got == 0) {
            return 0;
        }
        if (bp_str_add_within(text, part, got, limit - (text->length - before))) {
            return bp_fail(err, BP_E_LIMIT, "%s is larger than %zu bytes", path, limit);
        }
    }
}

int bp_root_read(const struct bp_root *root, const char *path, size_t limit, struct bp_str *text,
                 struct bp_err *err) {
    LARGE_INTEGER size;
    HANDLE file = open_regular(root, path, &size, err);
    if (file == INVALID_HANDLE_VALUE) {
        return -1;
    }
    int result = read_to_end(file, path, limit ? limit : BP_TEXT_FILE_LIMIT, text, err);
    CloseHandle(file);
    return result;
}

int bp_root_map(const struct bp_root *root, const char *path, struct bp_map *map,
                struct bp_err *err) {
    *map = (struct bp_map){0};
    LARGE_INTEGER size;
    HANDLE file = open_regular(root, path, &size, err);
    if (file == INVALID_HANDLE_VALUE) {
        return -1;
    }
    int result = 0;
    if (size.QuadPart > 0) {
        HANDLE mapping = CreateFileMappingW(file, NULL, PAGE_READONLY, 0, 0, NULL);
        const void *data = mapping ? MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0) : NULL;
        if (data) {
            *map = (struct bp_map){.data = data, .size = (size_t)size.QuadPart};
        } else {
            result = bp_fail_windows(err, GetLastError(), "cannot map %s", path);
        }
        if (mapping) {
            CloseHandle(mapping);
        }
    }
    CloseHandle(file);
    return result;
}

void bp_map_close(struct bp_map *map) {
    if (map->data) {
        UnmapViewOfFile(map->data);
    }
    *map = (struct bp_map){0};
}

/* --- status --- */

static uint64_t two(DWORD high, DWORD low) {
    return (uint64_t)high << 32 | low;
}

/* Windows counts tenths of microseconds since 1601. */
static int64_t seconds_of(const FILETIME *time) {
    static const int64_t between_1601_and_1970 = 11644473600;
    uint64_t ticks = two(time->dwHighDateTime, time->dwLowDateTime);
    return (int64_t)(ticks / 10000000) - between_1601_and_1970;
}

int bp_root_status(const struct bp_root *root, const char *path, struct bp_file_status *status,
                   struct bp_err *err) {
    BY_HANDLE_FILE_INFORMATION information;
    *status = (struct bp_file_status){0};
    HANDLE file = bp_opened(root, path, FILE_READ_ATTRIBUTES, 0);
    bool link = file == INVALID_HANDLE_VALUE && GetLastError() == ERROR_CANT_ACCESS_FILE;
    if (link) {
        /* What stands for a program of the Store leads nowhere that a file function could go. */
        file = bp_opened(root, path, FILE_READ_ATTRIBUTES, FILE_FLAG_OPEN_REPARSE_POINT);
    }
    if (file == INVALID_HANDLE_VALUE || !GetFileInformationByHandle(file, &information)) {
        DWORD error = GetLastError();
        if (file != INVALID_HANDLE_VALUE) {
            CloseHandle(file);
        }
        return bp_fail_windows(err, error, "cannot look at %s", path);
    }
    bool folder = information.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY;
    bool disk = GetFileType(file) == FILE_TYPE_DISK;
    *status = (struct bp_file_status){
        .kind = !disk || link ? BP_FILE_OTHER
                : folder      ? BP_FILE_FOLDER
                              : BP_FILE_REGULAR,
        .size = two(information.nFileSizeHigh, information.nFileSizeLow),
        .modified_at = seconds_of(&information.ftLastWriteTime),
        .device = information.dwVolumeSerialNumber,
        .inode = two(information.nFileIndexHigh, information.nFileIndexLow),
    };
    CloseHandle(file);
    return 0;
}

bool bp_root_may(const struct bp_root *root, const char *path, int what) {
    DWORD access = (what & BP_MAY_READ ? FILE_GENERIC_READ : 0u) |
                   (what & BP_MAY_WRITE ? FILE_GENERIC_WRITE : 0u) |
                   (what & BP_MAY_EXECUTE ? FILE_GENERIC_EXECUTE : 0u);
    HANDLE file = bp_opened(root, path, access, 0);
    if (file == INVALID_HANDLE_VALUE) {
        return false;
    }
    CloseHandle(file);
    return true;
}

/* --- folders --- */

static bool is_dots(const wchar_t *name) {
    return wcscmp(name, L".") == 0 || wcscmp(name, L"..") == 0;
}

static int list(const wchar_t *pattern, const char *path, size_t limit, struct bp_strs *names,
                struct bp_err *err) {
    WIN32_FIND_DATAW entry;
    HANDLE search = FindFirstFileExW(pattern, FindExInfoBasic, &entry, FindExSearchNameMatch, NULL,
                                     FIND_FIRST_EX_LARGE_FETCH);
    if (search == INVALID_HANDLE_VALUE) {
        DWORD error = GetLastError();
        /* The top of a drive has no "." and may be empty. */
        return error == ERROR_FILE_NOT_FOUND ? 0
                                             : bp_fail_windows(err, error, "cannot list %s", path);
    }
    int result = 0;
    do {
        if (is_dots(entry.cFileName)) {
            continue;
        }
        if (names->count == limit) {
            result = bp_fail(err, BP_E_LIMIT, "%s holds more than %zu entries", path, limit);
        } else {
            bp_strs_add_owned(names, bp_narrow(entry.cFileName));
        }
    } while (result == 0 && FindNextFileW(search, &entry));
    if (result == 0 && GetLastError() != ERROR_NO_MORE_FILES) {
        result = bp_fail_windows(err, GetLastError(), "cannot list %s", path);
    }
    FindClose(search);
    return result;
}

int bp_root_list_unsorted(const struct bp_root *root, const char *path, size_t limit,
                          struct bp_strs *names, struct bp_err *err) {
    HANDLE folder = bp_opened(root, path, FILE_LIST_DIRECTORY, 0);
    if (folder == INVALID_HANDLE_VALUE) {
        return bp_fail_windows(err, GetLastError(), "cannot list %s", path);
    }
    char *real = bp_opened_path(folder);
    CloseHandle(folder);
    char *all = real ? bp_join(real, "*") : NULL;
    wchar_t *pattern = all ? bp_wide_path(all) : NULL;
    int result = pattern ? list(pattern, path, limit ? limit : 65536, names, err)
                         : bp_fail(err, BP_E_SYSTEM, "cannot list %s", path);
    free(pattern);
    free(all);
    free(real);
    return result;
}

char *bp_root_resolve(const struct bp_root *root, const char *path, struct bp_err *err) {
    HANDLE file = bp_opened(root, path, 0, 0);
    DWORD error = GetLastError();
    char *real = NULL;
    if (file != INVALID_HANDLE_VALUE) {
        real = bp_opened_path(file);
        error = GetLastError();
        CloseHandle(file);
    }
    if (!real) {
        bp_fail_windows(err, error, "cannot resolve %s", path);
        return NULL;
    }
    char *inside = bp_opened_inside(root, real);
    free(real);
    return inside;
}

char *bp_current_folder(void) {
    DWORD size = GetCurrentDirectoryW(0, NULL);
    wchar_t *folder = bp_alloc_array((size_t)size + 1, sizeof *folder);
    DWORD length = GetCurrentDirectoryW(size + 1, folder);
    char *path = length && length <= size ? bp_portable_path(folder) : NULL;
    free(folder);
    return path;
}
