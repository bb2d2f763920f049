#include "probe/os/descriptors.h"

#include <errno.h>
#include <io.h>

#include <windows.h>

/* Bytes at a time, since these functions count in int; a console takes less at once. */
enum { PIECE = 1 << 15 };

ptrdiff_t bp_descriptor_read(int descriptor, void *bytes, size_t size) {
    int got = _read(descriptor, bytes, size < PIECE ? (unsigned)size : PIECE);
    return got < 0 && errno == EPIPE ? 0 : got; /* the writer has gone */
}

int bp_descriptor_write(int descriptor, const void *bytes, size_t length) {
    const char *at = bytes;
    while (length > 0) {
        int written = _write(descriptor, at, length < PIECE ? (unsigned)length : PIECE);
        if (written < 0) {
            /* Of a pipe that nobody reads the C library says that the call was wrong. */
            return errno == EINVAL && GetLastError() == ERROR_NO_DATA ? EPIPE : errno;
        }
        at += written;
        length -= (size_t)written;
    }
    return 0;
}

void bp_descriptor_close(int descriptor) {
    _close(descriptor);
}
