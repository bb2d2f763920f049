/*
 * Runs a program on a kernel that lacks what is named:
 *
 *     refuse-system-calls memfd_create execveat O_TMPFILE -- PROGRAM ARGUMENTS...
 *
 * System calls fail with ENOSYS, files without a name with EOPNOTSUPP, through a filter of the
 * kernel itself (seccomp(2)), so that the program needs no part in it. A developer's tool.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LIMIT = 64 };

struct filter {
    struct sock_filter steps[LIMIT];
    unsigned short count;
};

static void add(struct filter *filter, unsigned short code, unsigned value, unsigned char skip_if,
                unsigned char skip_if_not) {
    filter->steps[filter->count++] = (struct sock_filter){code, skip_if, skip_if_not, value};
}

static void load(struct filter *filter, size_t offset) {
    add(filter, BPF_LD | BPF_W | BPF_ABS, (unsigned)offset, 0, 0);
}

static void answer(struct filter *filter, unsigned what) {
    add(filter, BPF_RET | BPF_K, what, 0, 0);
}

static void refuse(struct filter *filter, unsigned call) {
    load(filter, offsetof(struct seccomp_data, nr));
    add(filter, BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1);
    answer(filter, SECCOMP_RET_ERRNO | ENOSYS);
}

/* The flags are argument `index`; these machines are little-endian: their lower half is first. */
static void refuse_nameless_files(struct filter *filter, unsigned call, size_t index) {
    load(filter, offsetof(struct seccomp_data, nr));
    add(filter, BPF_JMP | BPF_JEQ | BPF_K, call, 0, 3);
    load(filter, offsetof(struct seccomp_data, args) + 8 * index);
    add(filter, BPF_JMP | BPF_JSET | BPF_K, O_TMPFILE & ~O_DIRECTORY, 0, 1);
    answer(filter, SECCOMP_RET_ERRNO | EOPNOTSUPP);
}

static int add_rule(struct filter *filter, const char *name) {
    static const struct {
        const char *name;
        unsigned call;
    } calls[] = {
        {"memfd_create", SYS_memfd_create}, {"execveat", SYS_execveat}, {"openat2", SYS_openat2},
        {"pidfd_open", SYS_pidfd_open},     {"statx", SYS_statx},
    };
    if (strcmp(name, "O_TMPFILE") == 0) {
        refuse_nameless_files(filter, SYS_openat, 2);
#ifdef SYS_open
        refuse_nameless_files(filter, SYS_open, 1);
#endif
        return 0;
    }
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        if (strcmp(name, calls[i].name) == 0) {
            refuse(filter, calls[i].call);
            return 0;
        }
    }
    fprintf(stderr, "refuse-system-calls: unknown: %s\n", name);
    return -1;
}

int main(int argc, char *argv[]) {
    struct filter filter = {.count = 0};
    int at = 1;
    for (; at < argc && strcmp(argv[at], "--") != 0; at++) {
        if (filter.count > LIMIT - 12 || add_rule(&filter, argv[at]) != 0) {
            return 2;
        }
    }
    if (at + 1 >= argc) {
        fprintf(stderr, "usage: refuse-system-calls NAME... -- PROGRAM ARGUMENTS...\n");
        return 2;
    }
    answer(&filter, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {.len = filter.count, .filter = filter.steps};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
        perror("refuse-system-calls");
        return 1;
    }
    execv(argv[at + 1], argv + at + 1);
    perror(argv[at + 1]);
    return 127;
}
