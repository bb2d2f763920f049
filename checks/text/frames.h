/* Whose code a file of a traceback is. */
#ifndef BP_CHECKS_TEXT_FRAMES_H
#define BP_CHECKS_TEXT_FRAMES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The package that the file belongs to: what follows the last site-packages or
 * dist-packages, or a well-known package's own folder elsewhere (a source tree);
 * "python" for the standard library; "user" for a script, a notebook's cell or anything
 * else. The caller frees it.
 */
char *bp_frame_package(const char *path, size_t length);

/*
 * The application whose folder or name stands in text[0..length), as its people write it
 * ("ComfyUI"), or NULL.
 */
const char *bp_application_at(const char *text, size_t length);

/* The words that give an application away, for a search; NULL-ended, lower case. */
extern const char *const bp_application_words[];

#endif
