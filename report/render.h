/*
 * The formats. Each takes the report document (already redacted) and appends to *out; none
 * adds a judgement of its own.
 */
#ifndef BP_REPORT_RENDER_H
#define BP_REPORT_RENDER_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/str.h"

/* How text for a person is laid out. */
struct bp_text_style {
    bool color;   /* terminal colours */
    bool ascii;   /* plain ASCII only */
    bool verbose; /* every collector, library and step */
    size_t width; /* columns */
};

/* For a person at a terminal: verdict, what to do, facts. */
void bp_render_text(const cJSON *document, const struct bp_text_style *style, struct bp_str *out);

/* The one line with the verdict. */
void bp_render_verdict(const cJSON *document, const struct bp_text_style *style,
                       struct bp_str *out);

/*
 * The three fields of bitsandbytes' bug form under their headings. `log` is what the person
 * gave with --log, redacted, or NULL.
 */
void bp_render_markdown(const cJSON *document, const char *log, bool verbose, struct bp_str *out);

/* One page for a browser, complete in itself. `log` as for Markdown. */
void bp_render_html(const cJSON *document, const char *log, bool verbose, struct bp_str *out);

/* The address that opens bitsandbytes' bug form filled in, on one line. */
void bp_render_url(const cJSON *document, const char *log, struct bp_str *out);

/* The document itself, indented. */
void bp_render_json(const cJSON *document, struct bp_str *out);

#endif
