/* The issues of a tracker by the signature of what leads them: which share a root cause. */
#ifndef BP_REPORT_TRIAGE_SIGNATURES_H
#define BP_REPORT_TRIAGE_SIGNATURES_H

#include <cjson/cJSON.h>

#include "base/str.h"

/* Start from {0}. */
struct bp_signatures {
    struct bp_signature_issues *items;
    size_t count;
    size_t capacity;
};

/* Counts one issue: its name ("#123") and the finding that leads it. */
void bp_signatures_add(struct bp_signatures *signatures, const char *name, const cJSON *finding);

/* A Markdown section, the most frequent first; nothing where there is none. */
void bp_signatures_render(struct bp_signatures *signatures, struct bp_str *out);

void bp_signatures_free(struct bp_signatures *signatures);

#endif
