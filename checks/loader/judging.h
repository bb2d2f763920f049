/* Between the files that judge what an import does: one judgement in the making. */
#ifndef BP_CHECKS_LOADER_JUDGING_H
#define BP_CHECKS_LOADER_JUDGING_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/str.h"
#include "checks/loader/choose.h"
#include "checks/loader/devices.h"
#include "checks/loader/era.h"
#include "checks/loader/file.h"
#include "checks/loader/gpu_outcome.h"
#include "checks/loader/machine.h"
#include "checks/loader/mps.h"
#include "checks/loader/process.h"
#include "checks/loader/python_needs.h"
#include "checks/loader/torch.h"

struct judging {
    struct bp_machine machine;
    struct bp_torch torch;
    struct bp_process process; /* after import torch */
    struct bp_era_found found;
    struct bp_choice choice;
    struct bp_file_verdict verdict; /* of the chosen file; all NULL where there is none */
    struct bp_gpu_verdict gpu;
    struct bp_mps mps;
    struct bp_python_trouble python;
    struct bp_strs because;
    cJSON *files;
    const char *outcome;
    char *outcome_says;
    char *user_sees;
    char *torch_error; /* what importing torch ends with; NULL: as far as is known it does not */
    bool only_chosen;  /* of the package's libraries, no other is judged */
    bool silent;       /* the library does not load, and the release goes on without a word */
};

/* Sets the outcome; `says` is copied. */
void bp_conclude(struct judging *judging, const char *outcome, const char *says);

/* Concludes from the choice, the chosen file, the GPUs and what Python itself needs. */
void bp_conclude_choice(struct judging *judging);

#endif
