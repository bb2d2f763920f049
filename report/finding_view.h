/* The pieces of a finding and of the loader's verdict in words, for text and Markdown alike. */
#ifndef BP_REPORT_FINDING_VIEW_H
#define BP_REPORT_FINDING_VIEW_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/str.h"

#define BP_PROJECT "https://github.com/bitsandbytes-foundation/bitsandbytes"

/* "TITLE [ID], confirmed"; other severities than error are named. The caller frees it. */
char *bp_finding_heading(const cJSON *finding);

/* The sentence that says why it was found, or NULL where `said` has said it already. */
const char *bp_finding_reason(const cJSON *finding, const char *said);

/* Where a piece of evidence stands: "/host/libc/version" or "train.log, line 12". Caller frees. */
char *bp_evidence_place(const cJSON *evidence);

/* Whether an earlier piece of the finding's evidence points at the same line of the same text. */
bool bp_evidence_repeats(const cJSON *finding, const cJSON *evidence);

/* What was seen there: the fact's value or the line, or NULL. The caller frees it. */
char *bp_evidence_seen(const cJSON *evidence);

/*
 * What stands for the root cause: "bnbsig-1a2b3c4d (CAUSE, LIBRARY, needed by cuda, era ERA)",
 * and the address of the tracker's search for it. NULL where there is none. The caller frees them.
 */
char *bp_signature_line(const cJSON *finding);
char *bp_signature_search(const cJSON *finding);

/* The finding's references, its canonical issue first. The caller frees the list. */
struct bp_strs bp_finding_references(const cJSON *finding);

#endif
