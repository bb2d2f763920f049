#include "probe/os/registry.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/os/windows/wide.h"

#include <windows.h>

/* Microsoft bounds the name of a key by 255 characters. */
enum { NAME_LIMIT = 256 };

/* More than the longest value that is asked for. */
static const DWORD value_limit = 1u << 16;

static HKEY open_key(enum bp_registry registry, const char *key) {
    HKEY opened = NULL;
    wchar_t *wide = bp_wide(key);
    LONG error =
        RegOpenKeyExW(registry == BP_REGISTRY_USER ? HKEY_CURRENT_USER : HKEY_LOCAL_MACHINE, wide,
                      0, KEY_READ | KEY_WOW64_64KEY, &opened);
    free(wide);
    return error == ERROR_SUCCESS ? opened : NULL;
}

/* The bytes of a value, ended by zeros; NULL where there is none. The caller frees it. */
static wchar_t *read_value(HKEY key, const char *name, DWORD *type, DWORD *size) {
    wchar_t *wide = bp_wide(name);
    wchar_t *value = NULL;
    *size = 0;
    LONG error = RegQueryValueExW(key, wide, NULL, type, NULL, size);
    if (error == ERROR_SUCCESS && *size <= value_limit) {
        DWORD room = *size;
        value = bp_alloc_array(room / sizeof *value + 2, sizeof *value);
        error = RegQueryValueExW(key, wide, NULL, type, (BYTE *)value, size);
        if (error != ERROR_SUCCESS || *size > room) { /* it has just been changed */
            free(value);
            value = NULL;
        }
    }
    free(wide);
    return value;
}

static char *expanded(const wchar_t *text) {
    DWORD size = ExpandEnvironmentStringsW(text, NULL, 0);
    wchar_t *wide = bp_alloc_array((size_t)size + 1, sizeof *wide);
    DWORD length = ExpandEnvironmentStringsW(text, wide, size);
    char *result = length && length <= size ? bp_narrow(wide) : bp_narrow(text);
    free(wide);
    return result;
}

char *bp_registry_text(enum bp_registry registry, const char *key, const char *name) {
    HKEY opened = open_key(registry, key);
    DWORD type = REG_NONE;
    DWORD size;
    wchar_t *value = opened ? read_value(opened, name, &type, &size) : NULL;
    char *text = NULL;
    if (value && type == REG_EXPAND_SZ) {
        text = expanded(value);
    } else if (value && (type == REG_SZ || type == REG_MULTI_SZ)) {
        text = bp_narrow(value);
    }
    free(value);
    if (opened) {
        RegCloseKey(opened);
    }
    return text;
}

bool bp_registry_number(enum bp_registry registry, const char *key, const char *name,
                        uint32_t *number) {
    HKEY opened = open_key(registry, key);
    DWORD type = REG_NONE;
    DWORD size = 0;
    wchar_t *value = opened ? read_value(opened, name, &type, &size) : NULL;
    bool found = value && type == REG_DWORD && size == sizeof *number;
    if (found) {
        memcpy(number, value, sizeof *number);
    }
    free(value);
    if (opened) {
        RegCloseKey(opened);
    }
    return found;
}

void bp_registry_keys(enum bp_registry registry, const char *key, struct bp_strs *names) {
    HKEY opened = open_key(registry, key);
    LONG error = opened ? ERROR_SUCCESS : ERROR_FILE_NOT_FOUND;
    for (DWORD i = 0; error == ERROR_SUCCESS; i++) {
        wchar_t name[NAME_LIMIT + 1];
        DWORD length = NAME_LIMIT;
        error = RegEnumKeyExW(opened, i, name, &length, NULL, NULL, NULL, NULL);
        if (error == ERROR_SUCCESS) {
            bp_strs_add_owned(names, bp_narrow_part(name, length));
        }
    }
    if (opened) {
        RegCloseKey(opened);
    }
}
