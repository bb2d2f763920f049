#include "probe/os/nameless_program.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/str.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U /* linux/memfd.h before Linux 6.3 */
#endif

/* Closes the descriptor of something that failed; -1, with errno as it was. */
static int give_up(int fd) {
    int system_error = errno;
    if (fd >= 0) {
        close(fd);
    }
    errno = system_error;
    return -1;
}

static int write_whole(int fd, const char *bytes, size_t size) {
    while (size) {
        ssize_t written = write(fd, bytes, size);
        if (written < 0 && errno != EINTR) {
            return -1;
        }
        bytes += written > 0 ? written : 0;
        size -= written > 0 ? (size_t)written : 0;
    }
    return 0;
}

int bp_program_in_memory(const void *bytes, size_t size, struct bp_err *err) {
    int fd = (int)syscall(SYS_memfd_create, "bnb-probe-driver", MFD_EXEC);
    if (fd < 0 && errno == EINVAL) {
        fd = (int)syscall(SYS_memfd_create, "bnb-probe-driver", 0); /* older than MFD_EXEC */
    }
    if (fd < 0 || write_whole(fd, bytes, size) != 0) {
        fd = give_up(fd);
        bp_fail_errno(err, errno, "no file in memory can be made");
    }
    return fd;
}

/* The caller frees it. */
static char *descriptor_path(int fd) {
    return bp_format("/proc/self/fd/%d", fd);
}

/* While a file is open for writing, nobody may execute it. */
static int only_for_reading(int fd) {
    char *path = descriptor_path(fd);
    int again = open(path, O_RDONLY); /* not O_CLOEXEC: see the header */
    free(path);
    give_up(fd);
    return again;
}

static int in_one_folder(const void *bytes, size_t size, const char *folder) {
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0700);
    struct statvfs file_system;
    if (fd < 0) {
        return -1;
    }
    if (fstatvfs(fd, &file_system) == 0 && (file_system.f_flag & ST_NOEXEC)) {
        errno = EACCES;
        return give_up(fd);
    }
    /* Whoever may write to it now may not while it runs, whatever the umask says. */
    if (fchmod(fd, 0500) != 0 || write_whole(fd, bytes, size) != 0) {
        return give_up(fd);
    }
    return only_for_reading(fd);
}

int bp_program_in_folder(const void *bytes, size_t size, const char *const *folders,
                         const char **folder, struct bp_err *err) {
    int reason = ENOENT;
    for (; *folders; folders++) {
        int fd = **folders == '/' ? in_one_folder(bytes, size, *folders) : -1;
        if (fd >= 0) {
            *folder = *folders;
            return fd;
        }
        reason = **folders == '/' ? errno : reason;
    }
    return bp_fail_errno(err, reason, "no folder takes a file without a name that can be executed");
}

/* Whether nobody but root and this user can write to it. */
static bool is_ours(const struct stat *status) {
    return (status->st_uid == 0 || status->st_uid == geteuid()) &&
           !(status->st_mode & (S_IWGRP | S_IWOTH));
}

static bool folder_is_ours(const char *path) {
    char *folder = bp_dir_name(path);
    struct stat status;
    bool ours = stat(folder, &status) == 0 && is_ours(&status);
    free(folder);
    return ours;
}

static bool holds(int fd, const void *bytes, size_t size) {
    char *held = bp_alloc(size + 1);
    size_t length = 0;
    ssize_t count = 1;
    while (count > 0 && length <= size) {
        count = pread(fd, held + length, size + 1 - length, (off_t)length);
        length += count > 0 ? (size_t)count : 0;
    }
    bool same = length == size && memcmp(held, bytes, size) == 0;
    free(held);
    return same;
}

int bp_program_in_file(const void *bytes, size_t size, const char *path, struct bp_err *err) {
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0) {
        bp_fail_errno(err, errno, "there is no %s", path);
        return give_up(fd);
    }
    if (!S_ISREG(status.st_mode) || !is_ours(&status) || !folder_is_ours(path)) {
        bp_fail(err, BP_E_DENIED, "%s could have been put there by anybody", path);
        return give_up(fd);
    }
    if (!holds(fd, bytes, size)) {
        bp_fail(err, BP_E_FORMAT, "%s is of another release", path);
        return give_up(fd);
    }
    return fd;
}

void bp_program_execute(int program, char *const arguments[]) {
    extern char **environ;
    syscall(SYS_execveat, program, "", arguments, environ, AT_EMPTY_PATH);
    if (errno == ENOSYS) { /* before Linux 3.19 */
        char *path = descriptor_path(program);
        execve(path, arguments, environ);
        int system_error = errno;
        free(path);
        errno = system_error;
    }
}

void bp_program_execute_through(const char *loader, int program, char *const arguments[]) {
    extern char **environ;
    size_t count = 0;
    while (arguments[count]) {
        count++;
    }
    char *path = descriptor_path(program);
    char *name = bp_strdup(loader);
    char **all = bp_alloc_array(count + 3, sizeof *all);
    all[0] = name;
    all[1] = path;
    memcpy(all + 2, arguments, (count + 1) * sizeof *all);
    /* The loader that finds no such file would be a program that ran and failed. */
    if (access(path, R_OK) == 0) {
        execve(loader, all, environ);
    }
    int system_error = errno;
    free(all);
    free(name);
    free(path);
    errno = system_error;
}
