/*
 * The few functions of POSIX and GNU that the sources use and Windows' C library lacks. The build
 * includes this before every file, in the place of headers that declare them elsewhere.
 */
#ifndef BP_BASE_OS_WINDOWS_MISSING_H
#define BP_BASE_OS_WINDOWS_MISSING_H

#include <stddef.h>
#include <time.h>

/* As on Linux: memmem(3), strcasestr(3), gmtime_r(3). */
void *memmem(const void *text, size_t length, const void *word, size_t word_length);
char *strcasestr(const char *text, const char *word);
struct tm *bp_gmtime_r(const time_t *moment, struct tm *parts);
#define gmtime_r bp_gmtime_r /* the headers have one only for programs with POSIX threads */

#endif
