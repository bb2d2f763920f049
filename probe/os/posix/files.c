#include "probe/os/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "probe/os/posix/root_path.h"
#include "probe/os/posix/system.h"

static bool is_windows_drive(int fd) {
    struct stat status;
    char *system = bp_root_path_resolve(fd, "/Windows/System32", true);
    bool is = system && fstatat(fd, system + 1, &status, 0) == 0 && S_ISDIR(status.st_mode);
    free(system);
    return is;
}

int bp_root_open(struct bp_root *root, const char *path, struct bp_err *err) {
    *root = (struct bp_root){.fd = -1, .live = path == NULL};
    root->path = bp_strdup(path ? path : "/");
    root->fd = open(root->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root->fd < 0) {
        int system_error = errno;
        bp_root_close(root);
        return bp_fail_errno(err, system_error, "cannot look into %s", path ? path : "/");
    }
    root->drive = path && is_windows_drive(root->fd) ? 'C' : '\0';
    return 0;
}

void bp_root_close(struct bp_root *root) {
    if (root->fd >= 0) {
        close(root->fd);
    }
    free(root->path);
    *root = (struct bp_root){.fd = -1};
}

/* Files of the kernel give EIO for reasons of theirs. */
static bool is_trouble(int system_error, const char *path) {
    bool of_kernel = strncmp(path, "/proc/", 6) == 0 || strncmp(path, "/sys/", 5) == 0;
    return system_error == EMFILE || system_error == ENFILE || system_error == ENOMEM ||
           (system_error == EIO && !of_kernel);
}

static void note_trouble(const struct bp_root *root, int system_error, const char *path) {
    if (!root->trouble || !is_trouble(system_error, path)) {
        return;
    }
    if (root->trouble->count++ == 0) {
        root->trouble->first = bp_format("%s: %s", path, strerror(system_error));
    }
}

/* Processes of others are closed as a matter of course. */
static void note_refusal(const struct bp_root *root, const char *path, bool closed) {
    struct bp_trouble *trouble = root->trouble;
    if (!trouble || (closed && strncmp(path, "/proc/", 6) == 0)) {
        return;
    }
    if (trouble->refused++ == 0) {
        trouble->first_refused =
            bp_format("%s: %s", path, closed ? strerror(EACCES) : "larger than such a file is");
        trouble->closed = closed;
    }
}

/* "cannot VERB PATH: ...". Returns -1. */
static int fail(const struct bp_root *root, int system_error, const char *verb, const char *path,
                struct bp_err *err) {
    note_trouble(root, system_error, path);
    return bp_fail_errno(err, system_error, "cannot %s %s", verb, path);
}

/* A path that openat accepts below the root's descriptor. */
static const char *below(const char *path) {
    while (*path == '/') {
        path++;
    }
    return *path ? path : ".";
}

/*
 * The path below the root's descriptor, links resolved: "/Windows" for C:/Windows on a drive.
 * NULL and errno where there is none. The caller frees it.
 */
static char *resolve_inside(const struct bp_root *root, const char *path) {
    if (root->drive && path[0] && path[1] == ':') {
        if ((path[0] | 0x20) != (root->drive | 0x20)) {
            errno = ENOENT; /* another drive is not at hand */
            return NULL;
        }
        path += 2;
    }
    return bp_root_path_resolve(root->fd, path, root->drive != '\0');
}

/*
 * Opens inside the root. Linux before 5.6, some sandboxes and macOS have no openat2: there the
 * links are resolved one by one (root_path.c), which is the same unless somebody changes
 * the folder at that very moment.
 */
static int open_inside(const struct bp_root *root, const char *path, int flags) {
    flags |= O_CLOEXEC;
    if (!(flags & O_PATH)) {
        flags |= O_NOCTTY; /* openat2 refuses it beside O_PATH */
    }
    if (root->live) {
        return open(*path ? path : "/", flags);
    }
    int fd = -1;
    if (!root->drive) {
        fd = bp_system_open_in_root(root->fd, below(path), flags);
        if (fd >= 0 || (errno != ENOSYS && errno != EPERM)) {
            return fd;
        }
    }
    char *real = resolve_inside(root, path);
    if (!real) {
        return -1;
    }
    fd = openat(root->fd, below(real), flags | O_NOFOLLOW);
    int system_error = errno;
    free(real);
    errno = system_error;
    return fd;
}

/*
 * Opens a regular file for reading. O_NONBLOCK keeps a FIFO or a device from making us
 * wait before fstat can tell what it is; for a regular file it changes nothing.
 */
static int open_regular(const struct bp_root *root, const char *path, struct stat *status,
                        struct bp_err *err) {
    if (bp_root_begin_reading(root, path, err) != 0) {
        return -1;
    }
    int fd = open_inside(root, path, O_RDONLY | O_NONBLOCK);
    if (fd < 0) {
        int system_error = errno;
        if (system_error == EACCES) {
            note_refusal(root, path, true);
        }
        return fail(root, system_error, "read", path, err);
    }
    if (fstat(fd, status) != 0) {
        int system_error = errno;
        close(fd);
        return fail(root, system_error, "read", path, err);
    }
    if (!S_ISREG(status->st_mode)) {
        close(fd);
        return bp_fail(err, BP_E_FORMAT, "%s is not a regular file", path);
    }
    return fd;
}

static int read_to_end(const struct bp_root *root, int fd, const char *path, size_t limit,
                       struct bp_str *text, struct bp_err *err) {
    char part[16384];
    size_t before = text->length;
    for (;;) {
        ssize_t got = read(fd, part, sizeof part);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return fail(root, errno, "read", path, err);
        }
        if (got == 0) {
            return 0;
        }
        if (bp_str_add_within(text, part, (size_t)got, limit - (text->length - before))) {
            return bp_fail(err, BP_E_LIMIT, "%s is larger than %zu bytes", path, limit);
        }
    }
}

int bp_root_read(const struct bp_root *root, const char *path, size_t limit, struct bp_str *text,
                 struct bp_err *err) {
    struct stat status;
    int fd = open_regular(root, path, &status, err);
    if (fd < 0) {
        return -1;
    }
    size_t most = limit ? limit : BP_TEXT_FILE_LIMIT;
    size_t before = text->length;
    int result = read_to_end(root, fd, path, most, text, err);
    if (result != 0 && !limit && text->length - before == most) {
        note_refusal(root, path, false);
    }
    close(fd);
    return result;
}

int bp_root_map(const struct bp_root *root, const char *path, struct bp_map *map,
                struct bp_err *err) {
    *map = (struct bp_map){0};
    struct stat status = {0};
    int fd = open_regular(root, path, &status, err);
    if (fd < 0) {
        return -1;
    }
    int result = 0;
    if (status.st_size > 0) {
        void *data = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (data == MAP_FAILED) {
            result = fail(root, errno, "map", path, err);
        } else {
            *map = (struct bp_map){.data = data, .size = (size_t)status.st_size};
        }
    }
    close(fd);
    return result;
}

void bp_map_close(struct bp_map *map) {
    if (map->data) {
        /* munmap takes a pointer to memory that may be written; this view never was. */
        munmap((void *)(uintptr_t)map->data, map->size);
    }
    *map = (struct bp_map){0};
}

static enum bp_file_kind kind_of(mode_t mode) {
    return S_ISREG(mode) ? BP_FILE_REGULAR : S_ISDIR(mode) ? BP_FILE_FOLDER : BP_FILE_OTHER;
}

int bp_root_status(const struct bp_root *root, const char *path, struct bp_file_status *status,
                   struct bp_err *err) {
    *status = (struct bp_file_status){0};
    struct stat system_status;
    int result;
    if (root->live) {
        result = stat(path, &system_status);
    } else {
        int fd = open_inside(root, path, O_PATH);
        result = fd < 0 ? -1 : fstat(fd, &system_status);
        if (fd >= 0) {
            close(fd);
        }
    }
    if (result != 0) {
        return fail(root, errno, "look at", path, err);
    }
    *status = (struct bp_file_status){
        .kind = kind_of(system_status.st_mode),
        .size = (uint64_t)system_status.st_size,
        .modified_at = system_status.st_mtime,
        .device = (uint64_t)system_status.st_dev,
        .inode = system_status.st_ino,
        .owner = system_status.st_uid,
        .mode = system_status.st_mode & 07777,
    };
    return 0;
}

/* In access(2)'s words. */
static int access_mode(int what) {
    return (what & BP_MAY_READ ? R_OK : 0) | (what & BP_MAY_WRITE ? W_OK : 0) |
           (what & BP_MAY_EXECUTE ? X_OK : 0);
}

bool bp_root_may(const struct bp_root *root, const char *path, int what) {
    char *real = root->live ? NULL : resolve_inside(root, path);
    bool may = root->live ? access(path, access_mode(what)) == 0
                          : real && faccessat(root->fd, below(real), access_mode(what), 0) == 0;
    if (!may) {
        note_trouble(root, errno, path);
    }
    free(real);
    return may;
}

/* NULL at the end, and errno where it is none. */
static struct dirent *next_entry(DIR *folder) {
    errno = 0;
    return readdir(folder);
}

int bp_root_list_unsorted(const struct bp_root *root, const char *path, size_t limit,
                          struct bp_strs *names, struct bp_err *err) {
    limit = limit ? limit : 65536;
    int fd = open_inside(root, path, O_RDONLY | O_DIRECTORY);
    DIR *folder = fd < 0 ? NULL : fdopendir(fd);
    if (!folder) {
        int system_error = errno;
        if (fd >= 0) {
            close(fd);
        }
        return fail(root, system_error, "list", path, err);
    }
    int result = 0;
    struct dirent *entry;
    while (result == 0 && (entry = next_entry(folder))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        if (names->count == limit) {
            result = bp_fail(err, BP_E_LIMIT, "%s holds more than %zu entries", path, limit);
        } else {
            bp_strs_add(names, entry->d_name);
        }
    }
    if (result == 0 && errno) {
        result = fail(root, errno, "list", path, err);
    }
    closedir(folder);
    return result;
}

char *bp_root_link(const struct bp_root *root, const char *path, struct bp_err *err) {
    char *parent = bp_dir_name(path);
    int fd = open_inside(root, parent, O_PATH | O_DIRECTORY);
    char target[PATH_MAX];
    ssize_t length = fd < 0 ? -1 : readlinkat(fd, bp_base_name(path), target, sizeof target);
    int system_error = errno;
    if (fd >= 0) {
        close(fd);
    }
    free(parent);
    if (length < 0) {
        fail(root, system_error, "read the link", path, err);
        return NULL;
    }
    return bp_strndup(target, (size_t)length);
}

char *bp_root_resolve(const struct bp_root *root, const char *path, struct bp_err *err) {
    char *real = root->live ? realpath(path, NULL) : resolve_inside(root, path);
    if (!real) {
        fail(root, errno, "resolve", path, err);
    }
    if (real && root->drive) {
        char *with_drive = bp_format("%c:%s", root->drive, real);
        free(real);
        real = with_drive;
    }
    return real;
}
