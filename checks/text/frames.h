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

/* An application that brings bitsandbytes, by a word that gives it away. */
struct bp_application {
    const char *word; /* lower case; NULL ends the list */
    const char *name; /* as its people write it */
    bool is_path;     /* the word stands in its own paths only */
};

/* All of them. */
const struct bp_application *bp_applications(void);

/* The one with that word, or NULL. */
const struct bp_application *bp_application_of(const char *word);

#endif
