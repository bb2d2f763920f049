/* A folder for one test program's files, removed again at its end. */
#ifndef BP_TESTS_SCRATCH_H
#define BP_TESTS_SCRATCH_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/str.h"

/* Makes the folder. The caller frees the path, after scratch_remove. */
static inline char *scratch_make(void) {
    char *path = bp_strdup("/tmp/bnb-probe-test-XXXXXX");
    if (!mkdtemp(path)) {
        perror(path);
        abort();
    }
    return path;
}

/* Writes a file below the folder, making the folders on the way. */
static inline void scratch_write_bytes(const char *scratch, const char *name, const void *bytes,
                                       size_t length) {
    char *path = bp_join(scratch, name);
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0755);
        *slash = '/';
    }
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, length, file) != length || fclose(file) != 0) {
        perror(path);
        abort();
    }
    free(path);
}

static inline void scratch_write(const char *scratch, const char *name, const char *text) {
    scratch_write_bytes(scratch, name, text, strlen(text));
}

static inline int scratch_remove_one(const char *path, const struct stat *status, int kind,
                                     struct FTW *walk) {
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

static inline void scratch_remove(const char *scratch) {
    nftw(scratch, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
