/* Whose code a file of a traceback is. */
#ifndef BP_CHECKS_TEXT_FRAMES_H
#define BP_CHECKS_TEXT_FRAMES_H

#include <stddef.h>

/*
 * The package that the file belongs to: what follows the last site-packages or
 * dist-packages, or a well-known package's own folder elsewhere (a source tree);
 * "python" for the standard library; "user" for a script, a notebook's cell or anything
 * else. The caller frees it.
 */
char *bp_frame_package(const char *path, size_t length);

#endif
