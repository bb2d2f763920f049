#include "report/verdict_view.h"

#include "base/json.h"
#include "base/str.h"

/* How many things, at least likely, are not as they should be although all in all it works. */
static int count_warnings(const cJSON *document) {
    int count = 0;
    const cJSON *finding;
    cJSON_ArrayForEach(finding, bp_json_get(document, "findings")) {
        count += bp_equal(bp_json_text(finding, "severity"), "warning") &&
                 !bp_equal(bp_json_text(finding, "status"), "possible");
    }
    return count;
}

struct bp_verdict_view bp_verdict_view_of(const cJSON *document) {
    const char *verdict = bp_json_text(document, "verdict");
    const char *says = bp_json_text(document, "verdict_says");
    struct bp_verdict_view view = {"UNKNOWN", says ? says : "", BP_VERDICT_DOUBT};
    int warnings = count_warnings(document);
    if (bp_equal(verdict, "problem")) {
        view.word = "PROBLEM";
        view.mood = BP_VERDICT_BAD;
    } else if (bp_equal(verdict, "ok") && warnings) {
        view.word = warnings == 1 ? "OK, with a warning" : "OK, with warnings";
    } else if (bp_equal(verdict, "ok")) {
        view.word = "OK";
        view.mood = BP_VERDICT_GOOD;
    }
    return view;
}
