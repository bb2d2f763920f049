/* Steps, and what would work, for a person at a terminal. */
#ifndef BP_REPORT_TEXT_ADVICE_H
#define BP_REPORT_TEXT_ADVICE_H

#include <cjson/cJSON.h>

#include "report/layout.h"

/* Steps {"says", "command"} with numbers from `number` on. Returns the next number. */
int bp_text_steps(const struct bp_layout *layout, const cJSON *steps, int number);

/* The loader's advice under its heading; nothing where there is none. */
void bp_text_advice(const struct bp_layout *layout, const cJSON *document);

#endif
