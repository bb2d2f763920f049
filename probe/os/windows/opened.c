#include "probe/os/windows/opened.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/os/windows/wide.h"

#include <windows.h>

bp_handle bp_opened_at(const wchar_t *path, unsigned long access, unsigned long flags) {
    return CreateFileW(path, access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                       OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | flags, NULL);
}

/* The part of `path` behind its drive; NULL where that is not the root's. */
static const char *behind_drive(const struct bp_root *root, const char *path) {
    if (!isalpha((unsigned char)path[0]) || path[1] != ':') {
        return path;
    }
    bool same =
        root->drive && toupper((unsigned char)path[0]) == toupper((unsigned char)root->drive);
    return same ? path + 2 : NULL;
}

/* The path in another root: what is above it is not reached by "..", by its names. */
static wchar_t *path_below(const struct bp_root *root, const char *path) {
    const char *rest = behind_drive(root, path);
    char *top = rest ? bp_format("C:/%s", rest) : NULL;
    wchar_t *clamped = top ? bp_wide_path(top) : NULL;
    char *names = clamped ? bp_portable_path(clamped) : NULL;
    char *whole = names ? bp_format("%s%s", root->path, names + strlen("C:")) : NULL;
    wchar_t *wide = whole ? bp_wide_path(whole) : NULL;
    free(whole);
    free(names);
    free(clamped);
    free(top);
    return wide;
}

char *bp_opened_path(bp_handle file) {
    DWORD size = GetFinalPathNameByHandleW(file, NULL, 0, FILE_NAME_NORMALIZED | VOLUME_NAME_DOS);
    if (!size) {
        return NULL;
    }
    wchar_t *wide = bp_alloc_array((size_t)size + 1, sizeof *wide);
    DWORD length =
        GetFinalPathNameByHandleW(file, wide, size + 1, FILE_NAME_NORMALIZED | VOLUME_NAME_DOS);
    char *path = length && length <= size ? bp_portable_path(wide) : NULL;
    free(wide);
    return path;
}

/* Whether a real path is the root's folder or lies below it. */
static bool is_inside(const struct bp_root *root, const char *real) {
    size_t length = strlen(root->path);
    while (length && root->path[length - 1] == '/') {
        length--;
    }
    return _strnicmp(real, root->path, length) == 0 && (real[length] == '/' || !real[length]);
}

static bool leads_out(const struct bp_root *root, bp_handle file) {
    char *real = bp_opened_path(file);
    bool out = !real || !is_inside(root, real);
    free(real);
    return out;
}

bp_handle bp_opened(const struct bp_root *root, const char *path, unsigned long access,
                    unsigned long flags) {
    wchar_t *wide = root->live ? bp_wide_path(path) : path_below(root, path);
    if (!wide) {
        SetLastError(ERROR_PATH_NOT_FOUND);
        return INVALID_HANDLE_VALUE;
    }
    bp_handle file = bp_opened_at(wide, access, flags);
    free(wide);
    if (file != INVALID_HANDLE_VALUE && !root->live && leads_out(root, file)) {
        CloseHandle(file);
        SetLastError(ERROR_PATH_NOT_FOUND);
        return INVALID_HANDLE_VALUE;
    }
    return file;
}

char *bp_opened_inside(const struct bp_root *root, const char *real) {
    if (root->live || !is_inside(root, real)) {
        return bp_strdup(real);
    }
    size_t length = strlen(root->path);
    while (length && root->path[length - 1] == '/') {
        length--;
    }
    const char *rest = real[length] ? real + length : "/";
    return root->drive ? bp_format("%c:%s", root->drive, rest) : bp_strdup(rest);
}
