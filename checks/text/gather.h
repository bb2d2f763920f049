/* Shared by the readers of facts from text; internal to checks/text. */
#ifndef BP_CHECKS_TEXT_GATHER_H
#define BP_CHECKS_TEXT_GATHER_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

/* How plainly a text says something; the plainer stands. */
enum bp_plainness {
    BP_HINTED = 1, /* a path, a file's name */
    BP_MENTIONED,  /* in prose */
    BP_STATED,     /* in a listing, or after "version:" */
};

struct bp_gather {
    const char *text;
    size_t length;
    size_t title_length; /* bytes of the title, which stands first */
    cJSON *snapshot;
    cJSON *about; /* the text itself: "/text" */
    cJSON *learned;
    size_t line;    /* the number of the line that `line_at` is on */
    size_t line_at; /* bytes; only ever grows */
};

/* Puts a text at the snapshot's pointer unless something at least as plain is there. */
void bp_gather_text(struct bp_gather *gather, const char *pointer, const char *value, size_t at,
                    enum bp_plainness plainness);

/* The same for a fact below "/text"; `pointer` is without that. */
void bp_gather_about(struct bp_gather *gather, const char *pointer, const char *value, size_t at,
                     enum bp_plainness plainness);

/* Adds the text once to the array below "/text". */
void bp_gather_list(struct bp_gather *gather, const char *key, const char *value);

/* Whether the word at [start, end) stands alone: no letter or digit touches it. */
bool bp_word_alone(const struct bp_gather *gather, size_t start, size_t end);

/* The line that `at` is on, without its end. */
const char *bp_line_around(const struct bp_gather *gather, size_t at, size_t *length);

/* Whether the words are in the line, letter for letter. */
bool bp_line_holds(const char *line, size_t length, const char *words);

/* Whether the text at `at` starts so, in letters of either case. */
bool bp_text_has_at(const struct bp_gather *gather, size_t at, const char *words);

/* A dotted number at `at` ("2.1.0+cu118"), or NULL. *end moves behind it. The caller frees it. */
char *bp_version_at(const struct bp_gather *gather, size_t at, size_t *end);

/* One word that starts a reading, in lower case, and who reads on from there. */
struct bp_reader {
    const char *word;
    void (*read)(struct bp_gather *gather, const char *word, size_t start, size_t end);
};

/* Each list ends with a NULL word. */
extern const struct bp_reader bp_package_readers[];
extern const struct bp_reader bp_platform_readers[];
extern const struct bp_reader bp_gpu_readers[];
extern const struct bp_reader bp_library_readers[];
extern const struct bp_reader bp_line_readers[];

/* What is done at a word of bp_applications(). */
void bp_read_application(struct bp_gather *gather, const char *word, size_t start, size_t end);

#endif
