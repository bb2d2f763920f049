/*
 * Which native library a release of bitsandbytes would open: the file it asks for, and
 * what it takes where that file is not there.
 */
#ifndef BP_CHECKS_LOADER_CHOOSE_H
#define BP_CHECKS_LOADER_CHOOSE_H

#include "base/str.h"
#include "checks/loader/era.h"
#include "checks/loader/machine.h"
#include "checks/loader/torch.h"

enum bp_choice_state {
    BP_CHOICE_UNKNOWN, /* facts are missing; the last reason says which */
    BP_CHOICE_FILE,    /* `chosen` is opened */
    BP_CHOICE_MISSING, /* the file is not there, and the release takes no other */
    BP_CHOICE_REFUSED, /* the release stops with an error of its own before it has a file */
};

struct bp_choice {
    enum bp_choice_state state;
    char *asks_for;         /* owned; NULL: not known */
    char *chosen;           /* owned; NULL unless state is BP_CHOICE_FILE */
    char *error;            /* owned; what the release says where there is no file */
    const char *backend;    /* CUDA, ROCm, XPU or CPU */
    const cJSON *opens;     /* header facts of a file that it opens to learn its version, or NULL */
    struct bp_strs because; /* sentences, in order */
};

/* What is chosen. End with bp_choice_free. */
struct bp_choice bp_choose(const struct bp_machine *machine, const struct bp_torch *torch,
                           const struct bp_era_found *found);

void bp_choice_free(struct bp_choice *choice);

/* --- Between the files that make a choice up --- */

/* What one choice is made from. */
struct bp_asking {
    const struct bp_machine *machine;
    const struct bp_torch *torch;
    const struct bp_era_found *found;
    const char *suffix; /* ".so", ".dll", ".dylib" */
};

/* The eras that go by a libcudart found through variables, by torch's version, and later ones. */
void bp_choose_by_cudart(const struct bp_asking *asking, struct bp_choice *choice);
void bp_choose_by_torch(const struct bp_asking *asking, struct bp_choice *choice);
void bp_choose_native(const struct bp_asking *asking, struct bp_choice *choice);

/*
 * Since 0.50.0: the best match among the files for torch's version. `prefix` is "cuda" or
 * "rocm".
 */
void bp_choose_best_match(const struct bp_asking *asking, const char *prefix, int major, int minor,
                          struct bp_choice *choice);

/* Asks for `name` (owned afterwards) and takes what the era takes where it is not there. */
void bp_choice_ask(const struct bp_asking *asking, char *name, struct bp_choice *choice);

/* Asks for the CPU library. */
void bp_choice_ask_cpu(const struct bp_asking *asking, struct bp_choice *choice);

/*
 * The words in which the era says that the file is not there and no other is taken. The
 * caller frees them.
 */
char *bp_choice_missing_error(const struct bp_asking *asking, const char *backend,
                              const char *name);

/* The release stops with `error`; both strings are owned afterwards. */
void bp_choice_refuse(struct bp_choice *choice, char *error, char *because);

/*
 * `name` as a version that the user set changes it. Takes `name` over and gives it, or
 * another string, back.
 */
char *bp_choice_override(const struct bp_asking *asking, char *name, struct bp_choice *choice);

/*
 * Whether a device below compute capability 7.5 makes this era ask for a _nocublaslt file.
 * Where that is unknown, *choice says why.
 */
enum bp_answer bp_choice_nocublaslt(const struct bp_asking *asking, struct bp_choice *choice);

#endif
