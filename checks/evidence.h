/* What made a condition true, as a finding shows it. */
#ifndef BP_CHECKS_EVIDENCE_H
#define BP_CHECKS_EVIDENCE_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "checks/view.h"

/* One piece: a fact, or a place in the text. */
struct bp_piece {
    const cJSON *leaf; /* the condition it decided; not owned */
    char *pointer;     /* of the fact, with the real index in place of "*"; NULL for a text */
    char *match;       /* the text that matched, fit to be shown, or NULL */
    cJSON *shown;      /* as in a finding's `evidence` */
};

/* Start from {0}, end with bp_evidence_free. */
struct bp_evidence {
    struct bp_piece *items;
    size_t count;
    size_t capacity;
};

/*
 * Appends the fact at `pointer`, which decided `leaf`; `fact` is NULL where it is not known.
 * `match` is what of it a regex found, or NULL.
 */
void bp_evidence_add_fact(struct bp_evidence *evidence, const struct bp_view *view,
                          const cJSON *leaf, const char *pointer, const cJSON *fact,
                          const struct bp_span *match);

/* Appends the place in the text that decided `leaf`; NULL where it was that there is none. */
void bp_evidence_add_text(struct bp_evidence *evidence, const struct bp_view *view,
                          const cJSON *leaf, const struct bp_span *place);

/* Drops what came after the first `count` pieces. */
void bp_evidence_truncate(struct bp_evidence *evidence, size_t count);

void bp_evidence_free(struct bp_evidence *evidence);

#endif
