/* The sections of the HTML report. Each appends its own, or nothing where it has nothing to say. */
#ifndef BP_REPORT_HTML_PARTS_H
#define BP_REPORT_HTML_PARTS_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/str.h"

/* What a person does, numbered, under `heading` (an element with its words); nothing for none. */
void bp_html_steps(struct bp_str *out, const char *heading, const cJSON *steps);

/* <section id="findings">: what was found, each with its proof and what mends it. */
void bp_html_findings(struct bp_str *out, const cJSON *document);

/* <section id="advice">: what would work. */
void bp_html_advice(struct bp_str *out, const cJSON *document);

/* <section id="loading">: what `import bitsandbytes` would do, with the two pictures. */
void bp_html_loading(struct bp_str *out, const cJSON *document);

/* The dependency tree of the chosen library: a picture, and the same as a table. */
void bp_html_need_tree(struct bp_str *out, const cJSON *document);

/* For which GPU each library holds code. */
void bp_html_gpu_matrix(struct bp_str *out, const cJSON *document);

/* <section id="facts">: the facts in groups. */
void bp_html_facts(struct bp_str *out, const cJSON *document, bool verbose);

#endif
