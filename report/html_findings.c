/* What was found and what would work, in the order and the words of the other formats. */
#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "report/advice_view.h"
#include "report/finding_view.h"
#include "report/html_markup.h"
#include "report/html_parts.h"

void bp_html_steps(struct bp_str *out, const char *heading, const cJSON *steps) {
    const cJSON *step;
    if (!steps || !steps->child) {
        return;
    }
    bp_str_add(out, heading);
    bp_str_add(out, "<ol class=\"steps\">\n");
    cJSON_ArrayForEach(step, steps) {
        const char *says = bp_json_text(step, "says");
        bp_str_add(out, "<li>");
        bp_html_words(out, says ? says : "");
        bp_html_command(out, bp_json_text(step, "command"));
        bp_str_add(out, "</li>\n");
    }
    bp_str_add(out, "</ol>\n");
}

/* Of a fact the sentence comes first, of a text the line itself: it is what a person knows. */
static void add_evidence(struct bp_str *out, const cJSON *evidence) {
    const char *says = bp_json_text(evidence, "says");
    char *place = bp_evidence_place(evidence);
    char *seen = bp_evidence_seen(evidence);
    bool line_first = seen && bp_equal(bp_json_text(evidence, "from"), "text");
    bp_str_add(out, "<li>");
    bp_html_element(out, "p", NULL, line_first ? NULL : says);
    bp_str_add(out, "<p class=\"proof\"><span class=\"place\">");
    bp_html_words(out, place);
    bp_str_add(out, "</span>");
    if (seen) {
        bp_str_add(out, ": <code>");
        bp_html_words(out, seen);
        bp_str_add(out, "</code>");
    }
    bp_str_add(out, "</p>\n");
    bp_html_element(out, "p", NULL, line_first ? says : NULL);
    bp_str_add(out, "</li>\n");
    free(seen);
    free(place);
}

static void add_proof(struct bp_str *out, const cJSON *finding) {
    const cJSON *list = bp_json_get(finding, "evidence");
    const cJSON *evidence;
    if (!list || !list->child) {
        return;
    }
    bp_str_add(out, "<h4>What shows it</h4>\n<ul class=\"proofs\">\n");
    cJSON_ArrayForEach(evidence, list) {
        if (!bp_evidence_repeats(finding, evidence)) {
            add_evidence(out, evidence);
        }
    }
    bp_str_add(out, "</ul>\n");
}

static void add_symptoms(struct bp_str *out, const cJSON *symptoms) {
    const cJSON *symptom;
    if (!symptoms || !symptoms->child) {
        return;
    }
    bp_str_add(out, "<h4>It also explains</h4>\n<ul>\n");
    cJSON_ArrayForEach(symptom, symptoms) {
        const char *title = bp_json_text(symptom, "title");
        const char *says = bp_json_text(symptom, "says");
        bp_str_add(out, "<li>");
        bp_html_words(out, title ? title : "Untitled");
        bp_str_add(out, says ? ": " : "");
        bp_html_words(out, says ? says : "");
        bp_str_add(out, "</li>\n");
    }
    bp_str_add(out, "</ul>\n");
}

static void add_references(struct bp_str *out, const cJSON *finding) {
    struct bp_strs list = bp_finding_references(finding);
    if (list.count) {
        bp_str_add(out, "<h4>See</h4>\n<ul>\n");
        for (size_t i = 0; i < list.count; i++) {
            bp_str_add(out, "<li>");
            bp_html_link(out, list.items[i], list.items[i]);
            bp_str_add(out, "</li>\n");
        }
        bp_str_add(out, "</ul>\n");
    }
    bp_strs_free(&list);
}

/* How sure it is, how bad, and the names by which others know it. */
static void add_marks(struct bp_str *out, const cJSON *finding) {
    const char *status = bp_json_text(finding, "status");
    const char *severity = bp_json_text(finding, "severity");
    const char *pattern = bp_json_text(finding, "pattern");
    bp_str_add(out, "<p class=\"marks\">");
    bp_html_words(out, status ? status : "possible");
    bp_str_add(out, ", ");
    bp_html_words(out, severity ? severity : "error");
    bp_str_add(out, ", known pattern <code>");
    bp_html_words(out, pattern ? pattern : "unnamed");
    bp_str_add(out, "</code></p>\n");
}

/* With the address that finds others who have the same. */
static void add_signature(struct bp_str *out, const cJSON *finding) {
    char *line = bp_signature_line(finding);
    char *search = bp_signature_search(finding);
    if (line) {
        bp_str_add(out, "<p class=\"marks\">Root-cause signature ");
        if (search) {
            bp_html_link(out, search, line);
        } else {
            bp_html_words(out, line);
        }
        bp_str_add(out, "</p>\n");
    }
    free(search);
    free(line);
}

static void add_finding(struct bp_str *out, const cJSON *finding, const char *verdict_says) {
    const char *title = bp_json_text(finding, "title");
    const char *explanation = bp_json_text(finding, "explanation");
    bp_str_add(out, "<article class=\"finding\">\n");
    bp_html_element(out, "h3", NULL, title ? title : "Untitled");
    add_marks(out, finding);
    add_signature(out, finding);
    bp_html_element(out, "p", NULL, bp_finding_reason(finding, verdict_says));
    add_proof(out, finding);
    bp_html_steps(out, "<h4>What to do</h4>\n", bp_json_get(finding, "remedy"));
    if (explanation && *explanation) {
        bp_html_element(out, "h4", NULL, "Why");
        bp_html_element(out, "p", NULL, explanation);
    }
    add_symptoms(out, bp_json_get(finding, "symptoms"));
    add_references(out, finding);
    bp_str_add(out, "</article>\n");
}

void bp_html_findings(struct bp_str *out, const cJSON *document) {
    const cJSON *findings = bp_json_get(document, "findings");
    const cJSON *finding;
    if (!findings || !findings->child) {
        return;
    }
    bp_str_add(out, "<section id=\"findings\">\n<h2>What was found</h2>\n");
    cJSON_ArrayForEach(finding, findings) {
        add_finding(out, finding, bp_json_text(document, "verdict_says"));
    }
    bp_str_add(out, "</section>\n");
}

void bp_html_advice(struct bp_str *out, const cJSON *document) {
    struct bp_advice_view view = bp_advice_view_of(document);
    if (view.empty) {
        return;
    }
    bp_str_add(out, "<section id=\"advice\">\n");
    bp_html_element(out, "h2", NULL, view.title);
    bp_html_steps(out, "", view.steps);
    for (size_t i = 0; i < view.lines.count; i++) {
        bp_html_element(out, "p", NULL, view.lines.items[i]);
        bp_html_command(out, i == 0 ? view.command : NULL);
    }
    bp_str_add(out, "</section>\n");
    bp_advice_view_free(&view);
}
