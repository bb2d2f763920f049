#include "report/output.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "probe/os/descriptors.h"
#include "probe/os/windows/opened.h"
#include "probe/os/windows/wide.h"
#include "report/input.h"
#include "report/terminal_system.h"

#include <windows.h>

/* Tries for a free name of the temporary file. */
enum { NAME_TRIES = 100 };

struct bp_output_file {
    char *path;         /* as it was named; NULL: standard output */
    HANDLE file;        /* what is written to; INVALID_HANDLE_VALUE: standard output, or closed */
    wchar_t *place;     /* where the file belongs, links resolved; NULL: it is no file */
    wchar_t *temporary; /* the name of the file until then; NULL: none */
};

/* Text goes out as it is: no carriage returns are put into it, nor taken out of what comes in. */
void bp_output_prepare(void) {
    for (int descriptor = BP_STDIN; descriptor <= BP_STDERR; descriptor++) {
        _setmode(descriptor, _O_BINARY);
    }
}

static int fail(const char *path, const char *words, struct bp_err *err) {
    char *shown = bp_input_shown(path ? path : "standard output");
    bp_fail(err, BP_E_SYSTEM, "%s: cannot be written: %s", shown, words);
    free(shown);
    return -1;
}

static int fail_windows(const char *path, DWORD system_error, struct bp_err *err) {
    char *words = bp_windows_words(system_error);
    fail(path, words, err);
    free(words);
    return -1;
}

/* --- opening --- */

/* Where the file is that `wide` leads to. NULL: there is none, or nothing more is known. */
static wchar_t *resolve(const wchar_t *wide) {
    HANDLE file = bp_opened_at(wide, 0, 0);
    char *real = file == INVALID_HANDLE_VALUE ? NULL : bp_opened_path(file);
    wchar_t *place = real ? bp_wide_path(real) : NULL;
    if (file != INVALID_HANDLE_VALUE) {
        CloseHandle(file);
    }
    free(real);
    return place;
}

/* The folder of a place, with its backslash. The caller frees it. */
static wchar_t *folder_of(const wchar_t *place) {
    const wchar_t *end = wcsrchr(place, L'\\');
    size_t length = end ? (size_t)(end - place) + 1 : 0;
    wchar_t *folder = bp_alloc_array(length + 1, sizeof *folder);
    wmemcpy(folder, place, length);
    return folder;
}

/* A new file beside the final one. 0, or Windows' error number. */
static DWORD open_beside(struct bp_output_file *output) {
    DWORD error = ERROR_FILE_EXISTS;
    wchar_t *wide_folder = folder_of(output->place);
    char *folder = bp_narrow(wide_folder);
    for (int i = 0; i < NAME_TRIES && error == ERROR_FILE_EXISTS; i++) {
        char *name = bp_format("%s.bnb-probe-%lu-%d.tmp", folder, GetCurrentProcessId(), i);
        wchar_t *wide = bp_wide(name);
        output->file = CreateFileW(wide, GENERIC_WRITE | DELETE, 0, NULL, CREATE_NEW,
                                   FILE_ATTRIBUTE_NORMAL, NULL);
        error = output->file == INVALID_HANDLE_VALUE ? GetLastError() : 0;
        if (error) {
            free(wide);
        } else {
            output->temporary = wide;
        }
        free(name);
    }
    free(folder);
    free(wide_folder);
    return error;
}

/* A device ("NUL", "CON", a pipe) is written to as it is. 0, or Windows' error number. */
static DWORD open_as_it_is(struct bp_output_file *output, const wchar_t *wide) {
    output->file = CreateFileW(wide, GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                               OPEN_EXISTING, 0, NULL);
    return output->file == INVALID_HANDLE_VALUE ? GetLastError() : 0;
}

/* Whether an existing file may be replaced by this person. 0, or Windows' error number. */
static DWORD check_replacing(const wchar_t *wide) {
    DWORD attributes = GetFileAttributesW(wide);
    if (attributes == INVALID_FILE_ATTRIBUTES) {
        return 0;
    }
    if (attributes & FILE_ATTRIBUTE_DIRECTORY) {
        return ERROR_DIRECTORY_NOT_SUPPORTED;
    }
    return attributes & FILE_ATTRIBUTE_READONLY ? ERROR_ACCESS_DENIED : 0;
}

static DWORD open_place(struct bp_output_file *output) {
    wchar_t *wide = bp_wide_named_path(output->path);
    if (!wide) {
        return ERROR_INVALID_NAME;
    }
    if (wcsncmp(wide, L"\\\\.\\", 4) == 0) {
        DWORD device_error = open_as_it_is(output, wide);
        free(wide);
        return device_error;
    }
    DWORD error = check_replacing(wide);
    output->place = resolve(wide);
    if (output->place) {
        free(wide);
    } else {
        output->place = wide;
    }
    return error ? error : open_beside(output);
}

int bp_output_open(struct bp_output *output, const char *path, struct bp_err *err) {
    struct bp_output_file *file = bp_alloc(sizeof *file);
    file->file = INVALID_HANDLE_VALUE;
    output->file = file;
    if (!path || bp_equal(path, "-")) {
        return 0;
    }
    file->path = bp_strdup(path);
    DWORD error = open_place(file);
    return error == ERROR_DIRECTORY_NOT_SUPPORTED ? fail(path, "Is a directory", err)
           : error                                ? fail_windows(path, error, err)
                                                  : 0;
}

/* --- writing --- */

/* 0, or Windows' error number. */
static DWORD write_all(HANDLE file, const char *data, size_t length) {
    static const size_t piece = (size_t)1 << 30;
    while (length > 0) {
        DWORD written = 0;
        if (!WriteFile(file, data, (DWORD)(length < piece ? length : piece), &written, NULL)) {
            return GetLastError();
        }
        data += written;
        length -= written;
    }
    return 0;
}

int bp_output_add(struct bp_output *output, const char *data, size_t length, struct bp_err *err) {
    const struct bp_output_file *file = output->file;
    if (!file->path) {
        int system_error = bp_descriptor_write(BP_STDOUT, data, length);
        return system_error ? fail(NULL, strerror(system_error), err) : 0;
    }
    DWORD error = write_all(file->file, data, length);
    return error ? fail_windows(file->path, error, err) : 0;
}

int bp_output_close(struct bp_output *output, struct bp_err *err) {
    struct bp_output_file *file = output->file;
    DWORD error = 0;
    if (file->temporary && !FlushFileBuffers(file->file)) {
        error = GetLastError();
    }
    if (file->file != INVALID_HANDLE_VALUE) {
        CloseHandle(file->file);
        file->file = INVALID_HANDLE_VALUE;
    }
    if (!error && file->temporary) {
        if (MoveFileExW(file->temporary, file->place, MOVEFILE_REPLACE_EXISTING)) {
            free(file->temporary);
            file->temporary = NULL;
        } else {
            error = GetLastError();
        }
    }
    int result = error ? fail_windows(file->path, error, err) : 0;
    bp_output_drop(output);
    return result;
}

void bp_output_drop(struct bp_output *output) {
    struct bp_output_file *file = output->file;
    if (!file) {
        return;
    }
    if (file->file != INVALID_HANDLE_VALUE) {
        CloseHandle(file->file);
    }
    if (file->temporary) {
        DeleteFileW(file->temporary);
    }
    free(file->temporary);
    free(file->place);
    free(file->path);
    free(file);
    output->file = NULL;
}

int bp_output_append(const char *path, const char *data, size_t length, struct bp_err *err) {
    wchar_t *wide = bp_wide_named_path(path);
    /* A link is opened itself, and is no plain file then. */
    HANDLE file = wide ? CreateFileW(wide, FILE_APPEND_DATA, FILE_SHARE_READ, NULL, OPEN_ALWAYS,
                                     FILE_FLAG_OPEN_REPARSE_POINT, NULL)
                       : INVALID_HANDLE_VALUE;
    DWORD error = file == INVALID_HANDLE_VALUE ? GetLastError() : 0;
    BY_HANDLE_FILE_INFORMATION information;
    free(wide);
    if (error) {
        return fail_windows(path, error, err);
    }
    if (GetFileType(file) != FILE_TYPE_DISK || !GetFileInformationByHandle(file, &information) ||
        information.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) {
        CloseHandle(file);
        return fail(path, "it is a link or a device", err);
    }
    error = write_all(file, data, length);
    CloseHandle(file);
    return error ? fail_windows(path, error, err) : 0;
}
