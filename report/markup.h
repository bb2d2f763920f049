/* Foreign text inside GitHub's Markdown (https://github.github.com/gfm/). */
#ifndef BP_REPORT_MARKUP_H
#define BP_REPORT_MARKUP_H

#include "base/str.h"

/*
 * Appends `text` on one line so that it reads as it is: no markup, no HTML, and no "@name"
 * that would call somebody.
 */
void bp_markup_words(struct bp_str *out, const char *text);

/* Appends `text` on one line as a code span, whatever backticks it holds. */
void bp_markup_code(struct bp_str *out, const char *text);

/*
 * Appends `text` as a fenced block, each line after `indent`; `language` may be "". The
 * fence is longer than any run of backticks in the text.
 */
void bp_markup_block(struct bp_str *out, const char *indent, const char *language,
                     const char *text);

#endif
