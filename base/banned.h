/*
 * Calls that nothing here makes; using one does not compile. The compiler reads this before each
 * source file (CMakeLists.txt). What to take instead stands beside each group.
 *
 * No header that comes later may name them any more, which holds with gcc on Linux; elsewhere
 * nothing is banned, as the same sources are compiled for Linux in every run of the tests.
 */
#ifndef BP_BASE_BANNED_H
#define BP_BASE_BANNED_H

#if defined(__linux__) && defined(__GNUC__) && !defined(__clang__)

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* They write as much as comes: base/str.h. */
#pragma GCC poison strcpy stpcpy strcat strncpy stpncpy strncat sprintf vsprintf gets
/* They keep state between calls, which a library or a signal handler may change. */
#pragma GCC poison strtok asctime ctime gmtime localtime rand srand
/* They do not say that there was no number, or that it was too large: base/str.h, strtol. */
#pragma GCC poison atoi atol atoll atof
/* They hand a line to a shell: probe/os/child.h. */
#pragma GCC poison popen
/* A name that variables have as well: only the call is refused, as an undeclared name. */
#define system(command) bp_no_shell_is_started
/* Another user can be there first: report/output_place.h. */
#pragma GCC poison tmpnam tempnam mktemp
/* Allocation that may return NULL, which nobody here checks: base/memory.h. */
#ifndef BP_ALLOCATES
#pragma GCC poison malloc calloc realloc reallocarray strdup strndup asprintf vasprintf
#endif

#endif
#endif
