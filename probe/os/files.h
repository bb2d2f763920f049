/*
 * The only door to files. Every path is looked at inside a root: the machine's
 * own "/" or the folder given with --root, in which absolute symbolic links and
 * ".." stay inside. Paths in facts are as seen from inside the root.
 *
 * A root that is a Windows drive has paths like C:/Windows/System32, here and everywhere in
 * probe/, whichever system looks at it; names are found in any case of their letters. Once all
 * facts are there, their paths get backslashes (probe/windows/native_paths.h).
 */
#ifndef BP_PROBE_OS_FILES_H
#define BP_PROBE_OS_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "probe/os/reading.h"

/*
 * What could not be looked at for want of descriptors or memory, or because a disk failed. Most
 * who look take what they cannot open for not there, which holds for all other reasons.
 */
struct bp_trouble {
    size_t count;
    char *first; /* the first one, in words; the holder frees it */
    /* Files that are there and were not read all the same: closed to this user, or too large. */
    size_t refused;
    char *first_refused; /* as `first` */
    bool closed;         /* that one is closed */
};

struct bp_root {
    int fd;     /* of the root folder; -1 until opened */
    char *path; /* as given; "/" for the machine itself */
    bool live;  /* the root is the running system: children may be started, /proc is ours */
    char drive; /* the letter of the Windows drive that it is; 0: it is none */
    struct bp_trouble *trouble;     /* where it is counted, of the opener; NULL: nowhere */
    struct bp_reading *reading;     /* where it is noted which file is read, or NULL; not owned */
    const struct bp_strs *left_out; /* files that are not read, or NULL; not owned */
};

/*
 * Opens a root folder; `path` NULL is the running system. A folder that holds
 * Windows/System32 is taken for drive C. Close with bp_root_close.
 */
int bp_root_open(struct bp_root *root, const char *path, struct bp_err *err);
void bp_root_close(struct bp_root *root);

/* Largest text file that bp_root_read_text accepts unless told otherwise, in bytes. */
#define BP_TEXT_FILE_LIMIT ((size_t)4 << 20)

/*
 * Reads a regular file (or a /proc or /sys file, whose size says 0) of at most
 * `limit` bytes (0: BP_TEXT_FILE_LIMIT) to its end, appending to *text. A longer
 * file is an error of code BP_E_LIMIT, with the first `limit` bytes in *text.
 * Devices, pipes and sockets are refused without waiting for them.
 */
int bp_root_read(const struct bp_root *root, const char *path, size_t limit, struct bp_str *text,
                 struct bp_err *err);

/* The same for a one-line file: white space cut off both ends. NULL on error; caller frees. */
char *bp_root_read_line(const struct bp_root *root, const char *path, struct bp_err *err);

/* A read-only view of a whole file. Start from {0}; close with bp_map_close. */
struct bp_map {
    const void *data; /* NULL for an empty file */
    size_t size;      /* bytes */
};
int bp_root_map(const struct bp_root *root, const char *path, struct bp_map *map,
                struct bp_err *err);
void bp_map_close(struct bp_map *map);

enum bp_file_kind { BP_FILE_NONE, BP_FILE_REGULAR, BP_FILE_FOLDER, BP_FILE_OTHER };

struct bp_file_status {
    enum bp_file_kind kind;
    uint64_t size;       /* bytes */
    int64_t modified_at; /* seconds since 1970-01-01 UTC */
    uint64_t device;     /* with inode: which file it is */
    uint64_t inode;
    uint32_t owner; /* user id */
    uint32_t mode;  /* permission bits */
};

/* Status of what `path` leads to, links followed. BP_E_ABSENT where there is nothing. */
int bp_root_status(const struct bp_root *root, const char *path, struct bp_file_status *status,
                   struct bp_err *err);

/* Whether `path` leads to a file / a folder. Anything else, errors included, is false. */
bool bp_root_is_file(const struct bp_root *root, const char *path);
bool bp_root_is_folder(const struct bp_root *root, const char *path);

/* Whether `folder` holds anything, of whatever kind, under `name`, links followed. */
bool bp_root_holds(const struct bp_root *root, const char *folder, const char *name);

/* What bp_root_may is asked about; may be combined. */
enum { BP_MAY_EXECUTE = 1, BP_MAY_WRITE = 2, BP_MAY_READ = 4 };

/* Whether this process may do that with what `path` leads to. */
bool bp_root_may(const struct bp_root *root, const char *path, int what);

/*
 * Names in a folder, sorted, without "." and "..". At most `limit` names (0: 65536);
 * more is an error of code BP_E_LIMIT with the first `limit` names in *names.
 */
int bp_root_list(const struct bp_root *root, const char *path, size_t limit, struct bp_strs *names,
                 struct bp_err *err);

/* The same in the order in which the file system gives the names. */
int bp_root_list_unsorted(const struct bp_root *root, const char *path, size_t limit,
                          struct bp_strs *names, struct bp_err *err);

/* Where one symbolic link points, as written in it. NULL when it is none; caller frees. */
char *bp_root_link(const struct bp_root *root, const char *path, struct bp_err *err);

/* The folder that this process is in; NULL where it has no path (any more). Caller frees. */
char *bp_current_folder(void);

/* `path` with every link resolved, as seen from inside the root. NULL on error; caller frees. */
char *bp_root_resolve(const struct bp_root *root, const char *path, struct bp_err *err);

/*
 * For the systems' ways to open a file for reading: notes it in root->reading; -1 where it is one
 * that is left out.
 */
int bp_root_begin_reading(const struct bp_root *root, const char *path, struct bp_err *err);

#endif
