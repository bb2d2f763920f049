/* Reading and writing open files and pipes by their descriptors. */
#ifndef BP_PROBE_OS_DESCRIPTORS_H
#define BP_PROBE_OS_DESCRIPTORS_H

#include <stddef.h>

/* How many bytes were read, at most `size`; 0 at the end; -1 and errno. */
ptrdiff_t bp_descriptor_read(int descriptor, void *bytes, size_t size);

/* Writes all of it. 0, or the system's error number (of errno). */
int bp_descriptor_write(int descriptor, const void *bytes, size_t length);

void bp_descriptor_close(int descriptor);

#endif
