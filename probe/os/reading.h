/*
 * Which file a process is reading, in memory that it shares with the one that started it: when a
 * file was its end, that one can say which, and start another without it.
 */
#ifndef BP_PROBE_OS_READING_H
#define BP_PROBE_OS_READING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* Bytes of a path; Linux opens no longer one. */
#define BP_READING_PATH 4096

/* What the reader writes. Whoever reads it should not trust it: the reader may have been taken
 * over. */
struct bp_reading {
    char path[BP_READING_PATH]; /* "" where nothing was read, or the path is longer */
};

/* `count` of them, one a process, in shared memory; NULL where there is none. */
struct bp_reading *bp_readings_new(size_t count);
void bp_readings_free(struct bp_reading *readings, size_t count);

/* Notes that the file at `path` is read from now on. NULL notes nothing. */
void bp_reading_note(struct bp_reading *reading, const char *path);

/* The last file that was noted, or NULL. The caller frees it. */
char *bp_reading_last(const struct bp_reading *reading);

#endif
