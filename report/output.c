#include "report/output.h"

#include <errno.h>
#include <fcntl.h>
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
    bp_fail(err, BP_E_SYSTEM, "%s: cannot be written: %s", shown,
            system_error == BP_PLACE_PLANTED ? "another user has put a link or a pipe there"
                                             : strerror(system_error));
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

/* The name of try `i` for a file beside the final one. The caller frees it. */
static char *name_beside(int i) {
    return bp_format(".bnb-probe-%ld-%d.tmp", (long)getpid(), i);
}

/* A file without a name, which nothing is left of if this process is killed; -1: no such thing. */
static int open_nameless(int folder) {
    if (access("/proc/self/fd", X_OK) != 0) {
        return -1; /* it could not be given its name later */
    }
    return openat(folder, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
}

/* A new file beside the final one for its owner only. 0, or the system's error number. */
static int open_beside(struct bp_output *output) {
    int error = EEXIST;
    int folder = output->place.folder;
    output->fd = open_nameless(folder);
    for (int i = 0; i < NAME_TRIES && output->fd < 0 && error == EEXIST; i++) {
        char *name = name_beside(i);
        output->fd =
            openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
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
        char *name = name_beside(i);
        bool linked = linkat(AT_FDCWD, own, output->place.folder, name, AT_SYMLINK_FOLLOW) == 0;
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

/* A device or a pipe is written to as it is. 0, or the system's error number. */
static int open_as_it_is(struct bp_output *output) {
    const struct bp_place *place = &output->place;
    /* What a process has open may be a file with something in it. */
    int flags = place->is_open ? O_APPEND : O_NOFOLLOW;
    output->fd = openat(place->folder, place->name, O_WRONLY | O_CLOEXEC | O_NOCTTY | flags);
    return output->fd < 0 ? errno : 0;
}

/* 0, the system's error number, or BP_PLACE_PLANTED. */
static int open_place(struct bp_output *output) {
    const struct bp_place *place = &output->place;
    int error = bp_place_find(output->path, &output->place);
    if (error) {
        return error;
    }
    if (place->exists && S_ISDIR(place->status.st_mode)) {
        return EISDIR;
    }
    if (place->is_open || (place->exists && !S_ISREG(place->status.st_mode))) {
        return open_as_it_is(output);
    }
    output->replaces = true;
    if (place->exists && faccessat(place->folder, place->name, W_OK, 0) != 0) {
        return errno;
    }
    return open_beside(output);
}

int bp_output_open(struct bp_output *output, const char *path, struct bp_err *err) {
    *output = (struct bp_output){.fd = STDOUT_FILENO, .place = {.folder = -1}};
    if (!path || bp_equal(path, "-")) {
        return 0;
    }
    output->fd = -1;
    output->path = bp_strdup(path);
    int error = open_place(output);
    return error ? fail(path, error, err) : 0;
}

int bp_output_add(struct bp_output *output, const char *data, size_t length, struct bp_err *err) {
    int error = write_all(output->fd, data, length);
    return error ? fail(output->path, error, err) : 0;
}

/* Makes the new file last, under a name. 0, or the system's error number. */
static int complete(struct bp_output *output) {
    if (fsync(output->fd) != 0 && errno != EINVAL && errno != EROFS) {
        return errno;
    }
    return output->temporary ? 0 : give_name(output);
}

/* Moves it to its final place. 0, or the system's error number. */
static int put_in_place(struct bp_output *output) {
    int folder = output->place.folder;
    if (renameat(folder, output->temporary, folder, output->place.name) != 0) {
        return errno;
    }
    free(output->temporary);
    output->temporary = NULL;
    return 0;
}

int bp_output_close(struct bp_output *output, struct bp_err *err) {
    int error = 0;
    if (!output->path) {
        error = close_standard_output();
    } else if (output->replaces) {
        error = complete(output);
    }
    if (output->path && close(output->fd) != 0 && !error) {
        error = errno;
    }
    output->fd = -1;
    if (!error && output->replaces) {
        error = put_in_place(output);
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
        unlinkat(output->place.folder, output->temporary, 0);
    }
    free(output->temporary);
    free(output->path);
    bp_place_free(&output->place);
    *output = (struct bp_output){.fd = -1, .place = {.folder = -1}};
}

int bp_output_write(const char *path, const char *data, size_t length, struct bp_err *err) {
    struct bp_output output;
    if (bp_output_open(&output, path, err) != 0 || bp_output_add(&output, data, length, err) != 0) {
        bp_output_drop(&output);
        return -1;
    }
    return bp_output_close(&output, err);
}

/* 0, the system's error number, or BP_PLACE_PLANTED. */
static int append_at(const struct bp_place *place, const char *data, size_t length) {
    static const int flags =
        O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK;
    struct stat status;
    int fd = openat(place->folder, place->name, flags, 0600);
    if (fd < 0) {
        return errno;
    }
    int error = fstat(fd, &status) != 0 ? errno : S_ISREG(status.st_mode) ? 0 : EINVAL;
    if (!error) {
        error = write_all(fd, data, length);
    }
    if (close(fd) != 0 && !error) {
        error = errno;
    }
    return error;
}

int bp_output_append(const char *path, const char *data, size_t length, struct bp_err *err) {
    struct bp_place place;
    struct stat status;
    int error = bp_place_find(path, &place);
    if (!error && lstat(path, &status) == 0 && S_ISLNK(status.st_mode)) {
        error = ELOOP; /* not even a trusted one */
    }
    if (!error) {
        error = append_at(&place, data, length);
    }
    bp_place_free(&place);
    return error ? fail(path, error, err) : 0;
}
