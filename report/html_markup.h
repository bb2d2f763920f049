/*
 * Foreign text inside HTML and SVG (https://html.spec.whatwg.org/#escapingString). Whatever
 * comes from outside goes into a page through these and through nothing else; a page's own
 * markup is added with bp_str_add. Attribute values stand between double quotes, always.
 */
#ifndef BP_REPORT_HTML_MARKUP_H
#define BP_REPORT_HTML_MARKUP_H

#include "base/str.h"

/* Appends `text` on one line, fit for an element's content and for a quoted attribute. */
void bp_html_words(struct bp_str *out, const char *text);

/* The same with line ends kept. */
void bp_html_lines(struct bp_str *out, const char *text);

/*
 * Appends <tag class="class">words</tag>. `tag` and `class` are this program's own words;
 * `class` may be NULL. NULL words: nothing at all.
 */
void bp_html_element(struct bp_str *out, const char *tag, const char *class, const char *words);

/* Appends an address as a link where it is one that begins with https://, else as it is. */
void bp_html_link(struct bp_str *out, const char *address, const char *words);

/* What a person types, on lines of its own, selected whole with one press. */
void bp_html_command(struct bp_str *out, const char *command);

/*
 * Begins a box that what is too wide can be moved in, by keyboard as well; "</div>" ends it.
 * `label` names it, in this program's own words.
 */
void bp_html_scroll(struct bp_str *out, const char *label);

#endif
