/* What a dynamic loader makes of one file, going by its header. */
#ifndef BP_CHECKS_LOADER_LIBRARY_H
#define BP_CHECKS_LOADER_LIBRARY_H

#include "checks/loader/machine.h"

enum bp_fit {
    BP_FIT_USABLE,      /* as far as the facts go */
    BP_FIT_PASSED_OVER, /* a search goes on behind it: another machine, or not readable */
    BP_FIT_OTHER_CLASS, /* passed over, too, but the loader's message remembers it */
    BP_FIT_REFUSED,     /* ends the search with an error */
    BP_FIT_FATAL,       /* kills the process that maps it */
};

struct bp_fitness {
    enum bp_fit fit;
    char *says;        /* a clause without a subject, owned; NULL where it is usable */
    const char *error; /* what the loader says after the file's name; NULL: it says nothing */
};

/* What a system other than Linux takes for a library. */
struct bp_library_kind {
    const char *format; /* as in the facts: "pe" */
    const char *shown;  /* "PE" */
    const char *noun;   /* "DLL" */
};

/* Why a file is none of that kind for this machine's process: a clause, owned; or NULL. */
char *bp_library_unfitness(const struct bp_machine *machine, const cJSON *facts,
                           const struct bp_library_kind *kind);

/* Judges an ELF file's header facts for a process of this machine. The caller frees `says`. */
struct bp_fitness bp_library_fitness(const struct bp_machine *machine, const cJSON *facts);

#endif
