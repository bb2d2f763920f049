/*
 * Stands between the program and its C library, loaded with LD_PRELOAD, and makes one chosen
 * call fail. BNB_FAULT_FILE names a file of struct control, shared by the program and its
 * children: it says what to do and receives what was done.
 *
 *   RECORD  each place that allocates or calls the system is entered in the file's table
 *   FAIL    the call at one place of that table fails
 *   OPEN    opening the file control.path does something: a hung file system, a crash in the
 *           middle of a collector
 *
 * A place is known again in another run by a hash of the call stack inside the program, which
 * therefore is to be built with frame pointers. Programs that it executes are left alone.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SITES = 1 << 15, DEPTH = 24, NAME = 32, PATH = 256, BOOTSTRAP = 1 << 20 };

enum mode { MODE_OFF, MODE_RECORD, MODE_FAIL, MODE_OPEN };

/* How a call fails. */
enum kind { KIND_ERROR, KIND_INTERRUPTED, KIND_SHORT };

enum deed { DEED_HANG, DEED_SEGV, DEED_EXIT, DEED_STOP, DEED_MEMORY, DEED_FILES };

/* A place: read by the driver, which knows this layout (faults/stepping.py). */
struct site {
    _Atomic uint64_t hash; /* 0: free */
    char name[NAME];
    _Atomic uint32_t count;
    uint32_t child;  /* called in a forked child */
    uint32_t memory; /* an allocation */
    uint32_t may_be_interrupted;
    uint64_t callers[4]; /* offsets in the program, the nearest first */
};

struct control {
    uint32_t mode;
    uint32_t kind;
    uint64_t hash;   /* FAIL: the place */
    uint32_t skip;   /* FAIL, OPEN: calls that still succeed */
    uint32_t ever;   /* from then on every call of the same sort fails in that process */
    uint32_t deed;   /* OPEN */
    uint32_t named;  /* the file system makes no files without a name */
    char path[PATH]; /* OPEN: of the file */
    _Atomic uint32_t hits;
    _Atomic uint32_t opened; /* OPEN: how often */
    uint32_t hit_pid;
    uint32_t unused;
    char hit_name[NAME];
    uint64_t hit_callers[4];
    struct site sites[SITES];
};

static struct control *control;
static int main_pid;
static uintptr_t program_base, program_end;
static bool failing_memory, failing_calls; /* "ever", in this process */
static __thread bool inside;
static __thread const char *stack_top;

/* --- the real functions --- */

/* What is allocated before this library has started, while others have not either: never freed. */
static _Alignas(16) char bootstrap[BOOTSTRAP];
static size_t bootstrap_used;
static bool started;

static bool is_bootstrap(const void *memory) {
    return (const char *)memory >= bootstrap && (const char *)memory < bootstrap + sizeof bootstrap;
}

/* The size stands in the 16 bytes before it. */
static void *bootstrap_take(size_t size) {
    char *memory = bootstrap + bootstrap_used + 16;
    if (size > sizeof bootstrap - bootstrap_used - 32) {
        abort();
    }
    memcpy(memory - 16, &size, sizeof size);
    bootstrap_used += 16 + ((size + 15) & ~(size_t)15);
    return memory;
}

static size_t bootstrap_size(const void *memory) {
    size_t size;
    memcpy(&size, (const char *)memory - 16, sizeof size);
    return size;
}

static void *real(const char *name, void **slot) {
    if (!*slot) {
        bool before = inside;
        inside = true;
        *slot = dlsym(RTLD_NEXT, name);
        inside = before;
    }
    return *slot;
}

/* A system call of this library's own, which is neither recorded nor fails. */
static long past(long number, long a, long b, long c) {
    static void *slot;
    return ((long (*)(long, long, long, long))real("syscall", &slot))(number, a, b, c);
}

/* --- places --- */

static uint64_t mix(uint64_t hash, uint64_t value) {
    for (int i = 0; i < 8; i++) {
        hash = (hash ^ (value >> (8 * i) & 0xff)) * 1099511628211u;
    }
    return hash;
}

/* The top of this thread's stack, so that a stray frame pointer leads nowhere. */
static const char *top_of_stack(void) {
    extern void *__libc_stack_end;
    return stack_top ? stack_top : __libc_stack_end;
}

/* Return addresses inside the program, as offsets, the nearest first. */
static size_t callers(const void *frame, uint64_t *found) {
    const char *top = top_of_stack();
    const uintptr_t *at = frame;
    size_t count = 0;
    while (count < DEPTH && (const char *)at >= (const char *)frame &&
           (const char *)(at + 2) <= top && (uintptr_t)at % sizeof *at == 0) {
        uintptr_t address = at[1];
        if (address >= program_base && address < program_end) {
            found[count++] = address - program_base;
        }
        const uintptr_t *next = (const uintptr_t *)at[0];
        if (next <= at) {
            break;
        }
        at = next;
    }
    return count;
}

static struct site *site_of(uint64_t hash) {
    for (size_t turn = 0, i = hash % SITES; turn < SITES; turn++, i = (i + 1) % SITES) {
        uint64_t free_one = 0;
        if (atomic_load(&control->sites[i].hash) == hash ||
            atomic_compare_exchange_strong(&control->sites[i].hash, &free_one, hash) ||
            free_one == hash) {
            return &control->sites[i];
        }
    }
    return NULL;
}

/* Those that a signal without a handler of ours may interrupt: stopping and continuing does. */
static bool can_be_interrupted(const char *name) {
    static const char *const names[] = {"read", "write", "poll", "ppoll", "waitpid", "waitid"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static void note_hit(const char *name, const uint64_t *found) {
    if (atomic_fetch_add(&control->hits, 1) == 0) {
        control->hit_pid = (uint32_t)getpid();
        snprintf(control->hit_name, NAME, "%s", name);
        memcpy(control->hit_callers, found, sizeof control->hit_callers);
    }
}

/* Whether the call of `name` is to fail now. */
static bool fails(const char *name, bool memory, const void *frame, const void *caller) {
    if (!control || inside || control->mode == MODE_OFF || control->mode == MODE_OPEN) {
        return memory && failing_memory && !inside;
    }
    bool *ever = memory ? &failing_memory : &failing_calls;
    if (*ever) {
        /* What takes a file away again is not made to fail as well. */
        return strcmp(name, "unlinkat") != 0;
    }
    uint64_t found[DEPTH] = {0};
    bool child = getpid() != main_pid;
    size_t count = callers(frame, found);
    uint64_t hash = child ? 7809847782465536322u : 14695981039346656037u;
    for (const char *letter = name; *letter; letter++) {
        hash = mix(hash, (unsigned char)*letter);
    }
    Dl_info info; /* where outside the program the call came from */
    if ((uintptr_t)caller < program_base || (uintptr_t)caller >= program_end) {
        inside = true;
        hash = mix(hash, dladdr(caller, &info) ? (uintptr_t)caller - (uintptr_t)info.dli_fbase : 0);
        inside = false;
    }
    for (size_t i = 0; i < count; i++) {
        hash = mix(hash, found[i]);
    }
    hash |= 1;
    if (control->mode == MODE_FAIL && hash != control->hash) {
        return false;
    }
    struct site *site = site_of(hash);
    if (!site) {
        return false;
    }
    uint32_t before = atomic_fetch_add(&site->count, 1);
    if (control->mode == MODE_FAIL) {
        bool now = before == control->skip;
        if (now) {
            note_hit(name, found);
            *ever = control->ever;
        }
        return now;
    }
    if (before == 0) {
        snprintf(site->name, NAME, "%s", name);
        memcpy(site->callers, found, sizeof site->callers);
        site->child = child;
        site->memory = memory;
        site->may_be_interrupted = can_be_interrupted(name);
    }
    return false;
}

#define HERE __builtin_frame_address(0), __builtin_return_address(0)

/* --- allocation --- */

void *malloc(size_t size) {
    static void *slot;
    if (!started || (!slot && inside)) {
        return bootstrap_take(size);
    }
    if (fails("malloc", true, HERE)) {
        errno = ENOMEM;
        return NULL;
    }
    return ((void *(*)(size_t))real("malloc", &slot))(size);
}

void *calloc(size_t count, size_t size) {
    static void *slot;
    if (!started || (!slot && inside)) {
        return bootstrap_take(count * size);
    }
    if (fails("calloc", true, HERE)) {
        errno = ENOMEM;
        return NULL;
    }
    return ((void *(*)(size_t, size_t))real("calloc", &slot))(count, size);
}

void *realloc(void *old, size_t size) {
    static void *slot;
    if (!started || is_bootstrap(old)) {
        size_t before = old ? bootstrap_size(old) : 0;
        void *copy = malloc(size);
        return copy && old ? memcpy(copy, old, before < size ? before : size) : copy;
    }
    if (fails("realloc", true, HERE)) {
        errno = ENOMEM;
        return NULL;
    }
    return ((void *(*)(void *, size_t))real("realloc", &slot))(old, size);
}

void free(void *memory) {
    static void *slot;
    if (memory && !is_bootstrap(memory)) {
        ((void (*)(void *))real("free", &slot))(memory);
    }
}

/* --- calls ---
 * The headers' prototypes are stayed clear of: all arguments are integers in registers, which are
 * handed on as they are.
 */

#define CALL(name, failure, number)                                                                \
    long wrapped_##name(long a, long b, long c, long d, long e, long f) __asm__(#name);            \
    long wrapped_##name(long a, long b, long c, long d, long e, long f) {                          \
        static void *slot;                                                                         \
        if (fails(#name, false, HERE)) {                                                           \
            errno = control->kind == KIND_INTERRUPTED ? EINTR : (number);                          \
            return (failure);                                                                      \
        }                                                                                          \
        return ((long (*)(long, long, long, long, long, long))real(#name, &slot))(a, b, c, d, e,   \
                                                                                  f);              \
    }

/* Gives less than was asked for: half, and at least one byte. */
#define TRANSFER(name, number)                                                                     \
    long wrapped_##name(long fd, long buffer, long size) __asm__(#name);                           \
    long wrapped_##name(long fd, long buffer, long size) {                                         \
        static void *slot;                                                                         \
        if (fails(#name, false, HERE)) {                                                           \
            if (control->kind != KIND_SHORT) {                                                     \
                errno = control->kind == KIND_INTERRUPTED ? EINTR : (number);                      \
                return -1;                                                                         \
            }                                                                                      \
            size = size > 1 ? size / 2 : size;                                                     \
        }                                                                                          \
        return ((long (*)(long, long, long))real(#name, &slot))(fd, buffer, size);                 \
    }

TRANSFER(read, EIO)
TRANSFER(write, ENOSPC)

CALL(access, -1, EIO)
CALL(chdir, -1, EIO)
CALL(dup, -1, EMFILE)
CALL(dup2, -1, EMFILE)
CALL(faccessat, -1, EIO)
CALL(fcntl, -1, EMFILE)
CALL(fdopen, 0, ENOMEM)
CALL(fdopendir, 0, ENOMEM)
CALL(fflush, -1, EIO)
CALL(fopen, 0, EMFILE)
CALL(fork, -1, EAGAIN)
CALL(fstat, -1, EIO)
CALL(fstatat, -1, EIO)
CALL(fstatfs, -1, EIO)
CALL(fsync, -1, EIO)
CALL(ftruncate, -1, EIO)
CALL(getcwd, 0, ENOMEM)
CALL(getpwuid_r, ENOMEM, ENOMEM)
CALL(grantpt, -1, EIO)
CALL(ioctl, -1, EIO)
CALL(kill, -1, EPERM)
CALL(linkat, -1, ENOSPC)
CALL(lseek, -1, EIO)
CALL(lstat, -1, EIO)
CALL(mmap, -1, ENOMEM)
CALL(newlocale, 0, ENOMEM)
CALL(opendir, 0, EMFILE)
CALL(pipe2, -1, EMFILE)
CALL(poll, -1, ENOMEM)
CALL(posix_openpt, -1, EMFILE)
CALL(ppoll, -1, ENOMEM)
CALL(prctl, -1, EPERM)
CALL(ptsname_r, ENOTTY, ENOTTY)
CALL(readdir, 0, EIO)
CALL(readlinkat, -1, EIO)
CALL(realpath, 0, ENOMEM)
CALL(renameat, -1, ENOSPC)
CALL(sched_getaffinity, -1, EPERM)
CALL(setenv, -1, ENOMEM)
CALL(setlocale, 0, ENOMEM)
CALL(setpgid, -1, EPERM)
CALL(setrlimit, -1, EPERM)
CALL(sigaction, -1, EINVAL)
CALL(signalfd, -1, EMFILE)
CALL(sigprocmask, -1, EINVAL)
CALL(stat, -1, EIO)
CALL(sysconf, -1, EINVAL)
CALL(tcgetattr, -1, EIO)
CALL(tcsetattr, -1, EIO)
CALL(uname, -1, EFAULT)
CALL(unlinkat, -1, EIO)
CALL(unlockpt, -1, EIO)
CALL(waitid, -1, ECHILD)
CALL(waitpid, -1, ECHILD)
CALL(syscall, -1, ENOSYS)

/* Takes no frame of its own with it: the child returns first, through the same one. */
long wrapped_vfork(void) __asm__("vfork");
long wrapped_vfork(void) {
    static void *slot;
    if (fails("vfork", false, HERE)) {
        errno = EAGAIN;
        return -1;
    }
    long (*function)(void) = (long (*)(void))real("vfork", &slot);
    return function();
}

/* The descriptor is gone whatever close says. */
long wrapped_close(long fd) __asm__("close");
long wrapped_close(long fd) {
    static void *slot;
    long result = ((long (*)(long))real("close", &slot))(fd);
    if (fails("close", false, HERE)) {
        errno = EIO;
        return -1;
    }
    return result;
}

/* --- opening --- */

static void deaf_pause(void) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    for (;;) {
        pause();
    }
}

static void use_up_files(void) {
    const uint64_t few[2] = {64, 64}; /* struct rlimit64 */
    past(SYS_prlimit64, 0, RLIMIT_NOFILE, (long)few);
    while (past(SYS_openat, AT_FDCWD, (long)"/dev/null", O_RDONLY) >= 0) {
    }
}

static void do_deed(const char *path) {
    if (!control || inside || control->mode != MODE_OPEN || !path) {
        return;
    }
    if (strncmp(path, control->path, sizeof control->path) != 0 ||
        atomic_fetch_add(&control->opened, 1) != control->skip) {
        return;
    }
    note_hit("open", (const uint64_t[DEPTH]){0});
    switch ((enum deed)control->deed) {
    case DEED_HANG:
        deaf_pause();
        break;
    case DEED_SEGV:
        signal(SIGSEGV, SIG_DFL);
        raise(SIGSEGV);
        break;
    case DEED_EXIT:
        _exit(0);
    case DEED_STOP:
        raise(SIGSTOP);
        deaf_pause();
        break;
    case DEED_MEMORY:
        failing_memory = true;
        break;
    case DEED_FILES:
        use_up_files();
        break;
    }
}

long wrapped_open(const char *path, long flags, long mode) __asm__("open");
long wrapped_open(const char *path, long flags, long mode) {
    static void *slot;
    do_deed(path);
    if (fails("open", false, HERE)) {
        errno = control->kind == KIND_INTERRUPTED ? EINTR : EMFILE;
        return -1;
    }
    return ((long (*)(const char *, long, long))real("open", &slot))(path, flags, mode);
}

long wrapped_openat(long folder, const char *path, long flags, long mode) __asm__("openat");
long wrapped_openat(long folder, const char *path, long flags, long mode) {
    static void *slot;
    do_deed(path);
    if (control && control->named && (flags & O_TMPFILE) == O_TMPFILE) {
        errno = EOPNOTSUPP;
        return -1;
    }
    if (fails("openat", false, HERE)) {
        errno = control->kind == KIND_INTERRUPTED ? EINTR : EMFILE;
        return -1;
    }
    return ((long (*)(long, const char *, long, long))real("openat", &slot))(folder, path, flags,
                                                                             mode);
}

/* --- start --- */

static int find_program(struct dl_phdr_info *info, size_t size, void *context) {
    (void)size;
    (void)context;
    for (size_t i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        if (part->p_type == PT_LOAD) {
            program_base = program_base ? program_base : info->dlpi_addr + part->p_vaddr;
            program_end = info->dlpi_addr + part->p_vaddr + part->p_memsz;
        }
    }
    return 1; /* the first is the program */
}

__attribute__((constructor)) static void start(void) {
    started = true;
    const char *file = getenv("BNB_FAULT_FILE");
    /* By the number: the wrapped function would be recorded. */
    int fd = file ? (int)past(SYS_openat, AT_FDCWD, (long)file, O_RDWR | O_CLOEXEC) : -1;
    unsetenv("LD_PRELOAD");
    unsetenv("BNB_FAULT_FILE");
    if (fd < 0) {
        return;
    }
    void *memory = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    past(SYS_close, fd, 0, 0);
    if (memory == MAP_FAILED) {
        return;
    }
    inside = true;
    dl_iterate_phdr(find_program, NULL);
    inside = false;
    main_pid = getpid();
    control = memory;
}
