/* The report for a person at a terminal. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "report/facts_view.h"
#include "report/layout.h"
#include "report/next_view.h"
#include "report/plain.h"
#include "report/render.h"
#include "report/receipt.h"
#include "report/text_parts.h"
#include "report/verdict_view.h"

enum { INDENT = 3, LABEL_LIMIT = 22 };

/*
 * The word for the verdict; of a machine that is not there, what was assumed as well, since that
 * has to be known first.
 */
static void show_word(const struct bp_layout *layout, const cJSON *document,
                      const struct bp_verdict_view *verdict) {
    static const enum bp_tone tones[] = {
        [BP_VERDICT_GOOD] = BP_GOOD, [BP_VERDICT_DOUBT] = BP_DOUBT, [BP_VERDICT_BAD] = BP_BAD};
    char *assumed = bp_facts_view_join(bp_json_get(document, "assumed"), ", ");
    char *word =
        *assumed ? bp_format("%s (assumed: %s)", verdict->word, assumed) : bp_strdup(verdict->word);
    bp_layout_words(layout, tones[verdict->mood], word);
    free(word);
    free(assumed);
}

void bp_render_verdict(const cJSON *document, const struct bp_text_style *style,
                       struct bp_str *out) {
    struct bp_layout layout = {style, out};
    struct bp_verdict_view verdict = bp_verdict_view_of(document);
    show_word(&layout, document, &verdict);
    bp_str_add(out, ": ");
    bp_layout_words(&layout, BP_PLAIN, verdict.says);
    bp_str_add_char(out, '\n');
}

void bp_text_heading(const struct bp_layout *layout, const char *title) {
    bp_str_add_char(layout->out, '\n');
    bp_layout_words(layout, BP_STRONG, title);
    bp_str_add_char(layout->out, '\n');
}

void bp_text_subheading(const struct bp_layout *layout, const char *title) {
    bp_str_add(layout->out, "\n   ");
    bp_layout_words(layout, BP_STRONG, title);
    bp_str_add_char(layout->out, '\n');
}

/*
 * The widest label, within reason, so that all values start in one column; on a narrow
 * terminal a longer label pushes its value aside instead.
 */
static size_t label_width(const struct bp_facts_view *view, size_t width) {
    size_t widest = strlen("A user sees");
    size_t limit = width / 3 < LABEL_LIMIT ? width / 3 : LABEL_LIMIT;
    for (int i = 0; i < BP_TOPIC_COUNT; i++) {
        for (size_t j = 0; j < view->groups[i].count; j++) {
            size_t columns = bp_utf8_columns(view->groups[i].facts[j].label);
            widest = columns > widest && columns <= limit ? columns : widest;
        }
    }
    return widest;
}

static void show_facts(const struct bp_layout *layout, const struct bp_facts_view *view,
                       size_t labels) {
    for (int i = 0; i < BP_TOPIC_COUNT; i++) {
        const struct bp_fact_group *group = &view->groups[i];
        if (group->count == 0) {
            continue;
        }
        bp_text_heading(layout, group->title);
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

static void show_head(const struct bp_layout *layout, const cJSON *document,
                      const struct bp_verdict_view *verdict, const char *known) {
    show_word(layout, document, verdict);
    bp_layout_paragraph(layout, ": ", 2, verdict->says, BP_STRONG);
    if (known) {
        bp_layout_paragraph(layout, "  ", 2, known, BP_PLAIN);
    }
}

static void show_next(const struct bp_layout *layout, const struct bp_next_view *next) {
    if (next->steps) {
        bp_text_heading(layout, next->title);
        bp_text_steps(layout, next->steps, 1);
    }
}

/* What the reader has to know of names in paths, and what is not in the report. */
static void show_receipt(const struct bp_layout *layout, const cJSON *document) {
    struct bp_strs lines = bp_receipt_lines(document);
    for (size_t i = 0; i < lines.count; i++) {
        bp_layout_paragraph(layout, "", 2, lines.items[i], BP_QUIET);
    }
    bp_strs_free(&lines);
}

void bp_render_text(const cJSON *document, const struct bp_text_style *style, struct bp_str *out) {
    struct bp_layout layout = {style, out};
    struct bp_next_view next = bp_next_view_of(document);
    struct bp_verdict_view verdict = bp_verdict_view_of(document);
    const cJSON *remedy = bp_json_at(document, "/loader/remedy");
    bool loader_leads = bp_equal(bp_json_text_at(document, "/loader/outcome_says"), verdict.says);
    int number = 0;
    const cJSON *finding;
    show_head(&layout, document, &verdict, next.known);
    bp_text_remedy(&layout, loader_leads ? remedy : NULL);
    cJSON_ArrayForEach(finding, bp_json_get(document, "findings")) {
        bp_text_finding(&layout, finding, ++number, verdict.says);
    }
    bp_text_advice(&layout, document);
    show_next(&layout, &next);
    struct bp_facts_view view = bp_facts_view_of(document, style->verbose);
    size_t labels = label_width(&view, style->width);
    bp_text_loader(&layout, document, labels);
    bp_text_remedy(&layout, loader_leads ? NULL : remedy);
    show_facts(&layout, &view, labels);
    bp_text_conditions(&layout, document);
    bp_facts_view_free(&view);
    bp_next_view_free(&next);
    show_origin(&layout, document);
    show_receipt(&layout, document);
}
