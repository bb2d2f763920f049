/* Showing what triage found, for a person. Each takes results as bp_triage_judge gives them. */
#ifndef BP_REPORT_TRIAGE_VIEW_H
#define BP_REPORT_TRIAGE_VIEW_H

#include <cjson/cJSON.h>

#include "report/render.h"

/* One issue's result as lines for a terminal. */
void bp_triage_text(const cJSON *result, const struct bp_text_style *style, struct bp_str *out);

/* Results gathered by pattern, for the Markdown that a maintainer reviews. */
struct bp_triage_groups;
struct bp_triage_groups *bp_triage_groups_new(void);
void bp_triage_groups_add(struct bp_triage_groups *groups, const cJSON *result);
void bp_triage_groups_render(struct bp_triage_groups *groups, struct bp_str *out);
void bp_triage_groups_free(struct bp_triage_groups *groups);

/* "#123", or the id as it is, or the file's name; made plain. The caller frees it. */
char *bp_triage_name(const cJSON *result);

/* The piece of evidence that proves most: a line of the text, else the first; or NULL. */
const cJSON *bp_triage_proof(const cJSON *finding);

/* The finding that leads, or NULL. */
const cJSON *bp_triage_primary(const cJSON *result);

#endif
