/* The report for a person at a terminal. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "report/device_view.h"
#include "report/facts_view.h"
#include "report/finding_view.h"
#include "report/layout.h"
#include "report/plain.h"
#include "report/render.h"
#include "report/text_advice.h"

enum { INDENT = 3, LABEL_LIMIT = 22 };

static const char *verdict_word(const cJSON *document, enum bp_tone *tone) {
    const char *verdict = bp_json_text(document, "verdict");
    bool ok = bp_equal(verdict, "ok");
    bool problem = bp_equal(verdict, "problem");
    *tone = ok ? BP_GOOD : problem ? BP_BAD : BP_DOUBT;
    return ok ? "OK" : problem ? "PROBLEM" : "UNKNOWN";
}

static const char *verdict_says(const cJSON *document) {
    const char *says = bp_json_text(document, "verdict_says");
    return says ? says : "";
}

void bp_render_verdict(const cJSON *document, const struct bp_text_style *style,
                       struct bp_str *out) {
    struct bp_layout layout = {style, out};
    enum bp_tone tone;
    const char *word = verdict_word(document, &tone);
    bp_layout_words(&layout, tone, word);
    bp_str_add(out, ": ");
    bp_layout_words(&layout, BP_PLAIN, verdict_says(document));
    bp_str_add_char(out, '\n');
}

static void heading(const struct bp_layout *layout, const char *text) {
    bp_str_add_char(layout->out, '\n');
    bp_layout_words(layout, BP_STRONG, text);
    bp_str_add_char(layout->out, '\n');
}

static void subheading(const struct bp_layout *layout, const char *text) {
    bp_str_add(layout->out, "\n   ");
    bp_layout_words(layout, BP_STRONG, text);
    bp_str_add_char(layout->out, '\n');
}

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

static void show_remedy(const struct bp_layout *layout, const cJSON *remedy) {
    if (!remedy || !remedy->child) {
        return;
    }
    subheading(layout, "What to do");
    bp_text_steps(layout, remedy, 1);
}

static void show_symptoms(const struct bp_layout *layout, const cJSON *symptoms) {
    const cJSON *symptom;
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

static void show_finding(const struct bp_layout *layout, const cJSON *finding, int number,
                         const char *verdict) {
    const char *reason = bp_finding_reason(finding, verdict);
    const char *explanation = bp_json_text(finding, "explanation");
    const cJSON *symptoms = bp_json_get(finding, "symptoms");
    const cJSON *evidence;
    char *start = bp_format("\n%d. ", number);
    char *line = bp_finding_heading(finding);
    bp_layout_paragraph(layout, start, INDENT, line, BP_STRONG);
    if (reason) {
        bp_layout_paragraph(layout, "   ", INDENT, reason, BP_PLAIN);
    }
    if (reason && explanation) {
        bp_str_add_char(layout->out, '\n');
    }
    if (explanation) {
        bp_layout_paragraph(layout, "   ", INDENT, explanation, BP_PLAIN);
    }
    subheading(layout, "What shows it");
    cJSON_ArrayForEach(evidence, bp_json_get(finding, "evidence")) {
        if (!bp_evidence_repeats(finding, evidence)) {
            show_evidence(layout, evidence);
        }
    }
    show_remedy(layout, bp_json_get(finding, "remedy"));
    if (symptoms && symptoms->child) {
        subheading(layout, "It also explains");
        show_symptoms(layout, symptoms);
    }
    show_references(layout, finding);
    show_signature(layout, finding);
    free(line);
    free(start);
}

/* The widest label, within reason: all values start in one column. */
static size_t label_width(const struct bp_facts_view *view) {
    size_t widest = strlen("A user sees");
    for (int i = 0; i < BP_TOPIC_COUNT; i++) {
        for (size_t j = 0; j < view->groups[i].count; j++) {
            size_t columns = bp_utf8_columns(view->groups[i].facts[j].label);
            widest = columns > widest && columns <= LABEL_LIMIT ? columns : widest;
        }
    }
    return widest;
}

static void show_chain(const struct bp_layout *layout, const cJSON *loader, size_t labels) {
    const char *label = "Because";
    const cJSON *reason;
    cJSON_ArrayForEach(reason, bp_json_get(loader, "because")) {
        if (cJSON_IsString(reason)) {
            bp_layout_fact(layout, INDENT, labels, label, reason->valuestring, BP_PLAIN);
            label = "";
        }
    }
}

static void show_files(const struct bp_layout *layout, const cJSON *loader, size_t labels) {
    const cJSON *file;
    cJSON_ArrayForEach(file, bp_json_get(loader, "files")) {
        const char *name = bp_json_text(file, "name");
        const char *outcome = bp_json_text(file, "outcome");
        const char *says = bp_json_text(file, "says");
        char *codes = bp_device_codes(file);
        char *line =
            bp_format("%s: %s%s%s%s", name ? name : "unnamed",
                      says      ? says
                      : outcome ? outcome
                                : "unknown",
                      codes ? " (code for each GPU: " : "", codes ? codes : "", codes ? ")" : "");
        bp_layout_fact(layout, INDENT, labels,
                       file == file->prev || file->prev->next == NULL ? "Files" : "", line,
                       BP_PLAIN);
        free(line);
        free(codes);
    }
}

static void show_devices(const struct bp_layout *layout, const cJSON *loader, size_t labels) {
    const char *label = "GPU code";
    const cJSON *device;
    cJSON_ArrayForEach(device, bp_json_get(loader, "devices")) {
        char *line = bp_device_line(device);
        bp_layout_fact(layout, INDENT, labels, label, line, BP_PLAIN);
        label = "";
        free(line);
    }
}

static void show_loader(const struct bp_layout *layout, const cJSON *document, size_t labels) {
    static const struct {
        const char *label;
        const char *member;
        bool always;
    } lines[] = {
        {"Outcome", "outcome_says", true}, {"A user sees", "user_sees", true},
        {"Looks for", "asks_for", true},   {"Loads", "chosen", true},
        {"Loader of", "era", false},
    };
    const cJSON *loader = bp_json_get(document, "loader");
    if (!cJSON_IsObject(loader)) {
        return;
    }
    const char *title = "Loading bitsandbytes";
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const char *value = bp_json_text(loader, lines[i].member);
        bool said = value && strcmp(value, verdict_says(document)) == 0;
        if (value && !said && (lines[i].always || layout->style->verbose)) {
            if (title) {
                heading(layout, title); /* only over something */
                title = NULL;
            }
            bp_layout_fact(layout, INDENT, labels, lines[i].label, value, BP_PLAIN);
        }
    }
    if (!title) {
        show_devices(layout, loader, labels);
    }
    if (layout->style->verbose) {
        show_chain(layout, loader, labels);
        show_files(layout, loader, labels);
    }
}

static void show_facts(const struct bp_layout *layout, const struct bp_facts_view *view,
                       size_t labels) {
    for (int i = 0; i < BP_TOPIC_COUNT; i++) {
        const struct bp_fact_group *group = &view->groups[i];
        if (group->count == 0) {
            continue;
        }
        heading(layout, group->title);
        for (size_t j = 0; j < group->count; j++) {
            bp_layout_fact(layout, INDENT, labels, group->facts[j].label, group->facts[j].value,
                           group->facts[j].unknown ? BP_DOUBT : BP_PLAIN);
        }
    }
}

static void show_origin(const struct bp_layout *layout, const cJSON *document) {
    const char *version = bp_json_text_at(document, "/tool/version");
    const char *collected_at = bp_json_text(document, "collected_at");
    char *line = bp_format("bnb-probe %s%s%s", version ? version : "",
                           collected_at ? ", facts of " : "", collected_at ? collected_at : "");
    bp_str_add_char(layout->out, '\n');
    bp_layout_words(layout, BP_QUIET, line);
    bp_str_add_char(layout->out, '\n');
    free(line);
}

/* A machine that is not there: the first thing to know. */
static void show_assumed(const struct bp_layout *layout, const cJSON *document) {
    char *list = bp_facts_view_join(bp_json_get(document, "assumed"), ", ");
    if (*list) {
        bp_layout_paragraph(layout, "assumed: ", 9, list, BP_STRONG);
        bp_str_add_char(layout->out, '\n');
    }
    free(list);
}

void bp_render_text(const cJSON *document, const struct bp_text_style *style, struct bp_str *out) {
    struct bp_layout layout = {style, out};
    enum bp_tone tone;
    const char *word = verdict_word(document, &tone);
    show_assumed(&layout, document);
    bp_layout_words(&layout, tone, word);
    bp_layout_paragraph(&layout, ": ", 2, verdict_says(document), BP_STRONG);
    bool loader_leads =
        bp_equal(bp_json_text_at(document, "/loader/outcome_says"), verdict_says(document));
    if (loader_leads) {
        show_remedy(&layout, bp_json_at(document, "/loader/remedy"));
    }
    int number = 0;
    const cJSON *finding;
    cJSON_ArrayForEach(finding, bp_json_get(document, "findings")) {
        show_finding(&layout, finding, ++number, verdict_says(document));
    }
    bp_text_advice(&layout, document);
    struct bp_facts_view view = bp_facts_view_of(document, style->verbose);
    size_t labels = label_width(&view);
    show_loader(&layout, document, labels);
    if (!loader_leads) {
        show_remedy(&layout, bp_json_at(document, "/loader/remedy"));
    }
    show_facts(&layout, &view, labels);
    bp_facts_view_free(&view);
    show_origin(&layout, document);
}
