/* The parts of judging a run. Each fills members of the report's "run" object. */
#ifndef BP_CHECKS_RUN_PARTS_H
#define BP_CHECKS_RUN_PARTS_H

#include <cjson/cJSON.h>

#include "checks/view.h"

/* "native": the lines that native code printed when it failed, each with what it means. */
cJSON *bp_run_native_lines(const struct bp_text *text);

/* "ended" in words: how, after how long, with which error. The caller frees it. */
char *bp_run_ending(const cJSON *run, const cJSON *about);

/* "agreement", "agreement_says", "differences": prediction and reality. */
void bp_run_compare(const struct bp_view *view, cJSON *judged);

/* The process that the report is about, or NULL. */
const cJSON *bp_run_subject(const cJSON *run);

#endif
