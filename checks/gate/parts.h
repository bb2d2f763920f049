/* Between the files of the gate (checks/gate.h). */
#ifndef BP_CHECKS_GATE_PARTS_H
#define BP_CHECKS_GATE_PARTS_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/str.h"
#include "checks/loader/machine.h"

struct bp_subject;

/* A requirement as it is understood. Start from {0}, end with bp_requirement_free. */
struct bp_requirement {
    char *text; /* as it was given, without blanks around it */
    char *name; /* of what it is about, as the snapshot writes it */
    const struct bp_subject *subject;
    char *specifier;      /* of versions (base/version.h); "" is met by any; NULL: words */
    struct bp_strs words; /* one of which it should be */
    bool negated;         /* none of which it should be */
};

int bp_requirement_read(struct bp_requirement *requirement, const char *text, struct bp_err *err);
void bp_requirement_free(struct bp_requirement *requirement);

/* What requirements are held against. Nothing in it is owned. */
struct bp_gate {
    const cJSON *document;
    const cJSON *snapshot;
    const cJSON *loader;
    struct bp_machine machine;
};

/* From the least on: of many GPUs the one that does worst decides. */
enum bp_meets { BP_NOT_MET, BP_CANNOT_TELL, BP_MET };

/* How a requirement came out. Start from {0}; `evidence` and `remedy` are arrays. */
struct bp_met {
    enum bp_meets meets;
    char *says; /* a sentence, owned */
    cJSON *evidence;
    cJSON *remedy;
};

typedef void bp_judge_fn(const struct bp_gate *gate, const struct bp_requirement *requirement,
                         struct bp_met *met);

/* How what follows the name is written. */
enum bp_subject_form {
    BP_FORM_VERSION, /* a version specifier, or nothing */
    BP_FORM_COUNT,   /* the same, of a whole number */
    BP_FORM_WORDS,   /* = or != and words of a closed set */
    BP_FORM_GPU,     /* a specifier of compute capabilities, or = and targets */
};

/* What can be required. */
struct bp_subject {
    const char *name;
    enum bp_subject_form form;
    bp_judge_fn *judge;
    const char *says;         /* in a list; NULL: a package like those before it */
    const char *title;        /* how a sentence calls it; NULL: by the requirement's name */
    const char *pointer;      /* where the fact stands, or what else its judge has to know */
    const char *const *words; /* NULL-ended, of BP_FORM_WORDS */
};

/* The subjects, ended by one without a name. */
extern const struct bp_subject bp_subjects[];

/* The subject of a requirement's name; NULL: none. */
const struct bp_subject *bp_subject_find(const char *name);

bp_judge_fn bp_judge_bitsandbytes, bp_judge_package, bp_judge_python, bp_judge_libc,
    bp_judge_libstdcxx, bp_judge_driver, bp_judge_driver_cuda, bp_judge_torch_build, bp_judge_tool,
    bp_judge_gpu, bp_judge_gpu_count, bp_judge_code, bp_judge_backend, bp_judge_outcome,
    bp_judge_verdict;

/* Whether with this outcome of the loader a library of bitsandbytes is opened and stays so. */
bool bp_outcome_loads(const char *outcome);

/* --- answering --- */

/* Sets what came out and why. */
void bp_met_say(struct bp_met *met, enum bp_meets meets, const char *format, ...) BP_PRINTF(3, 4);

/* Adds the fact at `pointer` of the snapshot, or below "/loader", to what shows it. */
void bp_met_show(struct bp_met *met, const struct bp_gate *gate, const char *pointer,
                 const char *format, ...) BP_PRINTF(4, 5);

/* Adds a step to the remedy; `command` may be NULL. */
void bp_met_advise(struct bp_met *met, const char *says, const char *command);

/* It cannot be told `what` ("which GPUs ..."), for the reason given for the fact at `pointer`. */
void bp_met_cannot_tell(struct bp_met *met, const struct bp_gate *gate, const char *what,
                        const char *pointer);

/* Holds a version against the specifier. "TITLE is VERSION." with the fact at `pointer`. */
void bp_met_version(struct bp_met *met, const struct bp_gate *gate,
                    const struct bp_requirement *requirement, const char *version,
                    const char *pointer);

/* Whether a word is among those that are wanted, or none of those that are not. */
bool bp_requirement_wants(const struct bp_requirement *requirement, const char *word);

void bp_met_free(struct bp_met *met);

#endif
