/*
 * Looking for all that patterns look for in a text at once. One pass finds the words that
 * the patterns' regular expressions cannot do without; only where one is there the
 * expression is tried, and each no more than once a text.
 */
#ifndef BP_CHECKS_TEXT_SEARCH_H
#define BP_CHECKS_TEXT_SEARCH_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "checks/regex.h"
#include "checks/truth.h"

/* What is looked for. It refers to the patterns' documents, which have to outlive it. */
struct bp_search;

struct bp_search *bp_search_new(void);
void bp_search_free(struct bp_search *search);

/* Adds every condition on the text that a pattern has. Not once a text was begun. */
void bp_search_add(struct bp_search *search, const cJSON *pattern);

/* What one text holds. It refers to the text and to the search. The caller frees it. */
struct bp_hits;
struct bp_hits *bp_hits_of(struct bp_search *search, const char *text, size_t length);
void bp_hits_free(struct bp_hits *hits);

/* How many searches in the text met a bound of time or memory and were given up so far. */
size_t bp_hits_given_up(const struct bp_hits *hits);

/*
 * Whether the text holds what a condition's member "text" or "text_matches" asks for, and
 * where first. `text` is valid UTF-8. Without `hits`, or for a member that the search does
 * not know, it is looked for in `text`.
 */
enum bp_truth bp_text_find(struct bp_hits *hits, struct bp_regexes *regexes, const cJSON *kind,
                           const char *text, size_t length, struct bp_span *where);

#endif
