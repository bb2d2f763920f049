/*
 * seccomp(2): a program in BPF that the kernel runs at every system call. Those that reading needs
 * are let through. Those that nobody needs for it, and an attacker would, end the process, so that
 * it shows. Any other fails as if the kernel did not have it, which C libraries live with: what a
 * future one tries first is not known today.
 */
#include "probe/os/linux/fence_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define THIS_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#ifndef SECCOMP_RET_KILL_PROCESS
#define SECCOMP_RET_KILL_PROCESS 0x80000000U
#endif
#ifndef SECCOMP_FILTER_FLAG_SPEC_ALLOW
#define SECCOMP_FILTER_FLAG_SPEC_ALLOW 4
#endif

#if defined(THIS_ARCHITECTURE)

/* Let through, whatever their arguments are. Their numbers are below 512 everywhere. */
static const uint16_t reading[] = {
    SYS_read,
    SYS_pread64,
    SYS_readv,
    SYS_lseek,
    SYS_write,
    SYS_writev,
    SYS_close,
    SYS_fstat,
    SYS_newfstatat,
    SYS_statx,
    SYS_statfs,
    SYS_fstatfs,
    SYS_getdents64,
    SYS_readlinkat,
    SYS_faccessat,
    SYS_faccessat2,
    SYS_getcwd,
    SYS_fcntl,
    SYS_fadvise64,
    SYS_munmap,
    SYS_mremap,
    SYS_madvise,
    SYS_brk,
    SYS_futex,
    SYS_exit,
    SYS_exit_group,
    SYS_rt_sigreturn,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_sigaltstack,
    SYS_restart_syscall,
    SYS_clock_gettime,
    SYS_clock_getres,
    SYS_gettimeofday,
    SYS_getrandom,
    SYS_getpid,
    SYS_gettid,
    SYS_getppid,
    SYS_getuid,
    SYS_geteuid,
    SYS_getgid,
    SYS_getegid,
    SYS_uname,
    SYS_sysinfo,
    SYS_sched_yield,
    SYS_sched_getaffinity,
    SYS_sched_setaffinity,
    SYS_get_mempolicy,
    SYS_getcpu,
#if defined(__x86_64__)
    SYS_stat,
    SYS_lstat,
    SYS_access,
    SYS_readlink,
    SYS_getdents,
    SYS_time,
#endif
};

/* What a reader that was taken over would be used for. */
static const uint16_t ends_the_process[] = {
    SYS_execve,
    SYS_execveat,
    SYS_clone,
    SYS_clone3,
    SYS_socket,
    SYS_socketpair,
    SYS_connect,
    SYS_bind,
    SYS_sendto,
    SYS_sendmsg,
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_pidfd_getfd,
    SYS_kill,
    SYS_unlinkat,
    SYS_mkdirat,
    SYS_mknodat,
    SYS_renameat,
    SYS_renameat2,
    SYS_linkat,
    SYS_symlinkat,
    SYS_truncate,
    SYS_ftruncate,
    SYS_fchmod,
    SYS_fchmodat,
    SYS_fchown,
    SYS_fchownat,
    SYS_mount,
    SYS_umount2,
    SYS_chroot,
    SYS_unshare,
    SYS_setns,
    SYS_bpf,
    SYS_io_uring_setup,
    SYS_memfd_create,
    SYS_setuid,
    SYS_setresuid,
    SYS_init_module,
    SYS_finit_module,
#if defined(__x86_64__)
    SYS_fork,
    SYS_vfork,
    SYS_unlink,
    SYS_rmdir,
    SYS_mkdir,
    SYS_mknod,
    SYS_rename,
    SYS_link,
    SYS_symlink,
    SYS_creat,
    SYS_chmod,
    SYS_chown,
    SYS_lchown,
#endif
};

/* What tells that a file is opened for more than reading. */
static const uint32_t writing =
    O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY);

/* Beyond every number of a system call that is known here. */
enum { NUMBERS = 512, MOST_INSTRUCTIONS = 512 };

struct program {
    struct sock_filter code[MOST_INSTRUCTIONS];
    unsigned short length;
};

/* Numbers that follow one another and have the same answer. */
struct stretch {
    uint16_t first;
    uint32_t action;
};

struct stretches {
    struct stretch items[NUMBERS];
    size_t count;
};

static void add(struct program *program, struct sock_filter instruction) {
    if (program->length < MOST_INSTRUCTIONS) {
        program->code[program->length] = instruction;
    }
    program->length++;
}

static void load(struct program *program, uint32_t offset) {
    add(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset));
}

static void load_number(struct program *program) {
    load(program, offsetof(struct seccomp_data, nr));
}

static uint32_t argument(unsigned index) {
    return (uint32_t)(offsetof(struct seccomp_data, args) + index * sizeof(uint64_t));
}

static void answer(struct program *program, uint32_t action) {
    add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

/* For the call `number`: one answer where a bit of `bits` is set in the argument, else it passes.
 */
static void answer_by_bits(struct program *program, uint32_t number, unsigned index, uint32_t bits,
                           uint32_t action) {
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 4));
    load(program, argument(index));
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1));
    answer(program, action);
    answer(program, SECCOMP_RET_ALLOW);
}

/* For the call `number`: it passes where the lower half of the argument is `value`. */
static void allow_by_value(struct program *program, uint32_t number, unsigned index,
                           uint32_t value) {
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 4));
    load(program, argument(index));
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1));
    answer(program, SECCOMP_RET_ALLOW);
    answer(program, SECCOMP_RET_KILL_PROCESS);
}

/* Calls of another architecture, or of the x32 ABI, have other numbers. */
static void refuse_other_abis(struct program *program) {
    load(program, offsetof(struct seccomp_data, arch));
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCHITECTURE, 1, 0));
    answer(program, SECCOMP_RET_KILL_PROCESS);
    load_number(program);
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1));
    answer(program, SECCOMP_RET_KILL_PROCESS);
}

static void judge_arguments(struct program *program) {
    const uint32_t refused = SECCOMP_RET_ERRNO | EPERM;
    answer_by_bits(program, SYS_openat, 2, writing, SECCOMP_RET_KILL_PROCESS);
    answer_by_bits(program, SYS_mmap, 2, PROT_EXEC, refused);
    answer_by_bits(program, SYS_mprotect, 2, PROT_EXEC, refused);
    /* What is asked of a limit is asked with no new one. */
    answer_by_bits(program, SYS_prlimit64, 2, ~0U, refused);
    allow_by_value(program, SYS_tgkill, 0, (uint32_t)getpid()); /* abort(3) */
#if defined(__x86_64__)
    answer_by_bits(program, SYS_open, 1, writing, SECCOMP_RET_KILL_PROCESS);
#endif
}

static void set_all(uint32_t *actions, const uint16_t *numbers, size_t count, uint32_t action) {
    for (size_t i = 0; i < count; i++) {
        actions[numbers[i]] = action;
    }
}

static void find_stretches(bool may_open_how, struct stretches *stretches) {
    uint32_t actions[NUMBERS];
    for (size_t i = 0; i < NUMBERS; i++) {
        actions[i] = SECCOMP_RET_ERRNO | ENOSYS;
    }
    set_all(actions, reading, sizeof reading / sizeof *reading, SECCOMP_RET_ALLOW);
    set_all(actions, ends_the_process, sizeof ends_the_process / sizeof *ends_the_process,
            SECCOMP_RET_KILL_PROCESS);
    if (may_open_how) {
        actions[SYS_openat2] = SECCOMP_RET_ALLOW;
    }
    stretches->count = 0;
    for (unsigned i = 0; i < NUMBERS; i++) {
        if (i == 0 || actions[i] != actions[i - 1]) {
            stretches->items[stretches->count++] = (struct stretch){(uint16_t)i, actions[i]};
        }
    }
}

/*
 * Finds the stretch of the number by halves: the kernel runs the program once for each number when
 * it takes it, so its steps are what the fence costs. A half of n stretches is 2n - 1 instructions.
 */
static void answer_by_halves(struct program *program, const struct stretch *items, size_t count) {
    if (count == 1) {
        answer(program, items[0].action);
        return;
    }
    size_t half = count / 2;
    uint8_t behind = (uint8_t)(2 * half - 1);
    add(program,
        (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, items[half].first, behind, 0));
    answer_by_halves(program, items, half);
    answer_by_halves(program, items + half, count - half);
}

/* 0 where the program would be too long for its jumps. */
static unsigned short build(struct program *program, bool may_open_how) {
    enum { LONGEST_JUMP = 255 };
    struct stretches stretches;
    find_stretches(may_open_how, &stretches);
    if (stretches.count > LONGEST_JUMP) {
        return 0;
    }
    refuse_other_abis(program);
    judge_arguments(program);
    load_number(program);
    answer_by_halves(program, stretches.items, stretches.count);
    return program->length <= MOST_INSTRUCTIONS ? program->length : 0;
}

bool bp_fence_system_calls(bool may_open_how) {
    struct program program;
    program.length = 0;
    struct sock_fprog filter = {.len = build(&program, may_open_how), .filter = program.code};
    /* Without the flag, older kernels slow the process down against a danger that it is not in. */
    return filter.len > 0 && (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                                      SECCOMP_FILTER_FLAG_SPEC_ALLOW, &filter) == 0 ||
                              prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0);
}

#else

bool bp_fence_system_calls(bool may_open_how) {
    (void)may_open_how;
    return false;
}

#endif
