/*
 * Errors as values. A function that can fail returns int, 0 or -1, and fills a
 * `struct bp_err` that its caller owns. The message is a whole clause in words
 * that a person can act on ("cannot read /etc/os-release: permission denied");
 * it names the file or command concerned.
 */
#ifndef BP_BASE_ERROR_H
#define BP_BASE_ERROR_H

#include "base/attributes.h"

enum bp_err_code {
    BP_OK = 0,
    BP_E_ABSENT, /* what was asked for is not there */
    BP_E_DENIED, /* it is there and may not be looked at */
    BP_E_FORMAT, /* it was read and does not follow its format */
    BP_E_LIMIT,  /* larger, longer or deeper than the stated limit */
    BP_E_SYSTEM, /* the operating system refused for another reason */
    BP_E_UNSAFE, /* reading it ended a process before: it is left alone */
};

struct bp_err {
    enum bp_err_code code;
    char *message; /* owned; NULL while code is BP_OK */
};

/*
 * Fills *err (replacing what it held) and returns -1, so that a function can end
 * with `return bp_fail(...)`. `err` may be NULL: then only -1 is returned.
 */
int bp_fail(struct bp_err *err, enum bp_err_code code, const char *format, ...) BP_PRINTF(3, 4);

/*
 * The same from errno: ": " and the system's words for `system_error` are appended,
 * and the code follows from it (ENOENT and ENOTDIR are absent, EACCES and EPERM
 * are denied, the rest is a system error).
 */
int bp_fail_errno(struct bp_err *err, int system_error, const char *format, ...) BP_PRINTF(3, 4);

/* Puts `format` and ": " before the message that *err already holds. Returns -1. */
int bp_fail_in(struct bp_err *err, const char *format, ...) BP_PRINTF(2, 3);

/* The message, or "" when there is none. */
const char *bp_err_text(const struct bp_err *err);

/* Frees the message and makes *err ready for use again. NULL is allowed. */
void bp_err_clear(struct bp_err *err);

#endif
