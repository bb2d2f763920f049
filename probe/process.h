/* Single facts of a process out of /proc (proc(5)). `pid` is written in digits. */
#ifndef BP_PROBE_PROCESS_H
#define BP_PROBE_PROCESS_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/str.h"
#include "probe/os/files.h"

/*
 * The program that runs, without the kernel's mark that its file was deleted. NULL with *err
 * filled where there is none (a kernel thread, a process that has ended) or it may not be
 * seen. The caller frees it.
 */
char *bp_process_executable(const struct bp_root *root, const char *pid, struct bp_err *err);

/* Whether a program or a command of that name is Python; NULL is not. */
bool bp_process_name_is_python(const char *name);

/* Appends the words of /proc/PID/`file`, each ended by a zero byte: "cmdline", "environ". */
int bp_process_words(const struct bp_root *root, const char *pid, const char *file,
                     struct bp_strs *words, struct bp_err *err);

/* The value of a variable among NAME=VALUE words, or NULL. */
const char *bp_environment_value(const struct bp_strs *environment, const char *name);

/* Appends the ids of the processes that it started and that still are its children. */
int bp_process_children(const struct bp_root *root, const char *pid, struct bp_strs *pids,
                        struct bp_err *err);

/* One file in a process's memory. */
struct bp_mapped_file {
    const char *path; /* without the mark that the file was deleted */
    bool deleted;
    uint64_t device;
    uint64_t inode;
};

/*
 * Calls `each` for every mapped file whose base name `wanted` accepts, once for each of its
 * pieces. -1 with *err filled where the map cannot be read, or is empty since the process is
 * ending.
 */
int bp_process_mapped(const struct bp_root *root, const char *pid,
                      bool (*wanted)(const char *name, size_t length),
                      void (*each)(void *context, const struct bp_mapped_file *file), void *context,
                      struct bp_err *err);

#endif
