#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "probe/os/windows/command_parts.h"
#include "probe/os/windows/wide.h"

int bp_command_output_open(struct bp_command_output *output, HANDLE to, struct bp_err *err) {
    DWORD mode;
    *output = (struct bp_command_output){.to = to, .split = BP_STR_EMPTY};
    output->console = GetConsoleMode(to, &mode) != 0;
    HANDLE inside;
    if (bp_child_reader_open(&output->from, &inside, err) != 0) {
        return -1;
    }
    output->inside = inside;
    return 0;
}

void bp_command_output_close(struct bp_command_output *output) {
    if (output->inside) {
        CloseHandle(output->inside);
        output->inside = NULL;
    }
    bp_child_reader_close(&output->from);
    bp_str_free(&output->split);
}

static bool write_bytes(HANDLE to, const char *bytes, size_t length) {
    while (length > 0) {
        DWORD written = 0;
        if (!WriteFile(to, bytes, (DWORD)length, &written, NULL)) {
            return false;
        }
        bytes += written;
        length -= written;
    }
    return true;
}

static bool write_wide(HANDLE console, const wchar_t *text, size_t length) {
    static const size_t piece = 8192; /* older consoles take no more at once */
    while (length > 0) {
        DWORD written = 0;
        DWORD size = (DWORD)(length < piece ? length : piece);
        if (!WriteConsoleW(console, text, size, &written, NULL) || !written) {
            return false;
        }
        text += written;
        length -= written;
    }
    return true;
}

/* Bytes at the end that begin a character of UTF-8 and do not end it. */
static size_t unfinished(const char *bytes, size_t length) {
    for (size_t back = 1; back <= 3 && back <= length; back++) {
        unsigned char byte = (unsigned char)bytes[length - back];
        if ((byte & 0xC0) == 0x80) {
            continue;
        }
        size_t wanted = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
        return wanted > back ? back : 0;
    }
    return 0;
}

static bool is_utf8(const char *bytes, size_t length) {
    for (size_t at = 0, size; at < length; at += size) {
        size = bp_utf8_sequence(bytes + at, length - at);
        if (!size) {
            return false;
        }
    }
    return true;
}

/*
 * Into a pipe most programs write the code page of the system, and some UTF-8. A console is given
 * the characters, so that both can be read.
 */
static bool write_to_console(struct bp_command_output *output, const char *bytes, size_t length) {
    bp_str_add_bytes(&output->split, bytes, length);
    size_t rest = unfinished(output->split.data, output->split.length);
    size_t whole = output->split.length - rest;
    UINT code_page = is_utf8(output->split.data, whole) ? CP_UTF8 : CP_ACP;
    if (code_page == CP_ACP) {
        whole += rest;
    }
    int units =
        whole ? MultiByteToWideChar(code_page, 0, output->split.data, (int)whole, NULL, 0) : 0;
    wchar_t *text = bp_alloc_array((size_t)units + 1, sizeof *text);
    if (units) {
        MultiByteToWideChar(code_page, 0, output->split.data, (int)whole, text, units);
    }
    bool written = write_wide(output->to, text, (size_t)units);
    char *left = bp_strndup(output->split.data + whole, output->split.length - whole);
    bp_str_truncate(&output->split, 0);
    bp_str_add(&output->split, left);
    free(left);
    free(text);
    return written;
}

bool bp_command_output_write(struct bp_command_output *output, const char *bytes, size_t length) {
    return output->console ? write_to_console(output, bytes, length)
                           : write_bytes(output->to, bytes, length);
}

static bool same_file(HANDLE left, HANDLE right) {
    BY_HANDLE_FILE_INFORMATION one;
    BY_HANDLE_FILE_INFORMATION other;
    return GetFileType(left) == FILE_TYPE_DISK && GetFileType(right) == FILE_TYPE_DISK &&
           GetFileInformationByHandle(left, &one) && GetFileInformationByHandle(right, &other) &&
           one.dwVolumeSerialNumber == other.dwVolumeSerialNumber &&
           one.nFileIndexHigh == other.nFileIndexHigh && one.nFileIndexLow == other.nFileIndexLow;
}

bool bp_command_outputs_are_one(HANDLE left, HANDLE right) {
    DWORD mode;
    return left == right || same_file(left, right) ||
           (GetConsoleMode(left, &mode) && GetConsoleMode(right, &mode));
}
