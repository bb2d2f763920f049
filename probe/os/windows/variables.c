/*
 * The C library keeps a copy of the environment in the code page of the system, in which not every
 * value can be written. So it is not asked: Windows is, in UTF-16.
 */
#include "probe/os/variables.h"

#include <stdlib.h>

#include "base/memory.h"
#include "probe/os/windows/wide.h"

#include <windows.h>

const char bp_variable_list_separator = ';';

/* What was handed out, by name: values have to outlive the call, as those of getenv do. */
static struct known {
    struct known *next;
    char *name;
    char *value; /* NULL: unset */
} * known_first;

static char *ask(const char *name) {
    wchar_t *wide_name = bp_wide(name);
    wchar_t *value = NULL;
    DWORD size = 0;
    DWORD length = 0;
    SetLastError(ERROR_SUCCESS);
    while ((length = GetEnvironmentVariableW(wide_name, value, size)) > size || !value) {
        if (!length && GetLastError() == ERROR_ENVVAR_NOT_FOUND) {
            break;
        }
        size = length + 1;
        free(value);
        value = bp_alloc_array(size, sizeof *value);
    }
    free(wide_name);
    char *text = bp_narrow(value);
    free(value);
    return text;
}

const char *bp_variable(const char *name) {
    struct known *known = known_first;
    while (known && _stricmp(known->name, name) != 0) {
        known = known->next;
    }
    if (!known) {
        known = bp_alloc(sizeof *known);
        *known = (struct known){.next = known_first, .name = bp_strdup(name), .value = ask(name)};
        known_first = known;
    }
    return known->value;
}

void bp_variable_set(const char *name, const char *value) {
    wchar_t *wide_name = bp_wide(name);
    wchar_t *wide_value = bp_wide(value);
    SetEnvironmentVariableW(wide_name, wide_value);
    free(wide_value);
    free(wide_name);
    for (struct known *known = known_first; known; known = known->next) {
        if (_stricmp(known->name, name) == 0) {
            free(known->value);
            known->value = bp_strdup(value);
        }
    }
}

void bp_variable_names(struct bp_strs *names) {
    wchar_t *block = GetEnvironmentStringsW();
    for (const wchar_t *at = block; at && *at; at += wcslen(at) + 1) {
        /* A name may begin with "=": the folders of other drives do ("=C:"). */
        const wchar_t *end = wcschr(at + 1, L'=');
        bp_strs_add_owned(names, bp_narrow_part(at, end ? (size_t)(end - at) : wcslen(at)));
    }
    if (block) {
        FreeEnvironmentStringsW(block);
    }
}
