/* Lines about the collectors that did not do what they should. */
#include <stdlib.h>

#include "base/json.h"
#include "base/str.h"
#include "report/facts_view.h"

static const char *describe_status(const char *status) {
    return bp_equal(status, "denied")    ? "not allowed"
           : bp_equal(status, "timeout") ? "did not end in time"
           : bp_equal(status, "crashed") ? "crashed"
           : bp_equal(status, "error")   ? "failed"
                                         : status;
}

void bp_facts_view_collectors(struct bp_facts_view *view) {
    struct bp_str absent = BP_STR_EMPTY;
    const cJSON *collector;
    cJSON_ArrayForEach(collector, bp_json_get(view->snapshot, "collectors")) {
        const char *status = bp_json_text(collector, "status");
        const char *detail = bp_json_text(collector, "detail");
        if (view->verbose) {
            bp_facts_view_add(view, BP_TOPIC_COLLECTORS, collector->string, "%s in %.1f ms%s%s",
                              status ? status : "unknown", bp_json_number(collector, "ms", 0),
                              detail ? ": " : "", detail ? detail : "");
        } else if (bp_equal(status, "absent")) {
            bp_str_addf(&absent, "%s%s", absent.length ? ", " : "", collector->string);
        } else if (status && !bp_equal(status, "ok")) {
            bp_facts_view_add(view, BP_TOPIC_COLLECTORS, collector->string, "%s%s%s",
                              describe_status(status), detail ? ": " : "", detail ? detail : "");
        }
    }
    if (absent.length) {
        bp_facts_view_add(view, BP_TOPIC_COLLECTORS, "Not on this machine",
                          "%s (--verbose says why)", absent.data);
    }
    bp_str_free(&absent);
}
