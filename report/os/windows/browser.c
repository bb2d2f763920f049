#include "report/browser.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "probe/os/windows/wide.h"

#include <windows.h>

#include <shellapi.h>
#include <shlwapi.h>

typedef HINSTANCE(WINAPI shell_execute_fn)(HWND window, const wchar_t *verb, const wchar_t *file,
                                           const wchar_t *parameters, const wchar_t *folder,
                                           int show);
typedef HRESULT(WINAPI assoc_query_fn)(ASSOCF flags, ASSOCSTR what, const wchar_t *of,
                                       const wchar_t *verb, wchar_t *out, DWORD *size);

/* From Windows 8 on; the headers have it for newer targets alone. */
enum { OF_A_SCHEME = 0x1000 };

/*
 * A function of a library that is loaded when it is needed: these bring a dozen others with them,
 * which every start would pay for. Copied to `function`; false where there is none.
 */
static bool load(const wchar_t *library, const char *name, void *function, size_t size) {
    HMODULE module = LoadLibraryExW(library, NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
    FARPROC found = module ? GetProcAddress(module, name) : NULL;
    if (found) {
        memcpy(function, &found, size);
    }
    return found != NULL;
}

/* --- the browser's own command --- */

/* What Windows would start for an address: "C:\\...\\firefox.exe" -url "%1". NULL: not told. */
static char *browser_command(void) {
    assoc_query_fn *query = NULL;
    DWORD size = 0;
    char *command = NULL;
    if (!load(L"shlwapi.dll", "AssocQueryStringW", &query, sizeof query) ||
        FAILED(query(OF_A_SCHEME, ASSOCSTR_COMMAND, L"https", NULL, NULL, &size)) || size == 0) {
        return NULL;
    }
    wchar_t *wide = bp_alloc_array(size, sizeof *wide);
    if (SUCCEEDED(query(OF_A_SCHEME, ASSOCSTR_COMMAND, L"https", NULL, wide, &size))) {
        command = bp_narrow(wide);
    }
    free(wide);
    return command;
}

/* The program that the command names, or NULL where that is not plain: a blank, unquoted, is no
 * end. */
static char *program_of(const char *command) {
    bool quoted = *command == '"';
    const char *start = command + quoted;
    size_t length = strcspn(start, quoted ? "\"" : " ");
    const char *ending = length > 4 ? start + length - 4 : "";
    bool plain = _strnicmp(ending, ".exe", 4) == 0 && memchr(start, '\\', length);
    return plain ? bp_strndup(start, length) : NULL;
}

/* The command with the address in the place of "%1", or at its end. */
static char *filled_in(const char *command, const char *address) {
    const char *place = strstr(command, "%1");
    return place ? bp_format("%.*s%s%s", (int)(place - command), command, address, place + 2)
                 : bp_format("%s \"%s\"", command, address);
}

/* It goes on by itself, and ^C here is not for it. */
static int start(const char *program, const char *line, struct bp_err *err) {
    STARTUPINFOW how = {.cb = sizeof how};
    PROCESS_INFORMATION process;
    wchar_t *wide_program = bp_wide(program);
    wchar_t *wide_line = bp_wide(line);
    int result = 0;
    if (CreateProcessW(wide_program, wide_line, NULL, NULL, FALSE,
                       DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP, NULL, NULL, &how, &process)) {
        CloseHandle(process.hThread);
        CloseHandle(process.hProcess);
    } else {
        result = bp_fail_windows(err, GetLastError(), "%s", program);
    }
    free(wide_program);
    free(wide_line);
    return result;
}

/* The program's name where it was started, NULL and *err where it was not. */
static char *start_browser(const char *command, const char *program, const char *address,
                           struct bp_err *err) {
    char *line = filled_in(command, address);
    bool started = start(program, line, err) == 0;
    free(line);
    return started ? bp_strdup(strrchr(program, '\\') + 1) : NULL;
}

/* --- Windows' own way --- */

/* Up to 32 it has failed, with a number that is an error's of Windows up to 8 and its own above. */
static int fail_to_open(intptr_t result, struct bp_err *err) {
    if (result == SE_ERR_NOASSOC || result == SE_ERR_ASSOCINCOMPLETE) {
        return bp_fail(err, BP_E_SYSTEM, "Windows has no program for it");
    }
    if (result > SE_ERR_OOM) {
        return bp_fail(err, BP_E_SYSTEM, "Windows does not open it (ShellExecute says %d)",
                       (int)result);
    }
    return bp_fail_windows(err, (unsigned long)result, "Windows does not open it");
}

/* Windows knows the program: the one that the person has chosen. */
static char *open_by_windows(const char *what, struct bp_err *err) {
    shell_execute_fn *execute = NULL;
    if (!load(L"shell32.dll", "ShellExecuteW", &execute, sizeof execute)) {
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
    fail_to_open(result, err);
    return NULL;
}

/* ShellExecute takes addresses of up to 2,083 characters; a command line has room for ours. */
char *bp_browser_show(const char *what, struct bp_err *err) {
    bool address = bp_starts_with(what, "https://") && !strpbrk(what, "\" ");
    char *command = address ? browser_command() : NULL;
    char *program = command ? program_of(command) : NULL;
    char *taken_by =
        program ? start_browser(command, program, what, err) : open_by_windows(what, err);
    free(program);
    free(command);
    return taken_by;
}
