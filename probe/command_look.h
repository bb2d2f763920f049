/*
 * Looking at a command while it runs: which of its processes are Python, with which program and
 * environment, and which libraries each has mapped. It is looked at from outside and often, not
 * traced: a traced command could not be debugged, nor use sudo, and some programs refuse to run. So
 * what is known is how things stood when a process was last seen, and when that was.
 */
#ifndef BP_PROBE_COMMAND_LOOK_H
#define BP_PROBE_COMMAND_LOOK_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/str.h"
#include "probe/os/files.h"

/* One process of the command. Everything is owned; NULL or empty: not known. */
struct bp_seen_process {
    char *pid;
    char *parent;
    char *executable;           /* the file that it executes, links resolved */
    bool python;                /* by that file's name */
    char *working_folder;       /* at the start of the program */
    struct bp_strs words;       /* command line */
    struct bp_strs environment; /* NAME=VALUE at the start of the program; holds secrets */
    cJSON *libraries;      /* [{"path", "deleted"}] when last seen; NULL: not a Python process */
    char *libraries_error; /* why they could not be seen */
    double words_at;       /* address of the words, which another program has elsewhere */
    double mapped_ms;      /* when they were read, on bp_now_ms's clock */
    double library_kib;    /* how much code of libraries was mapped then */
    double first_seen_ms;  /* since the start of the command */
    double last_seen_ms;
    bool gone;
};

struct bp_command_look {
    const struct bp_root *root;
    struct bp_seen_process *processes; /* the command itself comes first */
    size_t count;
    bool more;   /* there were more than are kept */
    char *error; /* why processes that it started could not be found, or NULL */
    double started_ms;
    double looked_ms;
    double scan_ms; /* when to look for new processes next */
};

/* Starts from {.root}; ends with bp_command_look_free. */
void bp_command_look_start(struct bp_command_look *look, long pid);

/* Looks unless it has just been done. Returns after how many milliseconds to look again. */
double bp_command_look_now(struct bp_command_look *look);

/*
 * The process that the report is about: a Python process, one that has a bitsandbytes library
 * mapped before one that has PyTorch mapped, before others; NULL where none was seen.
 */
const struct bp_seen_process *bp_command_look_subject(const struct bp_command_look *look);

void bp_command_look_free(struct bp_command_look *look);

#endif
