#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/os/variables.h"
#include "probe/os/windows/command_line.h"
#include "probe/os/windows/command_parts.h"
#include "probe/os/windows/wide.h"

static bool is_file(const char *path) {
    wchar_t *wide = bp_wide_named_path(path);
    DWORD attributes = wide ? GetFileAttributesW(wide) : INVALID_FILE_ATTRIBUTES;
    free(wide);
    return attributes != INVALID_FILE_ATTRIBUTES && !(attributes & FILE_ATTRIBUTE_DIRECTORY);
}

/* `path` itself, or with one of the extensions. The caller frees it; NULL: there is no such file.
 */
static char *with_extension(const char *path, const struct bp_strs *extensions) {
    const char *name = path + strlen(path);
    while (name > path && !strchr("/\\:", name[-1])) {
        name--;
    }
    if (strchr(name, '.') && is_file(path)) {
        return bp_strdup(path);
    }
    for (size_t i = 0; i < extensions->count; i++) {
        char *longer = bp_format("%s%s", path, extensions->items[i]);
        if (is_file(longer)) {
            return longer;
        }
        free(longer);
    }
    return is_file(path) ? bp_strdup(path) : NULL;
}

static char *on_path(const char *name, const struct bp_strs *extensions) {
    struct bp_strs folders = {0};
    const char *path = bp_variable("PATH");
    char *found = NULL;
    bp_strs_split(&folders, path ? path : "", ';', false);
    for (size_t i = 0; i < folders.count && !found; i++) {
        char *folder = folders.items[i];
        size_t length = strlen(folder);
        if (length >= 2 && folder[0] == '"' && folder[length - 1] == '"') {
            folder[length - 1] = '\0';
            folder++;
        }
        char *whole = bp_format("%s\\%s", folder, name);
        found = with_extension(whole, extensions);
        free(whole);
    }
    bp_strs_free(&folders);
    return found;
}

static char *find_file(const char *name) {
    struct bp_strs extensions = {0};
    const char *known = bp_variable("PATHEXT");
    bp_strs_split(&extensions, known && *known ? known : ".COM;.EXE;.BAT;.CMD", ';', false);
    char *found =
        strpbrk(name, "/\\:") ? with_extension(name, &extensions) : on_path(name, &extensions);
    bp_strs_free(&extensions);
    return found;
}

static bool has_extension(const char *path, const char *extension) {
    size_t length = strlen(path);
    size_t end = strlen(extension);
    return length > end && _stricmp(path + length - end, extension) == 0;
}

/* Whether cmd.exe takes an argument for what it is, whatever quotes stand around it. */
static bool is_plain(const char *argument) {
    return !strpbrk(argument, "\"%!^&|<>()\r\n");
}

/*
 * A batch file is run by cmd.exe, which takes the line apart in its own way: an argument with
 * certain characters would not arrive, or be run as a command.
 */
static int take_batch_file(struct bp_command_program *program, const char *file,
                           char *const arguments[], struct bp_err *err) {
    struct bp_str line = BP_STR_EMPTY;
    wchar_t folder[MAX_PATH + 1] = L"";
    UINT length = GetSystemDirectoryW(folder, MAX_PATH);
    bool plain = is_plain(file);
    bp_str_addf(&line, "cmd.exe /d /v:off /s /c \"\"%s\"", file);
    for (size_t i = 1; arguments[i]; i++) {
        plain = plain && is_plain(arguments[i]);
        bp_str_addf(&line, " \"%s\"", arguments[i]);
    }
    bp_str_add(&line, "\"");
    int result = 0;
    if (!plain || !length || length >= MAX_PATH) {
        result =
            bp_fail(err, BP_E_DENIED,
                    "%s is a batch file, to which arguments with any of \"%%!^&|<>() cannot be "
                    "handed on",
                    file);
    } else {
        char *system = bp_narrow(folder);
        char *shell = bp_format("%s\\cmd.exe", system);
        program->file = bp_wide(shell);
        program->command_line = bp_wide(line.data);
        free(shell);
        free(system);
    }
    bp_str_free(&line);
    return result;
}

static int take_file(struct bp_command_program *program, const char *file, char *const arguments[],
                     struct bp_err *err) {
    if (has_extension(file, ".bat") || has_extension(file, ".cmd")) {
        return take_batch_file(program, file, arguments, err);
    }
    struct bp_str line = BP_STR_EMPTY;
    for (size_t i = 0; arguments[i]; i++) {
        bp_command_line_add(&line, arguments[i]);
    }
    program->file = bp_wide_native_path(file);
    program->command_line = bp_wide(line.data);
    bp_str_free(&line);
    return 0;
}

int bp_command_program_find(struct bp_command_program *program, char *const arguments[],
                            struct bp_err *err) {
    const char *name = arguments[0];
    *program = (struct bp_command_program){0};
    char *file = find_file(name);
    if (!file) {
        return strpbrk(name, "/\\:")
                   ? bp_fail(err, BP_E_ABSENT, "%s cannot be executed: there is no such file", name)
                   : bp_fail(err, BP_E_ABSENT, "there is no program %s on PATH", name);
    }
    int result = take_file(program, file, arguments, err);
    free(file);
    return result;
}

void bp_command_program_free(struct bp_command_program *program) {
    free(program->file);
    free(program->command_line);
    *program = (struct bp_command_program){0};
}
