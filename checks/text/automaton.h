/*
 * Finding many words in one pass over a text (Aho and Corasick, 1975), ASCII letters of
 * either case alike. Time grows with the text's length and not with the number of words.
 */
#ifndef BP_CHECKS_TEXT_AUTOMATON_H
#define BP_CHECKS_TEXT_AUTOMATON_H

#include <stddef.h>

struct bp_automaton;

/* An automaton for `count` words that are not empty; equal ones are all found. */
struct bp_automaton *bp_automaton_new(const char *const words[], size_t count);
void bp_automaton_free(struct bp_automaton *automaton);

/* Called for each place: the word's number, and the bytes that it takes. */
typedef void bp_automaton_found(void *context, size_t word, size_t start, size_t end);

/* Calls `found` for every place of every word, in the order of their ends. */
void bp_automaton_scan(const struct bp_automaton *automaton, const char *text, size_t length,
                       bp_automaton_found *found, void *context);

#endif
