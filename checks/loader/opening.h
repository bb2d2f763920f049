/* Between the files that make up the opening of one file; open.h is for the others. */
#ifndef BP_CHECKS_LOADER_OPENING_H
#define BP_CHECKS_LOADER_OPENING_H

#include "checks/loader/open.h"

/* One need of one file, and how it fared. */
struct link {
    int from;
    int to; /* -1: nothing is mapped for it */
    struct bp_need need;
};

struct opening {
    struct bp_process *process;
    enum bp_stage stage;
    int root;
    struct link *links; /* in the order in which the loader meets them */
    size_t count;
    size_t capacity;
};

/* Compares the symbol versions of everything that was mapped. */
void bp_opening_check_versions(struct opening *opening);

/* The result. The links are gone afterwards. */
struct bp_opening bp_opening_result(struct opening *opening);

#endif
