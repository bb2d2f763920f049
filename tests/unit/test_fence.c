/* What a process can still do behind the fence, tried in a child each time. */
#include "tests/unit/cmocka_all.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/memory.h"
#include "probe/os/child.h"
#include "probe/os/fence.h"

/* An exit code for what was let through that should not have been. */
enum { DONE = 0, LET_THROUGH = 9 };

struct attempt {
    int (*act)(void); /* DONE or LET_THROUGH, where it lives to say so */
    bool sees_processes;
    struct bp_fence_parts parts; /* filled in this process by what the child says */
};

static int run_attempt(void *context, int output_fd) {
    const struct attempt *attempt = context;
    const int keep[] = {output_fd};
    const struct bp_fence fence = {
        .keep = keep, .keep_count = 1, .cpu_ms = 5000, .sees_processes = attempt->sees_processes};
    const struct bp_fence_parts parts = bp_fence_close(&fence);
    if (write(output_fd, &parts, sizeof parts) != (ssize_t)sizeof parts) {
        return LET_THROUGH;
    }
    return attempt->act();
}

/* How the child ended; its parts of the fence in *parts. */
static struct bp_child ending_of(int (*act)(void), bool sees_processes,
                                 struct bp_fence_parts *parts) {
    struct attempt attempt = {.act = act, .sees_processes = sees_processes};
    struct bp_child child = {.deadline_ms = bp_now_ms() + 60000};
    assert_int_equal(0, bp_child_start_function(&child, run_attempt, &attempt, NULL));
    bp_children_wait(&child, 1, NULL, NULL);
    assert_int_equal(sizeof *parts, child.output.length);
    memcpy(parts, child.output.data, sizeof *parts);
    return child;
}

static void expect_done(int (*act)(void)) {
    for (int i = 0; i < 2; i++) {
        struct bp_fence_parts parts;
        struct bp_child child = ending_of(act, i == 1, &parts);
        if (child.state != BP_CHILD_EXITED || child.exit_code != DONE) {
            char *how = bp_child_describe(&child);
            fail_msg("%s: %s", how, child.noise.data);
        }
        bp_child_free(&child);
    }
}

static bool skip_without_filter(const struct bp_fence_parts *parts) {
    if (!parts->system_calls) {
        fprintf(stderr, "skipped: this kernel filters no system calls\n");
    }
    return !parts->system_calls;
}

static void expect_killed(int (*act)(void)) {
    for (int i = 0; i < 2; i++) {
        struct bp_fence_parts parts;
        struct bp_child child = ending_of(act, i == 1, &parts);
        if (!skip_without_filter(&parts) &&
            (child.state != BP_CHILD_SIGNALLED || child.signal != SIGSYS)) {
            char *how = bp_child_describe(&child);
            fail_msg("%s: %s", how, child.noise.data);
        }
        bp_child_free(&child);
    }
}

/* --- what reading needs --- */

static int read_files(void) {
    char text[64];
    struct stat status;
    int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    int folder = open("/etc", O_RDONLY | O_DIRECTORY);
    void *map = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0); /* /proc cannot; it may try */
    (void)map;
    bool read_it = fd >= 0 && read(fd, text, sizeof text) > 0 && stat("/etc/passwd", &status) == 0;
    char *real = realpath("/etc/..", NULL);
    bool resolved = real && strcmp(real, "/") == 0;
    free(real);
    return read_it && folder >= 0 && resolved && access("/etc", R_OK) == 0 ? DONE : LET_THROUGH;
}

static int allocate(void) {
    for (int i = 0; i < 64; i++) {
        free(bp_alloc((size_t)1 << 20));
    }
    return DONE;
}

static int abort_by_itself(void) {
    signal(SIGABRT, SIG_DFL);
    abort();
}

static void test_reading_goes_on(void **state) {
    (void)state;
    expect_done(read_files);
    expect_done(allocate);
}

static void test_abort_shows_as_such(void **state) {
    (void)state;
    struct bp_fence_parts parts;
    struct bp_child child = ending_of(abort_by_itself, false, &parts);
    assert_int_equal(BP_CHILD_SIGNALLED, child.state);
    assert_int_equal(SIGABRT, child.signal);
    bp_child_free(&child);
}

/* --- what an attacker would do --- */

static int open_socket(void) {
    return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? LET_THROUGH : DONE;
}

static int start_program(void) {
    execl("/bin/true", "true", (char *)NULL);
    return DONE;
}

static int start_process(void) {
    return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) >= 0 ? LET_THROUGH : DONE;
}

static int write_file(void) {
    return open("/tmp/bnb-probe-fence", O_WRONLY | O_CREAT, 0600) >= 0 ? LET_THROUGH : DONE;
}

static int open_to_write(void) {
    return open("/dev/null", O_RDWR) >= 0 ? LET_THROUGH : DONE;
}

static int remove_file(void) {
    return unlink("/tmp/bnb-probe-fence-is-not-there") == 0 ? LET_THROUGH : DONE;
}

static int trace(void) {
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 ? LET_THROUGH : DONE;
}

static int signal_others(void) {
    return kill(getppid(), 0) == 0 ? LET_THROUGH : DONE;
}

static int signal_thread_of_others(void) {
    return syscall(SYS_tgkill, getppid(), getppid(), 0) == 0 ? LET_THROUGH : DONE;
}

static void test_what_nobody_needs_ends_it(void **state) {
    (void)state;
    expect_killed(open_socket);
    expect_killed(start_program);
    expect_killed(start_process);
    expect_killed(write_file);
    expect_killed(open_to_write);
    expect_killed(remove_file);
    expect_killed(trace);
    expect_killed(signal_others);
    expect_killed(signal_thread_of_others);
}

#if defined(__x86_64__)
/* The same call by the number of the x32 ABI, which a filter of plain numbers would not know. */
static int call_by_x32(void) {
    return syscall(0x40000000 | SYS_socket, AF_INET, SOCK_STREAM, 0) >= 0 ? LET_THROUGH : DONE;
}

static void test_other_numbers(void **state) {
    (void)state;
    expect_killed(call_by_x32);
}
#endif

static int map_code(void) {
    void *map = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return map != MAP_FAILED ? LET_THROUGH : DONE;
}

static int make_code(void) {
    void *map = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mprotect(map, 4096, PROT_READ | PROT_EXEC) == 0 ? LET_THROUGH : DONE;
}

static int raise_limit(void) {
    struct rlimit more = {BP_FENCE_FILES, RLIM_INFINITY};
    return setrlimit(RLIMIT_NOFILE, &more) == 0 ? LET_THROUGH : DONE;
}

static int open_with_how(void) {
    struct open_how how = {.flags = O_WRONLY};
    return syscall(SYS_openat2, AT_FDCWD, "/dev/null", &how, sizeof how) >= 0 ? LET_THROUGH : DONE;
}

static void test_what_merely_fails(void **state) {
    (void)state;
    struct bp_fence_parts parts;
    struct bp_child child = ending_of(read_files, false, &parts);
    bp_child_free(&child);
    if (skip_without_filter(&parts)) {
        return;
    }
    expect_done(map_code);
    expect_done(make_code);
    expect_done(raise_limit);
    expect_done(open_with_how);
}

/* --- limits --- */

static int open_without_end(void) {
    int count = 0;
    while (open("/dev/null", O_RDONLY) >= 0) {
        count++;
    }
    return count < BP_FENCE_FILES && errno == EMFILE ? DONE : LET_THROUGH;
}

/* Memory by the page, so that no sanitizer's allocator stands between. */
static int allocate_without_end(void) {
    size_t piece = (size_t)16 << 20;
    size_t total = 0;
    while (mmap(NULL, piece, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
           MAP_FAILED) {
        total += piece;
        if (total > 2 * BP_FENCE_MEMORY) {
            return LET_THROUGH;
        }
    }
    return errno == ENOMEM ? DONE : LET_THROUGH;
}

static int map_without_end(void) {
    size_t size = 2 * BP_FENCE_ADDRESSES;
    void *map = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return map == MAP_FAILED ? DONE : LET_THROUGH;
}

/* A descriptor that the test has open and the fence was not told to keep. */
static int use_open_descriptors(void) {
    for (int fd = 3; fd < 100; fd++) {
        struct stat status;
        if (fstat(fd, &status) == 0 && !S_ISFIFO(status.st_mode)) {
            return LET_THROUGH;
        }
    }
    return DONE;
}

static void test_limits(void **state) {
    (void)state;
    expect_done(open_without_end);
    expect_done(allocate_without_end);
    expect_done(map_without_end);
    int left_open = open("/etc/passwd", O_RDONLY);
    expect_done(use_open_descriptors);
    close(left_open);
}

static int count_without_end(void) {
    volatile uint64_t turn = 0;
    for (;;) {
        turn = turn + 1;
    }
    return DONE;
}

static int run_with_little_time(void *context, int output_fd) {
    (void)context;
    const int keep[] = {output_fd};
    const struct bp_fence fence = {.keep = keep, .keep_count = 1, .cpu_ms = 1};
    bp_fence_close(&fence);
    return count_without_end();
}

static void test_processor_time(void **state) {
    (void)state;
    struct bp_child child = {.deadline_ms = bp_now_ms() + 120000};
    assert_int_equal(0, bp_child_start_function(&child, run_with_little_time, NULL, NULL));
    bp_children_wait(&child, 1, NULL, NULL);
    assert_int_equal(BP_CHILD_SIGNALLED, child.state);
    bp_child_free(&child);
}

/* --- older kernels --- */

/* From now on the kernel has neither Landlock nor seccomp(2) nor close_range(2). */
static bool forget_new_calls(void) {
    static const unsigned calls[] = {444 /* landlock_create_ruleset */, SYS_seccomp,
                                     436 /* close_range */};
    enum { CALLS = sizeof calls / sizeof *calls };
    struct sock_filter code[2 + 2 * CALLS] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))};
    for (size_t i = 0; i < CALLS; i++) {
        code[1 + 2 * i] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i], 0, 1);
        code[2 + 2 * i] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS);
    }
    code[1 + 2 * CALLS] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog filter = {.len = 2 + 2 * CALLS, .filter = code};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0;
}

static int run_on_old_kernel(void *context, int output_fd) {
    return forget_new_calls() ? run_attempt(context, output_fd) : LET_THROUGH;
}

static void expect_on_old_kernel(int (*act)(void), enum bp_child_state state) {
    struct attempt attempt = {.act = act};
    struct bp_child child = {.deadline_ms = bp_now_ms() + 60000};
    struct bp_fence_parts parts;
    assert_int_equal(0, bp_child_start_function(&child, run_on_old_kernel, &attempt, NULL));
    bp_children_wait(&child, 1, NULL, NULL);
    assert_int_equal(sizeof parts, child.output.length);
    memcpy(&parts, child.output.data, sizeof parts);
    assert_true(parts.limits && parts.system_calls && !parts.files);
    assert_int_equal(state, child.state);
    assert_int_equal(state == BP_CHILD_EXITED ? DONE : -1, child.exit_code);
    bp_child_free(&child);
}

/* What is there is used all the same, and what is not is told. */
static void test_older_kernel(void **state) {
    (void)state;
    struct bp_fence_parts parts;
    struct bp_child child = ending_of(read_files, false, &parts);
    bp_child_free(&child);
    if (skip_without_filter(&parts)) {
        return;
    }
    int left_open = open("/etc/passwd", O_RDONLY);
    expect_on_old_kernel(read_files, BP_CHILD_EXITED);
    expect_on_old_kernel(use_open_descriptors, BP_CHILD_EXITED);
    expect_on_old_kernel(open_with_how, BP_CHILD_EXITED);
    expect_on_old_kernel(open_socket, BP_CHILD_SIGNALLED);
    expect_on_old_kernel(write_file, BP_CHILD_SIGNALLED);
    close(left_open);
}

int main(void) {
    bp_memory_install();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reading_goes_on),
        cmocka_unit_test(test_abort_shows_as_such),
        cmocka_unit_test(test_what_nobody_needs_ends_it),
#if defined(__x86_64__)
        cmocka_unit_test(test_other_numbers),
#endif
        cmocka_unit_test(test_what_merely_fails),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_processor_time),
        cmocka_unit_test(test_older_kernel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
