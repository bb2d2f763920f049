#include "probe/os/descriptors.h"

#include <errno.h>
#include <unistd.h>

ptrdiff_t bp_descriptor_read(int descriptor, void *bytes, size_t size) {
    ssize_t got;
    do {
        got = read(descriptor, bytes, size);
    } while (got < 0 && errno == EINTR);
    return got;
}

int bp_descriptor_write(int descriptor, const void *bytes, size_t length) {
    const char *at = bytes;
    while (length > 0) {
        ssize_t written = write(descriptor, at, length);
        if (written < 0 && errno != EINTR) {
            return errno;
        }
        if (written > 0) {
            at += written;
            length -= (size_t)written;
        }
    }
    return 0;
}

void bp_descriptor_close(int descriptor) {
    close(descriptor);
}
