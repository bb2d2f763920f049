/* Errors of Windows in words. */
#include <stdarg.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/str.h"
#include "probe/os/windows/wide.h"

#include <windows.h>

static enum bp_err_code code_of(DWORD system_error) {
    switch (system_error) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_NAME:
    case ERROR_BAD_NETPATH:
    case ERROR_BAD_NET_NAME:
    case ERROR_INVALID_DRIVE:
    case ERROR_NOT_READY:
    case ERROR_MOD_NOT_FOUND:
        return BP_E_ABSENT;
    case ERROR_ACCESS_DENIED:
    case ERROR_SHARING_VIOLATION:
    case ERROR_LOCK_VIOLATION:
    case ERROR_PRIVILEGE_NOT_HELD:
        return BP_E_DENIED;
    default:
        return BP_E_SYSTEM;
    }
}

char *bp_windows_words(unsigned long system_error) {
    static const DWORD languages[] = {MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US), 0};
    wchar_t *words = NULL;
    for (size_t i = 0; !words && i < sizeof languages / sizeof *languages; i++) {
        /* With ALLOCATE_BUFFER the argument is where to put the buffer's address. */
        FormatMessageW(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM |
                           FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK,
                       NULL, system_error, languages[i], (wchar_t *)(void *)&words, 0, NULL);
    }
    if (!words) {
        return bp_format("Windows error %lu", system_error);
    }
    char *text = bp_narrow(words);
    LocalFree(words);
    char *trimmed = bp_trim(text);
    size_t length = strlen(trimmed);
    char *result = bp_strndup(trimmed, length && trimmed[length - 1] == '.' ? length - 1 : length);
    free(text);
    return result;
}

int bp_fail_windows(struct bp_err *err, unsigned long system_error, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *what = bp_formatv(format, arguments);
    va_end(arguments);
    char *words = bp_windows_words(system_error);
    bp_fail(err, code_of(system_error), "%s: %s", what, words);
    free(words);
    free(what);
    return -1;
}
