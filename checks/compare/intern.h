/* Texts by number: each text has one, the first has 0, and no text is held twice. */
#ifndef BP_CHECKS_COMPARE_INTERN_H
#define BP_CHECKS_COMPARE_INTERN_H

#include <stddef.h>

/* Start from {0}, end with bp_interned_free. */
struct bp_interned {
    char **items;
    size_t count;
    size_t capacity;
    size_t *slots; /* a number and one, by hash; 0: free */
    size_t slot_count;
};

/* The text's number; a text that is new is copied. */
size_t bp_interned_number(struct bp_interned *texts, const char *text);

void bp_interned_free(struct bp_interned *texts);

#endif
