/*
 * The Python environment that this program itself was installed into. uv and pipx make one for
 * each program that they install or run, and uvx puts it first on PATH: nobody who asks about
 * bitsandbytes means that one.
 * https://docs.astral.sh/uv/concepts/tools/ https://pipx.pypa.io/stable/explanation/how-pipx-works/
 */
#ifndef BP_PROBE_OWN_ENVIRONMENT_H
#define BP_PROBE_OWN_ENVIRONMENT_H

#include <stdbool.h>

#include "probe/os/files.h"

struct bp_own_environment {
    char *folder;        /* NULL: the program is in no environment */
    bool for_programs;   /* made by uv or pipx to run programs from */
    const char *subject; /* "bitsandbytes", else "torch", where that is installed in it; or NULL */
};

/*
 * The environment whose program folder holds `program` (absolute; NULL: none), or one of the links
 * that lead on from there. Free it with bp_own_environment_free.
 */
void bp_own_environment_find(const struct bp_root *root, const char *program,
                             struct bp_own_environment *own);
void bp_own_environment_free(struct bp_own_environment *own);

/* Whether it is there for this program alone, so that nobody means it. */
bool bp_own_environment_is_beside_the_point(const struct bp_own_environment *own);

/*
 * Takes such an environment out of PATH and VIRTUAL_ENV of this process, so that what is looked at
 * and what is run is what the person's shell would find. `program` NULL: the one that runs.
 */
void bp_own_environment_leave(const char *program);

#endif
