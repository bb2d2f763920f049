/*
 * How a string is redacted: it is read once from start to end; at each place each rule may
 * recognise something, append what stands for it to `out` and move `at` behind it. What no
 * rule recognises is copied. A rule looks only at the original text, and starts at what is
 * no letter or digit, or where a word starts.
 */
#ifndef BP_REPORT_REDACT_SCAN_H
#define BP_REPORT_REDACT_SCAN_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "report/withheld.h"

/* A name and what stands for it. */
struct bp_redact_word {
    char *text;
    const char *replacement;
    enum bp_withheld_kind kind;
    bool any_case;
};

/* A folder and what stands for it in paths: "$HOME", "$VENV", "$CONDA2" ... */
struct bp_redact_root {
    char *name;
    char *path;
    bool is_home; /* stands in every string, not in paths and sentences alone */
    bool hides;   /* whose folder it is could be told from its path */
    bool used;    /* since the document was begun */
};

struct bp_redactor {
    cJSON *schema; /* says which type each fact has */
    struct bp_redact_word *words;
    size_t word_count;
    struct bp_redact_root *roots; /* longer paths first */
    size_t root_count;
    char *home;              /* the person's home folder, or NULL */
    struct bp_strs people;   /* whose home folders were seen, in order of appearance */
    struct bp_strs versions; /* four-part versions that typed facts hold */
    struct bp_str scratch;   /* where a string is written before it is known to differ */
    struct bp_withheld withheld;
};

enum bp_redact_kind {
    BP_REDACT_FOREIGN, /* from the machine or the person: names go wherever they stand */
    BP_REDACT_PATH,    /* the same, with the folders that have a name of their own */
    BP_REDACT_PROSE,   /* this program's sentences with facts in them: "will" may be a word */
    BP_REDACT_FIXED,   /* words of a fixed list, names of members: names stay */
    BP_REDACT_COMMAND, /* to be typed in a shell */
};

struct bp_scan {
    struct bp_redactor *redactor;
    const char *text; /* ends with a zero byte */
    size_t at;
    enum bp_redact_kind kind;
    bool is_version; /* the whole string is a version: no addresses in it */
    struct bp_str *out;
};

/* The rules: true when one recognised something. */
bool bp_redact_root(struct bp_scan *scan);
bool bp_redact_secret(struct bp_scan *scan);
bool bp_redact_setting(struct bp_scan *scan);
bool bp_redact_in_url(struct bp_scan *scan);
bool bp_redact_identifier(struct bp_scan *scan);
bool bp_redact_address(struct bp_scan *scan);
bool bp_redact_name(struct bp_scan *scan);

/*
 * Redacts every string of an item that the schema describes by `node`; NULL: each is free text.
 */
void bp_redact_item(struct bp_redactor *redactor, cJSON *item, const cJSON *node);

/*
 * Replaces *text, which is owned, where a token that was found somewhere is part of it, as in the
 * name of a file that is made up from a variable's value.
 */
void bp_redact_known_tokens(struct bp_redactor *redactor, char **text);

/* Redacts the strings in a ghost (probe/binary/ghost.h), or leaves it out. */
void bp_redact_ghost(struct bp_redactor *redactor, cJSON *object, const cJSON *node);

/* Two of the addresses: 10.0.0.5, and EC2's ip-10-0-0-5. */
bool bp_redact_ipv4(struct bp_scan *scan);
bool bp_redact_dashed_ipv4(struct bp_scan *scan);

/* The character before the present place, or 0 at the start. */
static inline char bp_scan_before(const struct bp_scan *scan) {
    return scan->at ? scan->text[scan->at - 1] : '\0';
}

/* Appends the next `length` bytes as they are and moves behind them; true. */
bool bp_scan_keep(struct bp_scan *scan, size_t length);

/* Appends `replacement` for the next `length` bytes, notes them and moves behind them; true. */
bool bp_scan_replace(struct bp_scan *scan, size_t length, const char *replacement,
                     enum bp_withheld_kind kind);

/* Whether one of the `count` bytes before the present place begins `word`, in any case. */
bool bp_scan_follows(const struct bp_scan *scan, const char *word, size_t count);

/* How many bytes at `text` are letters, digits, "_" or "-": a token or a name. */
size_t bp_token_length(const char *text);

/*
 * A made-up string rather than a name: long, or with digits among its letters. So
 * "hf_transfer" and "sk-learn" stay.
 */
bool bp_looks_random(const char *text, size_t length);

/* What ends a secret value in running text. */
extern const char bp_value_end[];

/*
 * Finds the folders that have a name of their own: the person's home folder, and the virtual and
 * conda environments among the interpreters of a report.
 */
void bp_roots_learn(struct bp_redactor *redactor, const cJSON *document);
void bp_roots_free(struct bp_redactor *redactor);

/* Whether a name says nothing about a person, or is a word of this field. */
bool bp_is_common_name(const char *name);

/*
 * Letters and digits of ASCII. Other letters end a word: in a text of another script a name
 * or a token may directly follow one.
 */
static inline bool bp_is_word_byte(char byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z');
}

/* Whether `text` starts with `word`, which starts with an ASCII letter, in any case. */
static inline bool bp_starts_in_any_case(const char *text, const char *word) {
    return ((text[0] ^ word[0]) & ~0x20) == 0 && strncasecmp(text, word, strlen(word)) == 0;
}

#endif
