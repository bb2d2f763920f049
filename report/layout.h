/* Laying text out in columns: wrapping, indents, colour. */
#ifndef BP_REPORT_LAYOUT_H
#define BP_REPORT_LAYOUT_H

#include <stddef.h>

#include "report/render.h"

enum bp_tone { BP_PLAIN, BP_STRONG, BP_GOOD, BP_BAD, BP_DOUBT, BP_QUIET, BP_TYPE };

struct bp_layout {
    const struct bp_text_style *style;
    struct bp_str *out;
};

/* Appends `text` (made plain, on one line) in a tone, with nothing around it. */
void bp_layout_words(const struct bp_layout *layout, enum bp_tone tone, const char *text);

/*
 * Appends `start` as it is, then `text` wrapped at the style's width; lines after the first
 * are indented by `indent` columns. A word that is longer than a line is not broken, so that
 * a path can be copied whole. Line ends in `text` are kept.
 */
void bp_layout_paragraph(const struct bp_layout *layout, const char *start, size_t indent,
                         const char *text, enum bp_tone tone);

/* A label padded to `label_width` columns after `indent`, then `value` wrapped beside it. */
void bp_layout_fact(const struct bp_layout *layout, size_t indent, size_t label_width,
                    const char *label, const char *value, enum bp_tone tone);

#endif
