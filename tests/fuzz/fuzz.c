#include "tests/fuzz/fuzz_facts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "probe/os/clock.h"

/* libFuzzer's own names. */
int LLVMFuzzerInitialize(int *argument_count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct bp_root root = {.fd = -1};
static int nothing = -1; /* /dev/null */

static void must(int done, const char *what) {
    if (!done) {
        perror(what);
        abort();
    }
}

int LLVMFuzzerInitialize(int *argument_count, char ***arguments) {
    (void)argument_count;
    (void)arguments;
    bp_memory_install();
    const char *folder = getenv("TMPDIR");
    char *path = bp_format("%s/fuzzed-XXXXXX", folder ? folder : "/tmp");
    must(mkdtemp(path) != NULL, path);
    must(bp_root_open(&root, path, NULL) == 0, path);
    free(path);
    nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
    must(nothing >= 0, "/dev/null");
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_one(data, size);
    return 0;
}

char *fuzz_text(const uint8_t *data, size_t size) {
    char *text = bp_alloc(size + 1);
    memcpy(text, data, size);
    return text;
}

const struct bp_root *fuzz_root(void) {
    return &root;
}

void fuzz_be_windows_drive(void) {
    if (!root.drive) {
        fuzz_write("/Windows/System32/x", "", 0);
        char *path = bp_strdup(root.path);
        bp_root_close(&root);
        must(bp_root_open(&root, path, NULL) == 0 && root.drive, path);
        free(path);
    }
}

char *fuzz_path(const char *path) {
    return bp_join(root.path, path);
}

static void make_folders(const char *path) {
    char *part = bp_strdup(path);
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        must(mkdirat(root.fd, part, 0700) == 0 || errno == EEXIST, part);
        *slash = '/';
    }
    free(part);
}

void fuzz_write(const char *path, const void *data, size_t size) {
    while (*path == '/') {
        path++;
    }
    int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
    int fd = openat(root.fd, path, flags, 0700);
    if (fd < 0 && errno == ENOENT) {
        make_folders(path);
        fd = openat(root.fd, path, flags, 0700);
    }
    must(fd >= 0 && write(fd, data, size) == (ssize_t)size && close(fd) == 0, path);
}

static void remove_all(const char *const *paths) {
    for (size_t i = 0; paths[i]; i++) {
        must(unlinkat(root.fd, paths[i] + 1, 0) == 0 || errno == ENOENT || errno == ENOTDIR,
             paths[i]);
    }
}

/* Writes one piece where its first line is one of the paths. */
static void write_piece(const char *const *paths, const uint8_t *piece, size_t size) {
    const uint8_t *end = memchr(piece, '\n', size);
    size_t length = end ? (size_t)(end - piece) : size;
    for (size_t i = 0; paths[i]; i++) {
        if (strlen(paths[i]) == length && memcmp(paths[i], piece, length) == 0) {
            size_t start = end ? length + 1 : length;
            fuzz_write(paths[i], piece + start, size - start);
        }
    }
}

void fuzz_write_tree(const char *const *paths, const uint8_t *data, size_t size) {
    static const char divider[] = "\n%%\n";
    remove_all(paths);
    for (size_t at = 0; at < size;) {
        const uint8_t *end = memmem(data + at, size - at, divider, sizeof divider - 1);
        size_t length = end ? (size_t)(end - data) - at : size - at;
        write_piece(paths, data + at, length);
        at += length + (end ? sizeof divider - 1 : 0);
    }
}

void fuzz_collect(bp_collect_fn *collect, cJSON *snapshot) {
    static const struct bp_strs no_pythons = {0};
    struct bp_probe probe = {
        .root = &root,
        .pythons = &no_pythons,
        .snapshot = snapshot,
        .program_deadline_ms = bp_now_ms() + 1000,
        .program_grace_ms = 100,
    };
    struct bp_facts *facts = bp_facts_to_pipe(nothing, snapshot);
    collect(&probe, facts);
    bp_facts_end(facts);
}

struct bp_facts *fuzz_facts(void) {
    return bp_facts_to_pipe(nothing, NULL);
}
