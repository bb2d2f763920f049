/* Where a link points: symbolic links, junctions, and what stands for a program of the Store. */
#include <stdlib.h>

#include "probe/os/files.h"
#include "probe/os/windows/opened.h"
#include "probe/os/windows/wide.h"
#include "probe/reparse.h"

#include <windows.h>
#include <winioctl.h>

/* Bytes of the longest answer (MAXIMUM_REPARSE_DATA_BUFFER_SIZE). */
enum { LONGEST_ANSWER = 16384 };

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
    char *target = bp_reparse_target(bytes, size);
    if (!target) {
        bp_fail(err, BP_E_FORMAT, "cannot read the link %s: it is of an unknown kind", path);
    }
    return target;
}
