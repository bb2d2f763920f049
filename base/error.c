#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static void replace(struct bp_err *err, enum bp_err_code code, struct bp_str *message) {
    if (!err) {
        bp_str_free(message);
        return;
    }
    free(err->message);
    err->code = code;
    err->message = bp_str_detach(message);
}

int bp_fail(struct bp_err *err, enum bp_err_code code, const char *format, ...) {
    struct bp_str message = BP_STR_EMPTY;
    va_list arguments;
    va_start(arguments, format);
    bp_str_addv(&message, format, arguments);
    va_end(arguments);
    replace(err, code, &message);
    return -1;
}

static enum bp_err_code code_of_errno(int system_error) {
    switch (system_error) {
    case ENOENT:
    case ENOTDIR:
        return BP_E_ABSENT;
    case EACCES:
    case EPERM:
        return BP_E_DENIED;
    default:
        return BP_E_SYSTEM;
    }
}

int bp_fail_errno(struct bp_err *err, int system_error, const char *format, ...) {
    struct bp_str message = BP_STR_EMPTY;
    va_list arguments;
    va_start(arguments, format);
    bp_str_addv(&message, format, arguments);
    va_end(arguments);
    bp_str_addf(&message, ": %s", strerror(system_error));
    replace(err, code_of_errno(system_error), &message);
    return -1;
}

int bp_fail_in(struct bp_err *err, const char *format, ...) {
    if (!err) {
        return -1;
    }
    struct bp_str message = BP_STR_EMPTY;
    va_list arguments;
    va_start(arguments, format);
    bp_str_addv(&message, format, arguments);
    va_end(arguments);
    bp_str_addf(&message, ": %s", bp_err_text(err));
    replace(err, err->code, &message);
    return -1;
}

const char *bp_err_text(const struct bp_err *err) {
    return err && err->message ? err->message : "";
}

void bp_err_clear(struct bp_err *err) {
    if (err) {
        free(err->message);
        err->message = NULL;
        err->code = BP_OK;
    }
}
