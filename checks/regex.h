/*
 * Regular expressions (PCRE2) on foreign text. A match is bounded in steps, depth and
 * memory; one that meets a bound is unknown, never true.
 */
#ifndef BP_CHECKS_REGEX_H
#define BP_CHECKS_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "checks/truth.h"

/* Regular expressions that were compiled, kept by their text. */
struct bp_regexes;

struct bp_regexes *bp_regexes_new(void);
void bp_regexes_free(struct bp_regexes *regexes);

/* A piece of a text, in bytes. */
struct bp_span {
    size_t start;
    size_t end;
};

/*
 * Whether `regex` is found in the subject, and where first. It is compiled when it is
 * first needed. `.` stops at a line's end, `^` and `$` stand at each line's ends.
 * `known_utf8` says that the subject was checked; one that is not UTF-8 is unknown, and
 * so is one matched against a malformed regex.
 */
enum bp_truth bp_regex_find(struct bp_regexes *regexes, const char *regex, const char *subject,
                            size_t length, bool known_utf8, struct bp_span *where);

/*
 * Whether `regex` is fit for a pattern: well-formed, and not one that is found in
 * any text whatever, as a forgotten "?" can make it. The message says what is wrong and
 * at which character.
 */
int bp_regex_check(const char *regex, struct bp_err *err);

#endif
