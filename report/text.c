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
#include "report/text_parts.h"

enum { INDENT = 3, LABEL_LIMIT = 22 };

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

/*
 * The word for the verdict, and how it is shown; of a machine that is not there, what was assumed
 * as well, since that has to be known first. The caller frees it.
 */
static char *verdict_word(const cJSON *document, enum bp_tone *tone) {
    const char *verdict = bp_json_text(document, "verdict");
    char *assumed = bp_facts_view_join(bp_json_get(document, "assumed"), ", ");
    struct bp_str word = BP_STR_EMPTY;
    bool ok = bp_equal(verdict, "ok");
    bool problem = bp_equal(verdict, "problem");
    int warnings = ok ? count_warnings(document) : 0;
    *tone = problem ? BP_BAD : ok && !warnings ? BP_GOOD : BP_DOUBT;
    bp_str_add(&word, ok ? "OK" : problem ? "PROBLEM" : "UNKNOWN");
    if (warnings == 1) {
        bp_str_add(&word, ", with a warning");
    } else if (warnings) {
        bp_str_addf(&word, ", with %d warnings", warnings);
    }
    if (*assumed) {
        bp_str_addf(&word, " (assumed: %s)", assumed);
    }
    free(assumed);
    return bp_str_detach(&word);
}

static const char *verdict_says(const cJSON *document) {
    const char *says = bp_json_text(document, "verdict_says");
    return says ? says : "";
}

void bp_render_verdict(const cJSON *document, const struct bp_text_style *style,
                       struct bp_str *out) {
    struct bp_layout layout = {style, out};
    enum bp_tone tone;
    char *word = verdict_word(document, &tone);
    bp_layout_words(&layout, tone, word);
    bp_str_add(out, ": ");
    bp_layout_words(&layout, BP_PLAIN, verdict_says(document));
    bp_str_add_char(out, '\n');
    free(word);
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

static void show_head(const struct bp_layout *layout, const cJSON *document, const char *known) {
    enum bp_tone tone;
    char *word = verdict_word(document, &tone);
    bp_layout_words(layout, tone, word);
    bp_layout_paragraph(layout, ": ", 2, verdict_says(document), BP_STRONG);
    free(word);
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

void bp_render_text(const cJSON *document, const struct bp_text_style *style, struct bp_str *out) {
    struct bp_layout layout = {style, out};
    struct bp_next_view next = bp_next_view_of(document);
    const cJSON *remedy = bp_json_at(document, "/loader/remedy");
    bool loader_leads =
        bp_equal(bp_json_text_at(document, "/loader/outcome_says"), verdict_says(document));
    int number = 0;
    const cJSON *finding;
    show_head(&layout, document, next.known);
    bp_text_remedy(&layout, loader_leads ? remedy : NULL);
    cJSON_ArrayForEach(finding, bp_json_get(document, "findings")) {
        bp_text_finding(&layout, finding, ++number, verdict_says(document));
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
}
