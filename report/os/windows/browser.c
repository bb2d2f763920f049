#include "report/browser.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "probe/os/windows/wide.h"

#include <windows.h>

typedef HINSTANCE(WINAPI shell_execute_fn)(HWND window, const wchar_t *verb, const wchar_t *file,
                                           const wchar_t *parameters, const wchar_t *folder,
                                           int show);

/* Loaded when it is needed: it brings a dozen libraries with it, which every start would pay for.
 */
static shell_execute_fn *load_shell(void) {
    shell_execute_fn *execute = NULL;
    HMODULE library = LoadLibraryExW(L"shell32.dll", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
    FARPROC function = library ? GetProcAddress(library, "ShellExecuteW") : NULL;
    if (function) {
        memcpy(&execute, &function, sizeof execute);
    }
    return execute;
}

/* Windows knows the program for addresses and pages: the one that the person has chosen. */
char *bp_browser_show(const char *what, struct bp_err *err) {
    shell_execute_fn *execute = load_shell();
    if (!execute) {
        bp_fail(err, BP_E_SYSTEM, "shell32.dll has no ShellExecuteW");
        return NULL;
    }
    wchar_t *wide = bp_wide(what);
    /* Not a handle, for all its type: above 32 it has worked. */
    intptr_t result = (intptr_t)execute(NULL, L"open", wide, NULL, NULL, SW_SHOWNORMAL);
    free(wide);
    if (result > 32) {
        return bp_strdup("Windows");
    }
    char *words = bp_windows_words((unsigned long)result);
    bp_fail(err, BP_E_SYSTEM, "Windows has no program for it: %s", words);
    free(words);
    return NULL;
}
