/* Paths: between the form of probe/ and that of Windows' functions. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "probe/os/windows/wide.h"

#include <windows.h>

char *bp_portable_path(const wchar_t *wide) {
    char *path = bp_narrow(wide);
    const char *start = path;
    for (char *at = path; *at; at++) {
        *at = *at == '\\' ? '/' : *at;
    }
    struct bp_str portable = BP_STR_EMPTY;
    if (bp_starts_with(path, "//?/UNC/")) {
        bp_str_add(&portable, "//");
        start += strlen("//?/UNC/");
    } else if (bp_starts_with(path, "//?/")) {
        start += strlen("//?/");
    }
    bp_str_add(&portable, start);
    free(path);
    return bp_str_detach(&portable);
}

static bool is_slash(char letter) {
    return letter == '/' || letter == '\\';
}

/* Drops the last name of what is done, but nothing before `floor`. */
static void go_up(struct bp_str *done, size_t floor) {
    size_t length = done->length;
    while (length > floor && done->data[length - 1] != '\\') {
        length--;
    }
    bp_str_truncate(done, length > floor ? length - 1 : floor);
}

/* Appends the names of `path`; false where one cannot be a name of a file. */
static bool add_names(struct bp_str *done, const char *path) {
    size_t floor = done->length;
    while (*path) {
        size_t length = strcspn(path, "/\\");
        if (memchr(path, ':', length)) {
            return false; /* a stream of a file */
        }
        if (length == 2 && path[0] == '.' && path[1] == '.') {
            go_up(done, floor);
        } else if (length && !(length == 1 && path[0] == '.')) {
            bp_str_add_char(done, '\\');
            bp_str_add_bytes(done, path, length);
        }
        path += length;
        path += is_slash(*path);
    }
    return true;
}

wchar_t *bp_wide_path(const char *path) {
    struct bp_str whole = BP_STR_EMPTY;
    bool drive =
        isalpha((unsigned char)path[0]) && path[1] == ':' && (is_slash(path[2]) || !path[2]);
    bool good = false;
    size_t prefix = 0;
    if (drive) {
        bp_str_addf(&whole, "\\\\?\\%.2s", path);
        prefix = whole.length;
        good = add_names(&whole, path + 2);
    } else if (is_slash(path[0]) && is_slash(path[1]) && path[2] && !strchr("?./\\", path[2])) {
        bp_str_add(&whole, "\\\\?\\UNC");
        prefix = whole.length;
        good = add_names(&whole, path + 1);
    }
    if (good && whole.length == prefix) {
        bp_str_add_char(&whole, '\\');
    }
    wchar_t *wide = good ? bp_wide(whole.data) : NULL;
    bp_str_free(&whole);
    return wide;
}

wchar_t *bp_wide_named_path(const char *path) {
    wchar_t *named = bp_wide(path);
    DWORD size = GetFullPathNameW(named, 0, NULL, NULL);
    wchar_t *whole = size ? bp_alloc_array(size, sizeof *whole) : NULL;
    if (whole && GetFullPathNameW(named, size, whole, NULL) >= size) {
        free(whole);
        whole = NULL;
    }
    free(named);
    /* A device ("\\.\NUL", which is what "NUL" is) is left as it is. */
    if (!whole || wcsncmp(whole, L"\\\\.\\", 4) == 0 || wcsncmp(whole, L"\\\\?\\", 4) == 0) {
        return whole;
    }
    char *portable = bp_portable_path(whole);
    wchar_t *wide = bp_wide_path(portable);
    free(portable);
    if (!wide) {
        return whole; /* let Windows say what is wrong with it */
    }
    free(whole);
    return wide;
}
