#include "checks/text/search.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/text/automaton.h"
#include "checks/text/required.h"

/* Something that is looked for; the same in two patterns is one. */
struct wanted {
    const char *text; /* of the regex or of the literal; owned by a pattern */
    bool literal;
    size_t *words; /* numbers of those of which one has to be there */
    size_t word_count;
};

/* From a condition's own string to what is wanted. */
struct link {
    const char *key;
    size_t wanted;
};

struct bp_search {
    struct wanted *wanted;
    size_t count;
    size_t capacity;
    struct link *links; /* a hash table by address; a power of two of places */
    size_t places;
    size_t used;
    struct bp_strs words;
    struct bp_automaton *automaton; /* NULL until the first text */
};

struct answer {
    bool asked;
    enum bp_truth truth;
    struct bp_span where;
};

struct bp_hits {
    const struct bp_search *search;
    bool *there; /* by word */
    struct answer *answers;
    size_t given_up;
};

struct bp_search *bp_search_new(void) {
    return bp_alloc(sizeof(struct bp_search));
}

void bp_search_free(struct bp_search *search) {
    if (search) {
        for (size_t i = 0; i < search->count; i++) {
            free(search->wanted[i].words);
        }
        free(search->wanted);
        free(search->links);
        bp_strs_free(&search->words);
        bp_automaton_free(search->automaton);
        free(search);
    }
}

static size_t place_of(const struct bp_search *search, const char *key) {
    uint64_t hash = ((uint64_t)(uintptr_t)key >> 3) * UINT64_C(0x9E3779B97F4A7C15);
    size_t place = (size_t)(hash >> 32) & (search->places - 1);
    while (search->links[place].key && search->links[place].key != key) {
        place = (place + 1) & (search->places - 1);
    }
    return place;
}

static void grow_links(struct bp_search *search) {
    struct link *old = search->links;
    size_t places = search->places;
    search->places = places ? places * 2 : 512;
    search->links = bp_alloc_array(search->places, sizeof *search->links);
    for (size_t i = 0; i < places; i++) {
        if (old[i].key) {
            search->links[place_of(search, old[i].key)] = old[i];
        }
    }
    free(old);
}

static void add_link(struct bp_search *search, const char *key, size_t wanted) {
    if (search->used * 2 >= search->places) {
        grow_links(search);
    }
    struct link *link = &search->links[place_of(search, key)];
    search->used += link->key == NULL;
    *link = (struct link){.key = key, .wanted = wanted};
}

static size_t number_of_word(struct bp_search *search, const char *word) {
    for (size_t i = 0; i < search->words.count; i++) {
        if (strcmp(search->words.items[i], word) == 0) {
            return i;
        }
    }
    bp_strs_add(&search->words, word);
    return search->words.count - 1;
}

/* ASCII capitals made small, since the automaton takes both for one. */
static void fold(char *text) {
    for (; *text; text++) {
        if (*text >= 'A' && *text <= 'Z') {
            *text = (char)(*text + ('a' - 'A'));
        }
    }
}

static size_t find_wanted(struct bp_search *search, const char *text, bool literal) {
    for (size_t i = 0; i < search->count; i++) {
        if (search->wanted[i].literal == literal && strcmp(search->wanted[i].text, text) == 0) {
            return i;
        }
    }
    if (search->count == search->capacity) {
        search->capacity = search->capacity ? search->capacity * 2 : 128;
        search->wanted = bp_realloc_array(search->wanted, search->capacity, sizeof *search->wanted);
    }
    struct bp_strs words = {0};
    if (literal) {
        bp_strs_add(&words, text);
    } else {
        words = bp_required_words(text);
    }
    struct wanted *wanted = &search->wanted[search->count];
    *wanted = (struct wanted){.text = text, .literal = literal, .word_count = words.count};
    wanted->words = bp_alloc_array(words.count + 1, sizeof *wanted->words);
    for (size_t i = 0; i < words.count; i++) {
        fold(words.items[i]);
        wanted->words[i] = number_of_word(search, words.items[i]);
    }
    bp_strs_free(&words);
    return search->count++;
}

static void add_condition(struct bp_search *search, const cJSON *at) {
    const cJSON *literal = bp_json_get(at, "text");
    const cJSON *regex = bp_json_get(at, "text_matches");
    const cJSON *leaf = literal ? literal : regex;
    if (cJSON_IsString(leaf) && *leaf->valuestring) {
        add_link(search, leaf->valuestring,
                 find_wanted(search, leaf->valuestring, leaf == literal));
        return;
    }
    for (const cJSON *child = at->child; child; child = child->next) {
        add_condition(search, child);
    }
}

void bp_search_add(struct bp_search *search, const cJSON *pattern) {
    static const char *const members[] = {"shows", "rules_out", "remedy"};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const cJSON *part = bp_json_get(pattern, members[i]);
        if (part) {
            add_condition(search, part);
        }
    }
}

static void mark_word(void *context, size_t word, size_t start, size_t end) {
    struct bp_hits *hits = context;
    (void)start;
    (void)end;
    hits->there[word] = true;
}

struct bp_hits *bp_hits_of(struct bp_search *search, const char *text, size_t length) {

    if (!search->automaton) {
        const char **words = bp_alloc_array(search->words.count + 1, sizeof *words);
        for (size_t i = 0; i < search->words.count; i++) {
            words[i] = search->words.items[i];
        }
        search->automaton = bp_automaton_new(words, search->words.count);
        free(words);
    }
    struct bp_hits *hits = bp_alloc(sizeof *hits);
    hits->search = search;
    hits->there = bp_alloc_array(search->words.count + 1, sizeof *hits->there);
    hits->answers = bp_alloc_array(search->count + 1, sizeof *hits->answers);
    bp_automaton_scan(search->automaton, text, length, mark_word, hits);
    return hits;
}

void bp_hits_free(struct bp_hits *hits) {
    if (hits) {
        free(hits->there);
        free(hits->answers);
        free(hits);
    }
}

size_t bp_hits_given_up(const struct bp_hits *hits) {
    return hits->given_up;
}

static enum bp_truth find_literal(const char *text, size_t length, const char *literal,
                                  struct bp_span *where) {
    size_t size = strlen(literal);
    const char *at = size ? memmem(text, length, literal, size) : NULL;
    if (at) {
        *where = (struct bp_span){.start = (size_t)(at - text), .end = (size_t)(at - text) + size};
    }
    return at ? BP_TRUE : BP_FALSE;
}

static enum bp_truth look(struct bp_regexes *regexes, const char *wanted, bool literal,
                          const char *text, size_t length, struct bp_span *where) {
    return literal ? find_literal(text, length, wanted, where)
                   : bp_regex_find(regexes, wanted, text, length, true, where);
}

static bool may_be_there(const struct bp_hits *hits, const struct wanted *wanted) {
    for (size_t i = 0; i < wanted->word_count; i++) {
        if (hits->there[wanted->words[i]]) {
            return true;
        }
    }
    return wanted->word_count == 0;
}

enum bp_truth bp_text_find(struct bp_hits *hits, struct bp_regexes *regexes, const cJSON *kind,
                           const char *text, size_t length, struct bp_span *where) {
    const char *sought = kind ? cJSON_GetStringValue(kind) : NULL;
    bool literal = sought && strcmp(kind->string, "text") == 0;
    if (!sought || !*sought) {
        return literal ? BP_FALSE : BP_UNKNOWN;
    }
    const struct bp_search *search = hits ? hits->search : NULL;
    const struct link *link =
        search && search->places ? &search->links[place_of(search, sought)] : NULL;
    if (!link || !link->key) {
        return look(regexes, sought, literal, text, length, where);
    }
    struct answer *answer = &hits->answers[link->wanted];
    const struct wanted *wanted = &search->wanted[link->wanted];
    if (!answer->asked) {
        answer->asked = true;
        answer->truth = BP_FALSE;
        if (may_be_there(hits, wanted)) {
            answer->truth =
                look(regexes, wanted->text, wanted->literal, text, length, &answer->where);
            hits->given_up += answer->truth == BP_UNKNOWN;
        }
    }
    *where = answer->where;
    return answer->truth;
}
