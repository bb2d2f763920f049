#include "checks/loader/windows_paths.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* File systems fold more letters than these; the names of interest have no other. */
static int folded(char letter) {
    if (letter >= 'A' && letter <= 'Z') {
        return letter - 'A' + 'a';
    }
    return letter == '/' ? '\\' : letter;
}

static bool same_start(const char *left, const char *right, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (folded(left[i]) != folded(right[i]) || !left[i]) {
            return false;
        }
    }
    return true;
}

static size_t length_without_slash(const char *path) {
    size_t length = strlen(path);
    while (length > 1 && folded(path[length - 1]) == '\\') {
        length--;
    }
    return length;
}

bool bp_windows_same(const char *left, const char *right) {
    if (!left || !right) {
        return false;
    }
    size_t length = length_without_slash(left);
    return length == length_without_slash(right) && same_start(left, right, length);
}

bool bp_windows_starts_with(const char *text, const char *start) {
    return text && start && strlen(text) >= strlen(start) && same_start(text, start, strlen(start));
}

const char *bp_windows_name(const char *path) {
    const char *name = path;
    for (const char *at = path; *at; at++) {
        if (folded(*at) == '\\') {
            name = at + 1;
        }
    }
    return name;
}

char *bp_windows_folder(const char *path) {
    const char *name = path ? bp_windows_name(path) : NULL;
    return name && name > path ? bp_strndup(path, (size_t)(name - path) - 1) : NULL;
}

bool bp_windows_lies_in(const char *path, const char *folder) {
    char *of_path = bp_windows_folder(path);
    bool lies = bp_windows_same(of_path, folder);
    free(of_path);
    return lies;
}
