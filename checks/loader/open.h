/*
 * Opening one file as dlopen does: it is mapped, then everything that it needs, level by level,
 * then the symbol versions are compared. How one library is searched for is in lookup.h.
 */
#ifndef BP_CHECKS_LOADER_OPEN_H
#define BP_CHECKS_LOADER_OPEN_H

#include "checks/loader/need.h"
#include "checks/loader/process.h"

struct bp_opening {
    struct bp_need *needs; /* of the file itself, in order; owned */
    size_t count;
    struct bp_need *below; /* what those bring in their turn, and what fails there; owned */
    size_t below_count;
    char *error;  /* what the loader says first; NULL: the file loads as far as is known */
    bool fatal;   /* the process dies while it maps something */
    bool unknown; /* what one of them needs in turn is not known */
};

/*
 * Opens the file with these header facts. What it maps stays mapped: bp_process_forget undoes
 * it. End with bp_opening_free.
 */
struct bp_opening bp_open(struct bp_process *process, const cJSON *facts, enum bp_stage stage);

void bp_opening_free(struct bp_opening *opening);

#endif
