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

#include "base/str.h"

/* A name and what stands for it. */
struct bp_redact_word {
    char *text;
    const char *replacement;
    bool any_case;
};

enum { BP_REDACT_WORDS = 4 };

struct bp_redactor {
    struct bp_redact_word words[BP_REDACT_WORDS];
    size_t word_count;
    char *home;              /* the user's home folder when its name is one to hide, or NULL */
    struct bp_strs versions; /* four-part versions that typed facts hold */
};

enum bp_redact_kind {
    BP_REDACT_FOREIGN, /* from the machine or the person: names go wherever they stand */
    BP_REDACT_PROSE,   /* this program's sentences with facts in them: "will" may be a word */
    BP_REDACT_FIXED,   /* words of a fixed list, names of members: names stay */
    BP_REDACT_COMMAND, /* to be typed: the home folder becomes "~" */
};

struct bp_scan {
    const struct bp_redactor *redactor;
    const char *text; /* ends with a zero byte */
    size_t at;
    enum bp_redact_kind kind;
    bool is_version; /* the whole string is a version: no addresses in it */
    struct bp_str *out;
};

/* The rules: true when one recognised something. */
bool bp_redact_secret(struct bp_scan *scan);
bool bp_redact_address(struct bp_scan *scan);
bool bp_redact_name(struct bp_scan *scan);

/* Redacts every string of `facts`, as bp_redact_document does. */
void bp_redact_facts(const struct bp_redactor *redactor, cJSON *facts);

/* Redacts the strings in a ghost (probe/binary/ghost.h), or leaves it out. */
void bp_redact_ghost(const struct bp_redactor *redactor, cJSON *object);

/* Two of the addresses: 10.0.0.5, and EC2's ip-10-0-0-5. */
bool bp_redact_ipv4(struct bp_scan *scan);
bool bp_redact_dashed_ipv4(struct bp_scan *scan);

/* The character before the present place, or 0 at the start. */
char bp_scan_before(const struct bp_scan *scan);

/* Appends `replacement` and moves `length` bytes on; true. */
bool bp_scan_replace(struct bp_scan *scan, size_t length, const char *replacement);

/*
 * Letters and digits of ASCII. Other letters end a word: in a text of another script a name
 * or a token may directly follow one.
 */
bool bp_is_word_byte(char byte);

#endif
