/* Header facts of library files, each file read once however many names lead to it. */
#ifndef BP_PROBE_LIBRARY_FILES_H
#define BP_PROBE_LIBRARY_FILES_H

#include <cjson/cJSON.h>
#include <stddef.h>
#include <stdint.h>

#include "probe/binary/binary.h"
#include "probe/os/files.h"

/* What is read of a library that is needed or opened. */
extern const struct bp_binary_wishes bp_library_wishes;

struct bp_library_file {
    uint64_t device; /* with inode: which file it is */
    uint64_t inode;
    cJSON *facts; /* the JSON Schema's "binary"; only "error" where it may not be read */
};

/* Start from {0}, end with bp_library_files_free. */
struct bp_library_files {
    struct bp_library_file *items;
    size_t count;
    size_t capacity;
};

/*
 * The regular file that `path` leads to, or NULL where there is none. Owned by *files and
 * valid until the next call.
 */
const struct bp_library_file *bp_library_file_at(struct bp_library_files *files,
                                                 const struct bp_root *root, const char *path);

/* Puts the file's size into its facts where it decides what a loader says of the file. */
void bp_library_put_size(cJSON *facts, uint64_t size);

void bp_library_files_free(struct bp_library_files *files);

#endif
