/* Where a link points: symbolic links, junctions, and what stands for a program of the Store. */
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "base/memory.h"
#include "probe/os/files.h"
#include "probe/os/windows/opened.h"
#include "probe/os/windows/wide.h"

#include <windows.h>
#include <winioctl.h>

/* Bytes of the longest answer (MAXIMUM_REPARSE_DATA_BUFFER_SIZE). */
enum { LONGEST_ANSWER = 16384 };
#define TAG_OF_STORE_PROGRAM 0x8000001bu /* IO_REPARSE_TAG_APPEXECLINK */

/* The UTF-16 text in an answer, in the form of probe/ without the mark of the object tree. */
static char *text_at(struct bp_cursor *answer, uint64_t at, uint64_t bytes) {
    struct bp_cursor part = bp_cursor_part(answer, at, bytes);
    size_t units = part.size / sizeof(wchar_t);
    if (part.size != bytes || units == 0) {
        return NULL;
    }
    wchar_t *wide = bp_alloc_array(units + 1, sizeof *wide);
    for (size_t i = 0; i < units; i++) {
        wide[i] = (wchar_t)bp_cursor_u16(&part, 2 * i);
    }
    const wchar_t *start = wcsncmp(wide, L"\\??\\", 4) == 0 ? wide + 4 : wide;
    char *text = bp_portable_path(start);
    free(wide);
    return text;
}

/*
 * REPARSE_DATA_BUFFER ([MS-FSCC] 2.1.2): u32 tag, u16 length, u16 0; then where the names are from
 * byte 16 (junctions) or 20 (symbolic links) on.
 */
static char *target_of_link(struct bp_cursor *answer, bool symbolic) {
    uint64_t names = symbolic ? 20 : 16;
    uint16_t print_length = bp_cursor_u16(answer, 14);
    uint16_t offset = bp_cursor_u16(answer, print_length ? 12 : 8);
    uint16_t length = print_length ? print_length : bp_cursor_u16(answer, 10);
    return text_at(answer, names + offset, length);
}

/* u32 version 3; then texts that end in zeros: package, entry point, program. */
static char *target_of_store_program(struct bp_cursor *answer) {
    uint64_t at = 12;
    for (int number = 0;; number++) {
        uint64_t end = at;
        while (end + 2 <= answer->size && bp_cursor_u16(answer, end)) {
            end += 2;
        }
        if (number == 2 || end + 2 > answer->size) {
            return text_at(answer, at, end - at);
        }
        at = end + 2;
    }
}

char *bp_root_link(const struct bp_root *root, const char *path, struct bp_err *err) {
    unsigned char bytes[LONGEST_ANSWER];
    DWORD size = 0;
    HANDLE file = bp_opened(root, path, FILE_READ_ATTRIBUTES, FILE_FLAG_OPEN_REPARSE_POINT);
    BOOL told =
        file != INVALID_HANDLE_VALUE &&
        DeviceIoControl(file, FSCTL_GET_REPARSE_POINT, NULL, 0, bytes, sizeof bytes, &size, NULL);
    DWORD error = GetLastError();
    if (file != INVALID_HANDLE_VALUE) {
        CloseHandle(file);
    }
    if (!told) {
        bp_fail_windows(err, error, "cannot read the link %s", path);
        return NULL;
    }
    struct bp_cursor answer = bp_cursor_of(bytes, size);
    uint32_t tag = bp_cursor_u32(&answer, 0);
    char *target = tag == IO_REPARSE_TAG_SYMLINK       ? target_of_link(&answer, true)
                   : tag == IO_REPARSE_TAG_MOUNT_POINT ? target_of_link(&answer, false)
                   : tag == TAG_OF_STORE_PROGRAM       ? target_of_store_program(&answer)
                                                       : NULL;
    if (!target) {
        bp_fail(err, BP_E_FORMAT, "cannot read the link %s: it is of an unknown kind", path);
    }
    return target;
}
