#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "report/finding_view.h"
#include "report/layout.h"
#include "report/plain.h"
#include "report/triage_view.h"

char *bp_triage_name(const cJSON *result) {
    const cJSON *id = bp_json_get(result, "id");
    if (cJSON_IsNumber(id)) {
        return bp_format("#%.0f", id->valuedouble);
    }
    return bp_show_line(cJSON_IsString(id) ? id->valuestring : "-");
}

const cJSON *bp_triage_proof(const cJSON *finding) {
    const cJSON *list = bp_json_get(finding, "evidence");
    const cJSON *evidence;
    cJSON_ArrayForEach(evidence, list) {
        if (bp_json_text(evidence, "excerpt")) {
            return evidence;
        }
    }
    return list ? list->child : NULL;
}

const cJSON *bp_triage_primary(const cJSON *result) {
    const char *primary = bp_json_text(result, "primary");
    return bp_json_find(bp_json_get(result, "findings"), "pattern", primary);
}

static void show_finding(const struct bp_layout *layout, const cJSON *finding) {
    const char *says = bp_json_text(finding, "says");
    const char *cause = bp_json_text(finding, "cause");
    const cJSON *proof = bp_triage_proof(finding);
    char *line =
        bp_format("%s, %s%s%s", bp_json_text(finding, "pattern"), bp_json_text(finding, "status"),
                  cause ? ", a symptom of " : "", cause ? cause : "");
    bp_layout_paragraph(layout, "   ", 3, line, BP_STRONG);
    free(line);
    if (says) {
        bp_layout_paragraph(layout, "      ", 6, says, BP_PLAIN);
    }
    if (proof) {
        char *place = bp_evidence_place(proof);
        char *seen = bp_evidence_seen(proof);
        char *where = seen ? bp_format("%s: %s", place, seen) : bp_strdup(place);
        bp_layout_paragraph(layout, "      - ", 8, where, BP_QUIET);
        free(where);
        free(seen);
        free(place);
    }
}

void bp_triage_text(const cJSON *result, const struct bp_text_style *style, struct bp_str *out) {
    struct bp_layout layout = {style, out};
    const char *title = bp_json_text(result, "title");
    const char *action = bp_json_text(result, "action");
    const cJSON *findings = bp_json_get(result, "findings");
    char *name = bp_triage_name(result);
    char *line = bp_format("%s%s%s", name, title ? " " : "", title ? title : "");
    bp_layout_paragraph(&layout, "", 3, line, BP_STRONG);
    char *advice = bp_format("Action: %s", action ? action : "keep");
    bp_layout_paragraph(&layout, "   ", 3, advice, bp_equal(action, "close") ? BP_BAD : BP_PLAIN);
    const cJSON *finding;
    cJSON_ArrayForEach(finding, findings) {
        show_finding(&layout, finding);
    }
    if (!findings || !findings->child) {
        bp_layout_paragraph(&layout, "   ", 3, "No known pattern.", BP_PLAIN);
    }
    char *signature = bp_signature_line(bp_triage_primary(result));
    char *search = bp_signature_search(bp_triage_primary(result));
    if (signature && search) {
        bp_layout_paragraph(&layout, "   Signature: ", 6, signature, BP_PLAIN);
        bp_layout_paragraph(&layout, "      ", 6, search, BP_QUIET);
    }
    free(search);
    free(signature);
    const cJSON *note;
    cJSON_ArrayForEach(note, bp_json_get(result, "notes")) {
        bp_layout_paragraph(&layout, "   Note: ", 3, cJSON_GetStringValue(note), BP_DOUBT);
    }
    bp_str_add_char(out, '\n');
    free(advice);
    free(line);
    free(name);
}
