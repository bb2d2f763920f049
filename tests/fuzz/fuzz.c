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

void fuzz_folder(const char *path) {
    char *file = bp_join(path, ".kept"); /* what is not empty is not removed */
    if (faccessat(root.fd, file + 1, F_OK, 0) != 0) {
        fuzz_write(file, "", 0);
    }
    free(file);
}

/* Removes a file and the folders that are empty then, so that no input sees those of another. */
static void remove_file(const char *path) {
    char *part = bp_strdup(path + 1);
    must(unlinkat(root.fd, part, 0) == 0, path);
    for (char *slash; (slash = strrchr(part, '/'));) {
        *slash = '\0';
        if (unlinkat(root.fd, part, AT_REMOVEDIR) != 0) {
            break;
        }
    }
    free(part);
}

static const char divider[] = "\n%%\n";

/* The next piece of an input from *at on: its first line, and what is behind it. */
static struct fuzz_piece next_piece(const uint8_t *data, size_t size, size_t *at) {
    const uint8_t *start = data + *at;
    const uint8_t *end = memmem(start, size - *at, divider, sizeof divider - 1);
    size_t length = end ? (size_t)(end - start) : size - *at;
    const uint8_t *line = memchr(start, '\n', length);
    *at += length + (end ? sizeof divider - 1 : 0);
    return (struct fuzz_piece){
        .name = start,
        .name_length = line ? (size_t)(line - start) : length,
        .data = line ? line + 1 : start + length,
        .size = line ? (size_t)(start + length - line - 1) : 0,
    };
}

static bool is_named(const struct fuzz_piece *piece, const char *name) {
    return strlen(name) == piece->name_length && memcmp(name, piece->name, piece->name_length) == 0;
}

struct fuzz_piece fuzz_piece(const char *name, const uint8_t *data, size_t size) {
    struct fuzz_piece found = {0};
    for (size_t at = 0; at < size;) {
        struct fuzz_piece piece = next_piece(data, size, &at);
        if (is_named(&piece, name)) {
            found = piece;
        }
    }
    return found;
}

/* What a file of the tree holds by now, so that only what changed is written. */
struct kept {
    uint8_t *data; /* NULL: the file is not there */
    size_t size;
};

static void bring(const char *path, const struct fuzz_piece *piece, struct kept *kept) {
    if (!piece->name) {
        if (kept->data) {
            remove_file(path);
        }
    } else if (!kept->data || kept->size != piece->size ||
               memcmp(kept->data, piece->data, piece->size) != 0) {
        fuzz_write(path, piece->data, piece->size);
    } else {
        return;
    }
    free(kept->data);
    *kept = (struct kept){0};
    if (piece->name) {
        *kept = (struct kept){bp_alloc(piece->size + 1), piece->size};
        memcpy(kept->data, piece->data, piece->size);
    }
}

void fuzz_write_tree(const char *const *paths, const uint8_t *data, size_t size) {
    enum { MOST = 128 };
    static struct kept kept[MOST];
    struct fuzz_piece pieces[MOST] = {{0}};
    size_t count = 0;
    while (paths[count]) {
        must(++count <= MOST, "room for paths");
    }
    for (size_t at = 0; at < size;) {
        struct fuzz_piece piece = next_piece(data, size, &at);
        for (size_t i = 0; i < count; i++) {
            if (is_named(&piece, paths[i])) {
                pieces[i] = piece;
            }
        }
    }
    for (size_t i = 0; i < count; i++) {
        bring(paths[i], &pieces[i], &kept[i]);
    }
}

const struct bp_root *fuzz_live_root(const char *folder) {
    static struct bp_root live;
    if (!live.path) {
        must(bp_root_open(&live, NULL, NULL) == 0, "/");
        char *path = fuzz_path(folder);
        must(chdir(path) == 0, path);
        free(path);
    }
    return &live;
}

void fuzz_collect(bp_collect_fn *collect, cJSON *snapshot) {
    fuzz_collect_in(&root, collect, snapshot);
}

void fuzz_collect_in(const struct bp_root *in, bp_collect_fn *collect, cJSON *snapshot) {
    static const struct bp_strs no_pythons = {0};
    struct bp_probe probe = {
        .root = in,
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
