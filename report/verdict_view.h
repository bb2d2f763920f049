/* The verdict as a person reads it, for every format. */
#ifndef BP_REPORT_VERDICT_VIEW_H
#define BP_REPORT_VERDICT_VIEW_H

#include <cjson/cJSON.h>

enum bp_verdict_mood { BP_VERDICT_GOOD, BP_VERDICT_DOUBT, BP_VERDICT_BAD };

/* Points into the document and to constant text. */
struct bp_verdict_view {
    const char *word; /* "OK", "OK, with warnings", "PROBLEM" or "UNKNOWN" */
    const char *says; /* the sentence after it */
    enum bp_verdict_mood mood;
};

struct bp_verdict_view bp_verdict_view_of(const cJSON *document);

#endif
