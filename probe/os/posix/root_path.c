#include "probe/os/posix/root_path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/str.h"

enum { MAX_LINKS = 40 };

/* The first part of *rest; *rest is left with what comes after it. NULL at the end. */
static char *take_part(struct bp_str *rest) {
    size_t start = strspn(rest->data, "/");
    size_t length = strcspn(rest->data + start, "/");
    if (!length) {
        return NULL;
    }
    char *part = bp_strndup(rest->data + start, length);
    char *behind = bp_strdup(rest->data + start + length);
    bp_str_truncate(rest, 0);
    bp_str_add(rest, behind);
    free(behind);
    return part;
}

static void drop_last_part(struct bp_str *done) {
    const char *slash = strrchr(done->data, '/');
    bp_str_truncate(done, slash ? (size_t)(slash - done->data) : 0);
}

/* Puts the link's target before what is left to walk. */
static void follow(struct bp_str *done, struct bp_str *rest, const char *target) {
    if (*target == '/') {
        bp_str_truncate(done, 0);
    }
    char *left = bp_str_detach(rest);
    bp_str_addf(rest, "%s/%s", target, left);
    free(left);
}

/* The first name in the folder that is `part` but for the case of letters, or NULL. */
static char *other_case(int root_fd, const char *folder, const char *part) {
    int fd = openat(root_fd, *folder ? folder + 1 : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *names = fd < 0 ? NULL : fdopendir(fd);
    if (!names) {
        if (fd >= 0) {
            close(fd);
        }
        return NULL;
    }
    char *found = NULL;
    struct dirent *entry;
    while (!found && (entry = readdir(names))) {
        found = strcasecmp(entry->d_name, part) == 0 ? bp_strdup(entry->d_name) : NULL;
    }
    closedir(names);
    return found;
}

/* Adds one part to what is done, in another case where it is not there as it stands. */
static void add_part(int root_fd, struct bp_str *done, const char *part, bool folds) {
    struct stat status;
    size_t before = done->length;
    bp_str_addf(done, "/%s", part);
    if (!folds || fstatat(root_fd, done->data + 1, &status, AT_SYMLINK_NOFOLLOW) == 0) {
        return;
    }
    bp_str_truncate(done, before);
    char *there = other_case(root_fd, done->data, part);
    bp_str_addf(done, "/%s", there ? there : part);
    free(there);
}

/* Walks one part. 0, or -1 and errno. */
static int walk(int root_fd, struct bp_str *done, struct bp_str *rest, const char *part, int *links,
                bool folds) {
    if (strcmp(part, ".") == 0) {
        return 0;
    }
    if (strcmp(part, "..") == 0) {
        drop_last_part(done);
        return 0;
    }
    size_t before = done->length;
    add_part(root_fd, done, part, folds);
    char target[PATH_MAX];
    ssize_t length = readlinkat(root_fd, done->data + 1, target, sizeof target - 1);
    if (length < 0) {
        struct stat status;
        return errno == EINVAL ? fstatat(root_fd, done->data + 1, &status, AT_SYMLINK_NOFOLLOW)
                               : -1;
    }
    if (++*links > MAX_LINKS) {
        errno = ELOOP;
        return -1;
    }
    target[length] = '\0';
    bp_str_truncate(done, before);
    follow(done, rest, target);
    return 0;
}

char *bp_root_path_resolve(int root_fd, const char *path, bool folds) {
    struct bp_str done = BP_STR_EMPTY;
    struct bp_str rest = BP_STR_EMPTY;
    bp_str_add(&rest, path);
    int links = 0;
    int result = 0;
    char *part;
    while (result == 0 && (part = take_part(&rest))) {
        result = walk(root_fd, &done, &rest, part, &links, folds);
        free(part);
    }
    int system_error = errno;
    bp_str_free(&rest);
    if (result != 0) {
        bp_str_free(&done);
        errno = system_error;
        return NULL;
    }
    if (!done.length) {
        bp_str_add(&done, "/");
    }
    return bp_str_detach(&done);
}
