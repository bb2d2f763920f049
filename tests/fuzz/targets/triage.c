/* Judges the text of an issue or a log. */
#include "checks/triage.h"

#include <stdlib.h>

#include "checks/catalogue.h"
#include "report/issue_object.h"
#include "tests/fuzz/fuzz.h"

static void take(void *context, const struct bp_issue_read *issue) {
    cJSON *result = bp_triage_judge(context, &issue->text, issue->file, issue->attached);
    cJSON_Delete(result);
}

void fuzz_one(const uint8_t *data, size_t size) {
    static struct bp_triage *triage;
    if (!triage) {
        triage = bp_triage_new(bp_catalogue_for_judging());
    }
    bp_issue_of_bytes("issue.md", (const char *)data, size, take, triage);
}
