#include "report/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "report/input.h"

/* Tries for a free name of the temporary file. */
enum { NAME_TRIES = 100 };

void bp_output_prepare(void) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF) {
            /* Opened the wrong way round, so that using it still fails as on a closed one. */
            int opened = open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
            (void)opened;
        }
    }
    signal(SIGPIPE, SIG_IGN);
}

static int fail(const char *path, int system_error, struct bp_err *err) {
    char *shown = bp_input_shown(path ? path : "standard output");
    bp_fail(err, BP_E_SYSTEM, "%s: cannot be written: %s", shown, strerror(system_error));
    free(shown);
    return -1;
}

/* 0, or the system's error number. */
static int write_all(int fd, const char *data, size_t length) {
    while (length > 0) {
        ssize_t written = write(fd, data, length);
        if (written < 0 && errno != EINTR) {
            return errno;
        }
        if (written > 0) {
            data += written;
            length -= (size_t)written;
        }
    }
    return 0;
}

/*
 * Standard output is closed by a copy, which brings up an error that the file system kept
 * for the end, without taking the descriptor away.
 */
static int write_standard_output(const char *data, size_t length, struct bp_err *err) {
    int error = write_all(STDOUT_FILENO, data, length);
    if (!error) {
        int copy = dup(STDOUT_FILENO);
        error = copy < 0 || close(copy) != 0 ? errno : 0;
    }
    return error ? fail(NULL, error, err) : 0;
}

static int write_device(const char *path, const char *data, size_t length, struct bp_err *err) {
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        return fail(path, errno, err);
    }
    int error = write_all(fd, data, length);
    if (close(fd) != 0 && !error) {
        error = errno;
    }
    return error ? fail(path, error, err) : 0;
}

/* A new file beside `path` for its owner only. The caller frees *name. */
static int open_beside(const char *path, char **name) {
    char *folder = bp_dir_name(path);
    int fd = -1;
    for (int i = 0; i < NAME_TRIES && fd < 0; i++) {
        char *last = bp_format(".bnb-probe-%ld-%d.tmp", (long)getpid(), i);
        *name = bp_join(folder, last);
        free(last);
        fd = open(*name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0) {
            int error = errno;
            free(*name);
            *name = NULL;
            errno = error;
            if (error != EEXIST) {
                break;
            }
        }
    }
    free(folder);
    return fd;
}

/* 0, or the system's error number. `old` is what stands at `path`, or NULL. */
static int replace(const char *path, const struct stat *old, const char *data, size_t length) {
    char *name = NULL;
    int fd = open_beside(path, &name);
    if (fd < 0) {
        return errno;
    }
    int error = write_all(fd, data, length);
    if (!error && old) {
        /* Another owner can be kept only by root; for all others it is no error. */
        int kept = fchown(fd, old->st_uid, old->st_gid);
        (void)kept;
        error = fchmod(fd, old->st_mode & 07777) != 0 ? errno : 0;
    }
    if (!error && fsync(fd) != 0 && errno != EINVAL && errno != EROFS) {
        error = errno;
    }
    if (close(fd) != 0 && !error) {
        error = errno;
    }
    if (!error && rename(name, path) != 0) {
        error = errno;
    }
    if (error) {
        unlink(name);
    }
    free(name);
    return error;
}

int bp_output_write(const char *path, const char *data, size_t length, struct bp_err *err) {
    struct stat status;
    if (!path || bp_equal(path, "-")) {
        return write_standard_output(data, length, err);
    }
    if (stat(path, &status) != 0) {
        /* A link that leads nowhere is no place to put a report. */
        bool dangling = errno == ENOENT && lstat(path, &status) == 0;
        int error = dangling ? ENOENT : errno != ENOENT ? errno : replace(path, NULL, data, length);
        return error ? fail(path, error, err) : 0;
    }
    if (S_ISDIR(status.st_mode)) {
        return fail(path, EISDIR, err);
    }
    if (!S_ISREG(status.st_mode)) {
        return write_device(path, data, length, err);
    }
    char *target = realpath(path, NULL);
    int error =
        !target || access(target, W_OK) != 0 ? errno : replace(target, &status, data, length);
    free(target);
    return error ? fail(path, error, err) : 0;
}
