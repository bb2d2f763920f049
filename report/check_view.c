#include "report/check_view.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "report/command.h"
#include "report/finding_view.h"

enum bp_check_result bp_check_result_of(const cJSON *check) {
    const char *result = bp_json_text(check, "result");
    return bp_equal(result, "pass")   ? BP_CHECK_PASS
           : bp_equal(result, "fail") ? BP_CHECK_FAIL
           : bp_equal(result, "note") ? BP_CHECK_NOTE
                                      : BP_CHECK_UNKNOWN;
}

const char *bp_check_explained_by(const cJSON *check) {
    return bp_json_text(check, "explained_by");
}

const char *bp_check_word(const cJSON *document) {
    const char *result = bp_json_text(document, "result");
    return bp_equal(result, "pass") ? "PASSED" : bp_equal(result, "fail") ? "FAILED" : "UNKNOWN";
}

int bp_check_exit(const cJSON *document) {
    const char *result = bp_json_text(document, "result");
    return bp_equal(result, "pass")   ? BP_EXIT_DONE
           : bp_equal(result, "fail") ? BP_EXIT_FOUND
                                      : BP_EXIT_FAILED;
}

static void add_evidence(struct bp_strs *lines, const cJSON *check) {
    const cJSON *evidence;
    cJSON_ArrayForEach(evidence, bp_json_get(check, "evidence")) {
        if (bp_evidence_repeats(check, evidence)) {
            continue;
        }
        char *place = bp_evidence_place(evidence);
        char *seen = bp_evidence_seen(evidence);
        const char *says = bp_json_text(evidence, "says");
        bp_strs_add_owned(lines, bp_format("%s: %s", place, seen ? seen : says ? says : ""));
        free(seen);
        free(place);
    }
}

static void add_remedy(struct bp_strs *lines, const cJSON *check) {
    const cJSON *step;
    cJSON_ArrayForEach(step, bp_json_get(check, "remedy")) {
        const char *says = bp_json_text(step, "says");
        const char *command = bp_json_text(step, "command");
        bp_strs_add_owned(lines, bp_format("To do: %s", says ? says : ""));
        if (command) {
            bp_strs_add_owned(lines, bp_format("  %s", command));
        }
    }
}

struct bp_strs bp_check_details(const cJSON *check) {
    struct bp_strs lines = {0};
    add_evidence(&lines, check);
    add_remedy(&lines, check);
    return lines;
}

const cJSON *bp_check_finding(const cJSON *document, const cJSON *check) {
    if (!bp_equal(bp_json_text(check, "kind"), "finding")) {
        return NULL;
    }
    return bp_json_find(bp_json_get(document, "findings"), "pattern", bp_json_text(check, "id"));
}
