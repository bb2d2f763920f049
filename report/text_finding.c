/* One finding as a person reads it: what is wrong, what shows it, what mends it, why. */
#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "report/finding_view.h"
#include "report/text_parts.h"

enum { INDENT = 3 };

/* Of a fact the sentence comes first, of a text the line itself: it is what a person knows. */
static void show_evidence(const struct bp_layout *layout, const cJSON *evidence) {
    const char *says = bp_json_text(evidence, "says");
    char *place = bp_evidence_place(evidence);
    char *seen = bp_evidence_seen(evidence);
    char *where = seen ? bp_format("%s: %s", place, seen) : bp_strdup(place);
    bool line_first = !says || (seen && bp_equal(bp_json_text(evidence, "from"), "text"));
    bp_layout_paragraph(layout, "   - ", 5, line_first ? where : says, BP_PLAIN);
    if (says) {
        bp_layout_paragraph(layout, "     ", 7, line_first ? says : where, BP_QUIET);
    }
    free(where);
    free(seen);
    free(place);
}

static void show_proof(const struct bp_layout *layout, const cJSON *finding) {
    const cJSON *evidence;
    bp_text_subheading(layout, "What shows it");
    cJSON_ArrayForEach(evidence, bp_json_get(finding, "evidence")) {
        if (!bp_evidence_repeats(finding, evidence)) {
            show_evidence(layout, evidence);
        }
    }
}

static void show_symptoms(const struct bp_layout *layout, const cJSON *symptoms) {
    const cJSON *symptom;
    if (!symptoms || !symptoms->child) {
        return;
    }
    bp_text_subheading(layout, "It also explains");
    cJSON_ArrayForEach(symptom, symptoms) {
        const char *title = bp_json_text(symptom, "title");
        const cJSON *evidence = bp_json_get(symptom, "evidence");
        const char *reason = bp_json_text(symptom, "says");
        const char *says =
            reason ? reason : bp_json_text(evidence ? evidence->child : NULL, "says");
        char *line = bp_format("%s%s%s", title ? title : "", says ? ": " : "", says ? says : "");
        bp_layout_paragraph(layout, "   - ", 5, line, BP_PLAIN);
        free(line);
    }
}

static void show_explanation(const struct bp_layout *layout, const char *explanation) {
    if (explanation && *explanation) {
        bp_text_subheading(layout, "Why");
        bp_layout_paragraph(layout, "   ", INDENT, explanation, BP_PLAIN);
    }
}

static void show_references(const struct bp_layout *layout, const cJSON *finding) {
    struct bp_strs list = bp_finding_references(finding);
    for (size_t i = 0; i < list.count; i++) {
        bp_layout_paragraph(layout, i == 0 ? "\n   See " : "       ", 7, list.items[i], BP_QUIET);
    }
    bp_strs_free(&list);
}

static void show_signature(const struct bp_layout *layout, const cJSON *finding) {
    char *line = bp_signature_line(finding);
    char *search = bp_signature_search(finding);
    if (line && search) {
        bp_layout_paragraph(layout, "\n   Signature: ", 6, line, BP_QUIET);
        bp_layout_paragraph(layout, "   Others with it: ", 6, search, BP_QUIET);
    }
    free(search);
    free(line);
}

/* What to type stands above the reasons at length, so that the first screen shows it. */
void bp_text_finding(const struct bp_layout *layout, const cJSON *finding, int number,
                     const char *verdict) {
    const char *reason = bp_finding_reason(finding, verdict);
    char *start = bp_format("\n%d. ", number);
    char *line = bp_finding_heading(finding);
    bp_layout_paragraph(layout, start, INDENT, line, BP_STRONG);
    if (reason) {
        bp_layout_paragraph(layout, "   ", INDENT, reason, BP_PLAIN);
    }
    show_proof(layout, finding);
    bp_text_remedy(layout, bp_json_get(finding, "remedy"));
    show_symptoms(layout, bp_json_get(finding, "symptoms"));
    show_explanation(layout, bp_json_text(finding, "explanation"));
    show_references(layout, finding);
    show_signature(layout, finding);
    free(line);
    free(start);
}
