/*
 * What a text says about the machine that it comes from: versions, system, GPU, missing
 * library, errors. Facts stand at the pointers that a snapshot has for them, so that the
 * same conditions judge a text and a machine; what only a text has is below "/text".
 */
#ifndef BP_CHECKS_TEXT_FACTS_H
#define BP_CHECKS_TEXT_FACTS_H

#include <cjson/cJSON.h>
#include <stddef.h>

/* A text and its parts. Nothing in it is owned. */
struct bp_issue {
    const char *data;    /* valid UTF-8: the title's line, the opening post, then comments */
    size_t length;       /* bytes */
    size_t title_length; /* bytes of the title; 0: there is none */
    size_t post_length;  /* bytes of title and opening post; what follows are comments */
    const cJSON *labels; /* the tracker's, an array of names; NULL: not known */
};

/* A text without comments, as an issue. Where its first line is "# ...", that is the title. */
struct bp_issue bp_issue_of_text(const char *data, size_t length);

/* The words that start a reading, ready for many texts. The caller frees it. */
struct bp_fact_readers;
struct bp_fact_readers *bp_fact_readers_new(void);
void bp_fact_readers_free(struct bp_fact_readers *set);

/*
 * {"snapshot": {...}, "text": {...}, "learned": [{"pointer", "value", "line"}...]}: a partial
 * snapshot that holds only what the text shows, the facts about the text itself as the
 * report's JSON Schema describes them under $defs/text, and the line (from 1) that each
 * fact was learned from. The caller deletes it.
 */
cJSON *bp_text_facts_with(const struct bp_fact_readers *set, const struct bp_issue *issue);

/* The same for a single text. */
cJSON *bp_text_facts(const struct bp_issue *issue);

#endif
