#include "checks/text/automaton.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define NONE UINT32_MAX

/* One entry of a list of the words that end in a state. */
struct ending {
    uint32_t next; /* the word that ends in the same state, or NONE */
};

/* `next` has a row of `classes` entries a state: where each class of bytes leads. */
struct bp_automaton {
    uint8_t class_of[256]; /* bytes that no word holds are all of class 0 */
    uint32_t classes;
    uint32_t *next;
    uint32_t *first;  /* by state: its first ending, or NONE */
    uint32_t *suffix; /* by state: the state of its longest proper suffix */
    uint8_t *speaks;  /* by state: whether a word ends there, or in a suffix of it */
    size_t states;
    size_t capacity;
    struct ending *endings;
    size_t *lengths; /* by word */
};

static uint8_t fold(char character) {
    uint8_t byte = (uint8_t)character;
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + ('a' - 'A')) : byte;
}

static void number_classes(struct bp_automaton *automaton, const char *const words[],
                           size_t count) {
    automaton->classes = 1;
    for (size_t i = 0; i < count; i++) {
        for (const char *at = words[i]; *at; at++) {
            uint8_t *class = &automaton->class_of[fold(*at)];
            if (!*class) {
                *class = (uint8_t)automaton->classes++;
            }
        }
    }
    for (int letter = 'A'; letter <= 'Z'; letter++) {
        automaton->class_of[letter] = automaton->class_of[letter + ('a' - 'A')];
    }
}

static uint32_t add_state(struct bp_automaton *automaton) {
    if (automaton->states == automaton->capacity) {
        automaton->capacity = automaton->capacity ? automaton->capacity * 2 : 256;
        size_t capacity = automaton->capacity;
        automaton->next =
            bp_realloc_array(automaton->next, capacity * automaton->classes, sizeof(uint32_t));
        automaton->first = bp_realloc_array(automaton->first, capacity, sizeof(uint32_t));
        automaton->suffix = bp_realloc_array(automaton->suffix, capacity, sizeof(uint32_t));
    }
    size_t state = automaton->states++;
    memset(&automaton->next[state * automaton->classes], 0, automaton->classes * sizeof(uint32_t));
    automaton->first[state] = NONE;
    automaton->suffix[state] = 0;
    return (uint32_t)state;
}

/* While words are added, 0 stands for "leads nowhere yet": nothing leads back to the start. */
static void add_word(struct bp_automaton *automaton, const char *text, uint32_t word) {
    uint32_t state = 0;
    for (const char *at = text; *at; at++) {
        size_t place = (size_t)state * automaton->classes + automaton->class_of[(uint8_t)*at];
        if (!automaton->next[place]) {
            uint32_t fresh = add_state(automaton);
            automaton->next[place] = fresh;
        }
        state = automaton->next[place];
    }
    automaton->endings[word] = (struct ending){.next = automaton->first[state]};
    automaton->first[state] = word;
    automaton->lengths[word] = strlen(text);
}

/* Breadth first, so that a state's suffix is complete before the state is. */
static void link_suffixes(struct bp_automaton *automaton) {
    uint32_t *queue = bp_alloc_array(automaton->states, sizeof *queue);
    size_t head = 0;
    size_t tail = 0;
    queue[tail++] = 0;
    while (head < tail) {
        uint32_t state = queue[head++];
        uint32_t *row = &automaton->next[(size_t)state * automaton->classes];
        const uint32_t *other =
            &automaton->next[(size_t)automaton->suffix[state] * automaton->classes];
        for (uint32_t class = 0; class < automaton->classes; class ++) {
            uint32_t target = row[class];
            if (target) {
                automaton->suffix[target] = state ? other[class] : 0;
                queue[tail++] = target;
            } else if (state) {
                row[class] = other[class];
            }
        }
    }
    free(queue);
}

/* A suffix has a lower place in the breadth-first order, not a lower number: walk the chain. */
static void mark_speaking(struct bp_automaton *automaton) {
    automaton->speaks = bp_alloc_array(automaton->states, sizeof *automaton->speaks);
    for (size_t state = 0; state < automaton->states; state++) {
        uint32_t at = (uint32_t)state;
        while (at && automaton->first[at] == NONE) {
            at = automaton->suffix[at];
        }
        automaton->speaks[state] = at != 0;
    }
}

struct bp_automaton *bp_automaton_new(const char *const words[], size_t count) {
    struct bp_automaton *automaton = bp_alloc(sizeof *automaton);
    automaton->endings = bp_alloc_array(count + 1, sizeof *automaton->endings);
    automaton->lengths = bp_alloc_array(count + 1, sizeof *automaton->lengths);
    number_classes(automaton, words, count);
    add_state(automaton);
    for (size_t i = 0; i < count; i++) {
        add_word(automaton, words[i], (uint32_t)i);
    }
    link_suffixes(automaton);
    mark_speaking(automaton);
    return automaton;
}

void bp_automaton_free(struct bp_automaton *automaton) {
    if (automaton) {
        free(automaton->next);
        free(automaton->first);
        free(automaton->suffix);
        free(automaton->speaks);
        free(automaton->endings);
        free(automaton->lengths);
        free(automaton);
    }
}

static void tell(const struct bp_automaton *automaton, uint32_t state, size_t end,
                 bp_automaton_found *found, void *context) {
    for (; state; state = automaton->suffix[state]) {
        uint32_t word = automaton->first[state];
        for (; word != NONE; word = automaton->endings[word].next) {
            found(context, word, end - automaton->lengths[word], end);
        }
    }
}

void bp_automaton_scan(const struct bp_automaton *automaton, const char *text, size_t length,
                       bp_automaton_found *found, void *context) {
    const uint8_t *class_of = automaton->class_of;
    const uint32_t *next = automaton->next;
    size_t classes = automaton->classes;
    uint32_t state = 0;
    for (size_t i = 0; i < length; i++) {
        state = next[state * classes + class_of[(uint8_t)text[i]]];
        if (automaton->speaks[state]) {
            tell(automaton, state, i + 1, found, context);
        }
    }
}
