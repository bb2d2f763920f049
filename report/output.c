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

#include "base/memory.h"
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
 * for the end, without taking the descriptor away. 0, or the system's error number.
 */
static int close_standard_output(void) {
    int copy = dup(STDOUT_FILENO);
    return copy < 0 || close(copy) != 0 ? errno : 0;
}

/* The name of try `i` for a file beside `target`. The caller frees it. */
static char *name_beside(const char *target, int i) {
    char *folder = bp_dir_name(target);
    char *last = bp_format(".bnb-probe-%ld-%d.tmp", (long)getpid(), i);
    char *name = bp_join(folder, last);
    free(last);
    free(folder);
    return name;
}

/* A file without a name, which nothing is left of if this process is killed; -1: no such thing. */
static int open_nameless(const char *target) {
    if (access("/proc/self/fd", X_OK) != 0) {
        return -1; /* it could not be given its name later */
    }
    char *folder = bp_dir_name(target);
    int fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    free(folder);
    return fd;
}

/* A new file beside the target for its owner only. 0, or the system's error number. */
static int open_beside(struct bp_output *output) {
    int error = EEXIST;
    output->fd = open_nameless(output->target);
    for (int i = 0; i < NAME_TRIES && output->fd < 0 && error == EEXIST; i++) {
        char *name = name_beside(output->target, i);
        output->fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        error = output->fd < 0 ? errno : 0;
        if (error) {
            free(name);
        } else {
            output->temporary = name;
        }
    }
    return output->fd < 0 ? error : 0;
}

/* Names the file that had no name so far. 0, or the system's error number. */
static int give_name(struct bp_output *output) {
    int error = EEXIST;
    char *own = bp_format("/proc/self/fd/%d", output->fd);
    for (int i = 0; i < NAME_TRIES && error == EEXIST; i++) {
        char *name = name_beside(output->target, i);
        bool linked = linkat(AT_FDCWD, own, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0;
        error = linked ? 0 : errno;
        if (linked) {
            output->temporary = name;
        } else {
            free(name);
        }
    }
    free(own);
    return error;
}

/* The file that `path` leads to, or a device that is written to as it is; the same results. */
static int open_existing(struct bp_output *output, const char *path) {
    if (S_ISDIR(output->old.st_mode)) {
        return EISDIR;
    }
    if (!S_ISREG(output->old.st_mode)) {
        output->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
        return output->fd < 0 ? errno : 0;
    }
    output->target = realpath(path, NULL);
    output->replaces = true;
    return !output->target || access(output->target, W_OK) != 0 ? errno : open_beside(output);
}

static int open_new(struct bp_output *output, const char *path) {
    struct stat link;
    if (lstat(path, &link) == 0) {
        return ENOENT; /* a link that leads nowhere is no place to put a report */
    }
    output->target = bp_strdup(path);
    return open_beside(output);
}

int bp_output_open(struct bp_output *output, const char *path, struct bp_err *err) {
    *output = (struct bp_output){.fd = STDOUT_FILENO};
    if (!path || bp_equal(path, "-")) {
        return 0;
    }
    output->fd = -1;
    output->path = bp_strdup(path);
    int error = stat(path, &output->old) == 0 ? open_existing(output, path)
                : errno == ENOENT             ? open_new(output, path)
                                              : errno;
    return error ? fail(path, error, err) : 0;
}

int bp_output_add(struct bp_output *output, const char *data, size_t length, struct bp_err *err) {
    int error = write_all(output->fd, data, length);
    return error ? fail(output->path, error, err) : 0;
}

/* Gives the new file the mode of the old and makes it last. 0, or the system's error number. */
static int complete(const struct bp_output *output) {
    if (output->replaces) {
        /* Another owner can be kept only by root; for all others it is no error. */
        int kept = fchown(output->fd, output->old.st_uid, output->old.st_gid);
        (void)kept;
        if (fchmod(output->fd, output->old.st_mode & 07777) != 0) {
            return errno;
        }
    }
    return fsync(output->fd) != 0 && errno != EINVAL && errno != EROFS ? errno : 0;
}

int bp_output_close(struct bp_output *output, struct bp_err *err) {
    int error = 0;
    if (!output->path) {
        error = close_standard_output();
    } else if (output->target) {
        error = complete(output);
        if (!error && !output->temporary) {
            error = give_name(output);
        }
    }
    if (output->path && close(output->fd) != 0 && !error) {
        error = errno;
    }
    output->fd = -1;
    if (!error && output->target && rename(output->temporary, output->target) != 0) {
        error = errno;
    }
    if (!error) {
        free(output->temporary);
        output->temporary = NULL;
    }
    int result = error ? fail(output->path, error, err) : 0;
    bp_output_drop(output);
    return result;
}

void bp_output_drop(struct bp_output *output) {
    if (output->path && output->fd >= 0) {
        close(output->fd);
    }
    if (output->temporary) {
        unlink(output->temporary);
    }
    free(output->temporary);
    free(output->target);
    free(output->path);
    *output = (struct bp_output){.fd = -1};
}

int bp_output_write(const char *path, const char *data, size_t length, struct bp_err *err) {
    struct bp_output output;
    if (bp_output_open(&output, path, err) != 0 || bp_output_add(&output, data, length, err) != 0) {
        bp_output_drop(&output);
        return -1;
    }
    return bp_output_close(&output, err);
}

int bp_output_append(const char *path, const char *data, size_t length, struct bp_err *err) {
    struct stat status;
    int fd = open(
        path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (fd < 0) {
        return fail(path, errno, err);
    }
    int error = fstat(fd, &status) != 0 ? errno : S_ISREG(status.st_mode) ? 0 : EINVAL;
    if (!error) {
        error = write_all(fd, data, length);
    }
    if (close(fd) != 0 && !error) {
        error = errno;
    }
    return error ? fail(path, error, err) : 0;
}
