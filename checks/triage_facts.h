/* A text's facts as triage's result shows them, and beside those of an attached report. */
#ifndef BP_CHECKS_TRIAGE_FACTS_H
#define BP_CHECKS_TRIAGE_FACTS_H

#include <cjson/cJSON.h>

/*
 * From what bp_text_facts gave: short keys for the facts that people ask for first
 * (bnb_version, torch_version ...), then `snapshot`, `text`, `lines` and, where there are
 * some, `disagreements`. The caller deletes it.
 */
cJSON *bp_triage_facts(const cJSON *text_facts);

/*
 * Puts into the attached snapshot what only the text says. Where both say something and
 * differ, the snapshot's stays and `text_facts` gets "disagreements": [{"pointer", "text",
 * "attached"}].
 */
void bp_triage_merge(cJSON *text_facts, cJSON *snapshot);

#endif
