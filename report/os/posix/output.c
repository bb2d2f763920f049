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
#include "probe/os/descriptors.h"
#include "report/input.h"
#include "report/os/posix/nameless.h"
#include "report/os/posix/output_place.h"

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

struct bp_output_file {
    int fd;
    char *path; /* as it was named; NULL: standard output */
    struct bp_place place;
    bool replaces;   /* a file is made there; else it is written to as it is */
    char *temporary; /* the name of the file until then; NULL: none */
};

static int fail(const char *path, int system_error, struct bp_err *err) {
    char *shown = bp_input_shown(path ? path : "standard output");
    bp_fail(err, BP_E_SYSTEM, "%s: cannot be written: %s", shown,
            system_error == BP_PLACE_PLANTED ? "another user has put a link or a pipe there"
                                             : strerror(system_error));
    free(shown);
    return -1;
}

static void forget_temporary(void *context) {
    struct bp_output_file *file = context;
    if (file->temporary) {
        unlinkat(file->place.folder, file->temporary, 0);
    }
    bp_memory_set_undo(NULL, NULL);
}

/* From here on the file has a name that somebody has to take away. */
static void keep_temporary(struct bp_output_file *file, char *name) {
    file->temporary = name;
    bp_memory_set_undo(forget_temporary, file);
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

/* A new file beside the final one for its owner only. 0, or the system's error number. */
static int open_beside(struct bp_output_file *file) {
    int error = EEXIST;
    int folder = file->place.folder;
    file->fd = bp_open_nameless(folder);
    for (int i = 0; i < NAME_TRIES && file->fd < 0 && error == EEXIST; i++) {
        char *name = name_beside(i);
        file->fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        error = file->fd < 0 ? errno : 0;
        if (error) {
            free(name);
        } else {
            keep_temporary(file, name);
        }
    }
    return file->fd < 0 ? error : 0;
}

/* Names the file that had no name so far. 0, or the system's error number. */
static int give_name(struct bp_output_file *file) {
    int error = EEXIST;
    for (int i = 0; i < NAME_TRIES && error == EEXIST; i++) {
        char *name = name_beside(i);
        error = bp_name_nameless(file->fd, file->place.folder, name);
        if (!error) {
            keep_temporary(file, name);
        } else {
            free(name);
        }
    }
    return error;
}

/* A device or a pipe is written to as it is. 0, or the system's error number. */
static int open_as_it_is(struct bp_output_file *file) {
    const struct bp_place *place = &file->place;
    /* What a process has open may be a file with something in it. */
    int flags = place->is_open ? O_APPEND : O_NOFOLLOW;
    file->fd = openat(place->folder, place->name, O_WRONLY | O_CLOEXEC | O_NOCTTY | flags);
    return file->fd < 0 ? errno : 0;
}

/* 0, the system's error number, or BP_PLACE_PLANTED. */
static int open_place(struct bp_output_file *file) {
    const struct bp_place *place = &file->place;
    int error = bp_place_find(file->path, &file->place);
    if (error) {
        return error;
    }
    if (place->exists && S_ISDIR(place->status.st_mode)) {
        return EISDIR;
    }
    if (place->is_open || (place->exists && !S_ISREG(place->status.st_mode))) {
        return open_as_it_is(file);
    }
    file->replaces = true;
    if (place->exists && faccessat(place->folder, place->name, W_OK, 0) != 0) {
        return errno;
    }
    return open_beside(file);
}

int bp_output_open(struct bp_output *output, const char *path, struct bp_err *err) {
    struct bp_output_file *file = bp_alloc(sizeof *file);
    *file = (struct bp_output_file){.fd = STDOUT_FILENO, .place = {.folder = -1}};
    output->file = file;
    if (!path || bp_equal(path, "-")) {
        return 0;
    }
    file->fd = -1;
    file->path = bp_strdup(path);
    int error = open_place(file);
    return error ? fail(path, error, err) : 0;
}

int bp_output_add(struct bp_output *output, const char *data, size_t length, struct bp_err *err) {
    int error = bp_descriptor_write(output->file->fd, data, length);
    return error ? fail(output->file->path, error, err) : 0;
}

/* Makes the new file last, under a name. 0, or the system's error number. */
static int complete(struct bp_output_file *file) {
    if (fsync(file->fd) != 0 && errno != EINVAL && errno != EROFS) {
        return errno;
    }
    return file->temporary ? 0 : give_name(file);
}

/* Moves it to its final place. 0, or the system's error number. */
static int put_in_place(struct bp_output_file *file) {
    int folder = file->place.folder;
    if (renameat(folder, file->temporary, folder, file->place.name) != 0) {
        return errno;
    }
    bp_memory_set_undo(NULL, NULL);
    free(file->temporary);
    file->temporary = NULL;
    return 0;
}

int bp_output_close(struct bp_output *output, struct bp_err *err) {
    struct bp_output_file *file = output->file;
    int error = 0;
    if (!file->path) {
        error = close_standard_output();
    } else if (file->replaces) {
        error = complete(file);
    }
    if (file->path && close(file->fd) != 0 && !error) {
        error = errno;
    }
    file->fd = -1;
    if (!error && file->replaces) {
        error = put_in_place(file);
    }
    int result = error ? fail(file->path, error, err) : 0;
    bp_output_drop(output);
    return result;
}

void bp_output_drop(struct bp_output *output) {
    struct bp_output_file *file = output->file;
    if (!file) {
        return;
    }
    if (file->path && file->fd >= 0) {
        close(file->fd);
    }
    forget_temporary(file);
    free(file->temporary);
    free(file->path);
    bp_place_free(&file->place);
    free(file);
    output->file = NULL;
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
        error = bp_descriptor_write(fd, data, length);
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
