/* What a pattern is judged on, and how a fact of it is found and worded. */
#ifndef BP_CHECKS_VIEW_H
#define BP_CHECKS_VIEW_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/str.h"
#include "checks/check.h"
#include "checks/regex.h"
#include "checks/text/search.h"

struct bp_releases;

/* Nothing in it is owned. */
struct bp_view {
    const cJSON *snapshot;      /* NULL: no facts */
    const cJSON *loader;        /* the loader's verdict; NULL: none */
    const struct bp_text *text; /* valid UTF-8; NULL: no text */
    const cJSON *about;         /* the facts about the text itself; NULL: none */
    const cJSON *learned;       /* from which lines of the text facts are; NULL: from none */
    struct bp_hits *hits;       /* what was looked for in the text; NULL: look anew */
    struct bp_regexes *regexes;
    const struct bp_releases *releases; /* remedies are tried with them; NULL: they are not */
};

/* Whether a pointer is about the loader's verdict, or the text, rather than the snapshot. */
bool bp_pointer_in_loader(const char *pointer);
bool bp_pointer_in_text(const char *pointer);

/* The line of the text, from 1, that the fact was learned from; 0 where it was not from there. */
size_t bp_view_line(const struct bp_view *view, const char *pointer);

/*
 * The document that the pointer is about; *rest is what of the pointer leads on from
 * there. NULL where there is no such document.
 */
const cJSON *bp_view_root(const struct bp_view *view, const char *pointer, const char **rest);

/* The fact at a pointer without "*", or NULL where it is missing or null. */
const cJSON *bp_view_fact(const struct bp_view *view, const char *pointer);

/*
 * The fact as a person reads it: a text as it is, a number without needless digits, an
 * array of scalars with commas; control characters left out. NULL for what has no such
 * form: null, an empty array, an object. The caller frees it.
 */
char *bp_fact_words(const cJSON *fact);

#endif
