/*
 * A process as its dynamic loader sees it: which files are mapped, under which names, and who
 * had them mapped. The order of events and the rules are those of glibc's elf/dl-load.c and
 * elf/dl-deps.c, or of musl's ldso/dynlink.c where the system's C library is musl.
 */
#ifndef BP_CHECKS_LOADER_PROCESS_H
#define BP_CHECKS_LOADER_PROCESS_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "checks/loader/machine.h"
#include "checks/loader/torch.h"

/* When a file came into the process. */
enum bp_stage {
    BP_STAGE_START,   /* with the interpreter */
    BP_STAGE_TORCH,   /* with `import torch` */
    BP_STAGE_LIBRARY, /* with the library that is being judged */
};

struct bp_mapped {
    const cJSON *facts;   /* its header facts */
    const char *path;     /* as the loader names it */
    const char *file;     /* the same with links resolved: which file it is */
    struct bp_strs names; /* the names under which it was asked for */
    size_t kept_names;    /* so many of them stay when a library is forgotten */
    enum bp_stage stage;
    int needed_by;      /* whose need had it mapped, an index; -1: it was opened by path */
    char *rule;         /* how it was found; NULL: opened by path */
    char *why;          /* a clause: why it is in the process; or NULL */
    bool has_runpath;   /* it has DT_RUNPATH: its DT_RPATH does not count */
    struct bp_strs own; /* the folders of its DT_RUNPATH or DT_RPATH */
    bool own_is_split;  /* `own` was filled */
};

/* What is to be said of a library that is not known to be in the process. */
struct bp_remark {
    const char *library; /* soname */
    char *says;          /* a clause, owned */
    bool doubt;          /* it may be there all the same */
};

struct bp_process {
    const struct bp_machine *machine;
    const struct bp_torch *torch;
    bool musl;
    int program; /* index of the interpreter's own file; -1: not known */
    struct bp_mapped *mapped;
    size_t count;
    size_t capacity;
    struct bp_remark *remarks;
    size_t remark_count;
    struct bp_strs variable; /* folders of LD_LIBRARY_PATH */
    struct bp_strs defaults; /* default folders */
    cJSON *made;             /* facts that stand in for a file of which only these are known */
    char *torch_error;       /* what `import torch` ends with; NULL: it succeeds */
    char *torch_lacks;       /* which library that is for; NULL: the error names it */
};

/*
 * The process after `import torch`. `machine` and `torch` must outlive it. End with
 * bp_process_end.
 */
void bp_process_start(struct bp_process *process, const struct bp_machine *machine,
                      const struct bp_torch *torch);
void bp_process_end(struct bp_process *process);

/* Adds a file; `path` may be NULL. Returns its index. */
int bp_process_add(struct bp_process *process, const cJSON *facts, enum bp_stage stage,
                   int needed_by);

/* Index of the mapped file that answers to `name`, or -1. */
int bp_process_find(const struct bp_process *process, const char *name);

/* Index of the mapped file that is the candidate's very file, or -1. */
int bp_process_find_file(const struct bp_process *process, const cJSON *candidate);

/* From now on what is mapped stays under its names when later files are forgotten. */
void bp_process_keep(struct bp_process *process);

/* Forgets the files from index `count` on, and names gained since bp_process_keep. */
void bp_process_forget(struct bp_process *process, size_t count);

/* Notes a remark; `says` is owned afterwards. */
void bp_process_remark(struct bp_process *process, const char *library, char *says, bool doubt);

/* Why the library may be in the process although it is not known to be; NULL: no doubt. */
const char *bp_process_doubt(const struct bp_process *process, const char *library);

/* The header facts of the file at `path` in /libraries; NULL where there are none. */
const cJSON *bp_process_facts(const struct bp_process *process, const char *path);

#endif
