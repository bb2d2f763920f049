/*
 * Runs the command of `bnb-probe run` and writes down what happened: the snapshot's "run" section.
 */
#ifndef BP_PROBE_RUN_COMMAND_H
#define BP_PROBE_RUN_COMMAND_H

#include <cjson/cJSON.h>

#include "base/error.h"
#include "base/str.h"
#include "probe/os/command.h"

struct bp_run_result {
    struct bp_command_end end;
    struct bp_str output;       /* what was kept of what it printed, byte by byte */
    char *interpreter;          /* the Python that it used, or NULL */
    struct bp_strs environment; /* of that process, NAME=VALUE; holds secrets */
    cJSON *facts;               /* the section, all but the output's text */
};

/*
 * Runs `arguments` (see bp_command_run). Free the result with bp_run_result_free, also after
 * an error.
 */
int bp_run_command(const struct bp_strs *arguments, struct bp_run_result *result,
                   struct bp_err *err);

/*
 * Gives this process the variables of the command's Python process that decide about programs and
 * libraries, so that what is probed next is what that process had.
 */
void bp_run_adopt_environment(const struct bp_run_result *result);

/* The command's exit code, as a shell has it: 128 and the number of a signal that ended it. */
int bp_run_exit_code(const struct bp_run_result *result);

void bp_run_result_free(struct bp_run_result *result);

#endif
