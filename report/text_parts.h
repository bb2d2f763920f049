/* The parts of the report for a person at a terminal; each appends its lines. */
#ifndef BP_REPORT_TEXT_PARTS_H
#define BP_REPORT_TEXT_PARTS_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "report/layout.h"

/* An empty line and the title of what follows. */
void bp_text_heading(const struct bp_layout *layout, const char *title);

/* The same, of a part of it. */
void bp_text_subheading(const struct bp_layout *layout, const char *title);

/* Steps {"says", "command"} with numbers from `number` on. Returns the next number. */
int bp_text_steps(const struct bp_layout *layout, const cJSON *steps, int number);

/* Steps under "What to do"; nothing where there are none. */
void bp_text_remedy(const struct bp_layout *layout, const cJSON *steps);

/* A finding of the document, with its number in the list. */
void bp_text_finding(const struct bp_layout *layout, const cJSON *finding, int number,
                     const char *verdict);

/* The loader's advice under its heading; nothing where there is none. */
void bp_text_advice(const struct bp_layout *layout, const cJSON *document);

/* What the loader would do, with labels of that width; the whole chain in the long form. */
void bp_text_loader(const struct bp_layout *layout, const cJSON *document, size_t labels);

/* How each condition of each pattern came out; nothing where the document does not say. */
void bp_text_conditions(const struct bp_layout *layout, const cJSON *document);

#endif
