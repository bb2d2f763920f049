/*
 * Where this program is linked to no C library of the machine: the small program that is, kept
 * in the build as bytes, takes over the collecting child. It is never a file: it runs from
 * memory (memfd_create(2)), through the loader that it names or, where a system keeps its loader
 * elsewhere, through the one that the system's own programs name.
 */
#include "probe/cuda_driver.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/embedded.h"
#include "base/memory.h"
#include "probe/system_loader.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U /* linux/memfd.h before Linux 6.3 */
#endif

/* A file in memory with the helper in it, open across exec; -1 with errno set. */
static int helper_in_memory(void) {
    const struct bp_embedded_file *helper = &bp_embedded_driver_helper[0];
    int fd = (int)syscall(SYS_memfd_create, "bnb-probe-driver", MFD_EXEC);
    if (fd < 0 && errno == EINVAL) {
        fd = (int)syscall(SYS_memfd_create, "bnb-probe-driver", 0); /* older than MFD_EXEC */
    }
    size_t written = 0;
    while (fd >= 0 && written < helper->size) {
        ssize_t count = write(fd, helper->data + written, helper->size - written);
        if (count < 0 && errno != EINTR) {
            int system_error = errno;
            close(fd);
            errno = system_error;
            return -1;
        }
        written += count > 0 ? (size_t)count : 0;
    }
    return fd;
}

/* The glibc loader that programs of this machine start with. The caller frees it. */
static char *glibc_loader(const struct bp_root *root) {
    static const char *const programs[] = {"/bin/sh", "/usr/bin/env", NULL};
    char *path = NULL;
    for (size_t i = 0; !path && i < sizeof programs / sizeof *programs; i++) {
        struct bp_system_loader loader;
        bp_system_loader_find(&loader, root, programs[i]);
        if (loader.path && !loader.musl && bp_root_is_file(root, loader.path)) {
            path = bp_strdup(loader.path);
        }
        bp_system_loader_free(&loader);
    }
    return path;
}

/* Comes back only where it could not be started, with errno set. */
static void start(int program, const char *loader, char *facts_fd, char *nodes) {
    extern char **environ;
    if (!loader) {
        char name[] = "bnb-probe-driver";
        char *arguments[] = {name, facts_fd, nodes, NULL};
        syscall(SYS_execveat, program, "", arguments, environ, AT_EMPTY_PATH);
        return;
    }
    char *path = bp_format("/proc/self/fd/%d", program);
    char *name = bp_strdup(loader);
    char *arguments[] = {name, path, facts_fd, nodes, NULL};
    execve(loader, arguments, environ);
    int system_error = errno;
    free(name);
    free(path);
    errno = system_error;
}

static void say_why_not(struct bp_facts *facts, const char *loader) {
    if (loader) {
        bp_facts_status(facts, BP_STATUS_ERROR, "the part that asks the driver cannot be run: %s",
                        strerror(errno));
    } else {
        bp_facts_status(facts, BP_STATUS_ABSENT,
                        "there is no glibc here, without which NVIDIA's library cannot be loaded");
    }
}

void bp_cuda_driver_reach(const struct bp_probe *probe, struct bp_facts *facts) {
    char *loader = glibc_loader(probe->root);
    int program = loader ? helper_in_memory() : -1;
    if (program >= 0) {
        int fd = bp_facts_descriptor(facts);
        char *facts_fd = bp_format("%d", fd);
        char *nodes = bp_format("%d", bp_cuda_driver_may_make_nodes(probe));
        fcntl(fd, F_SETFD, 0);
        start(program, NULL, facts_fd, nodes);
        start(program, loader, facts_fd, nodes);
        free(nodes);
        free(facts_fd);
        int system_error = errno;
        close(program);
        errno = system_error;
    }
    say_why_not(facts, loader);
    free(loader);
}
