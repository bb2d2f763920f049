/*
 * What the fuzz targets share. A target is one file in targets/: it reads its input through the
 * public header of one reader, as the program does, and leaves nothing behind.
 *
 * The linker brings main and the mutations (libFuzzer, https://llvm.org/docs/LibFuzzer.html);
 * scripts/fuzz builds and runs all targets.
 */
#ifndef BP_TESTS_FUZZ_H
#define BP_TESTS_FUZZ_H

#include <cjson/cJSON.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "base/str.h"
#include "probe/os/files.h"

/* The target's one function. `data` is a block of exactly `size` bytes. */
void fuzz_one(const uint8_t *data, size_t size);

/* The input as a text of its own, ended by a zero byte. The caller frees it. */
char *fuzz_text(const uint8_t *data, size_t size);

/* A folder of this process, below which the targets' files are, as another root. */
const struct bp_root *fuzz_root(void);

/* From now on that folder is drive C of a Windows. */
void fuzz_be_windows_drive(void);

/* The absolute path of a file below that folder. The caller frees it. */
char *fuzz_path(const char *path);

/* Puts a file at `path` of the root, making the folders on the way. */
void fuzz_write(const char *path, const void *data, size_t size);

/* Makes a folder of the root, and those on the way, which stays whatever is removed in it. */
void fuzz_folder(const char *path);

/*
 * The running system as a root: paths are what they are for everybody. The current folder becomes
 * `folder` of the other root, which has to be there, so that a target knows it.
 */
const struct bp_root *fuzz_live_root(const char *folder);

/* A piece of an input of several: its first line, and what is behind it. Parts of the input. */
struct fuzz_piece {
    const uint8_t *name; /* NULL: there is none */
    size_t name_length;
    const uint8_t *data;
    size_t size;
};

/* The last piece of that name, of an input as fuzz_write_tree takes it. */
struct fuzz_piece fuzz_piece(const char *name, const uint8_t *data, size_t size);

/*
 * An input for readers that look at several files: pieces divided by lines "%%", each a line with
 * a path and, behind it, what the file there holds. A path that is not one of `paths` (NULL-ended)
 * is passed over; each of them for which there is no piece is not there. A target has one list of
 * paths: what has not changed since the input before is not written anew.
 */
void fuzz_write_tree(const char *const *paths, const uint8_t *data, size_t size);

#endif
