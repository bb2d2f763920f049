/* The gate's result for a person who reads a CI log: a line a check, and what to do. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "report/check_view.h"
#include "report/facts_view.h"
#include "report/finding_view.h"
#include "report/layout.h"
#include "report/receipt.h"

enum { MARK_WIDTH = 9 };

static const char *mark_of(enum bp_check_result result, enum bp_tone *tone) {
    static const struct {
        const char *mark; /* of MARK_WIDTH */
        enum bp_tone tone;
    } marks[] = {
        [BP_CHECK_PASS] = {"pass     ", BP_GOOD},
        [BP_CHECK_FAIL] = {"FAILED   ", BP_BAD},
        [BP_CHECK_UNKNOWN] = {"unknown  ", BP_DOUBT},
        [BP_CHECK_NOTE] = {"note     ", BP_QUIET},
    };
    *tone = marks[result].tone;
    return marks[result].mark;
}

static void show_mark(const struct bp_layout *layout, enum bp_check_result result) {
    enum bp_tone tone;
    const char *mark = mark_of(result, &tone);
    size_t word = strcspn(mark, " ");
    char *shown = bp_format("%.*s", (int)word, mark);
    bp_layout_words(layout, tone, shown);
    bp_str_add(layout->out, mark + word);
    free(shown);
}

static void show_steps(const struct bp_layout *layout, const cJSON *remedy) {
    const cJSON *step;
    cJSON_ArrayForEach(step, remedy) {
        const char *says = bp_json_text(step, "says");
        const char *command = bp_json_text(step, "command");
        bp_layout_paragraph(layout, "         ", MARK_WIDTH, says ? says : "", BP_PLAIN);
        if (command) {
            bp_str_add(layout->out, "            ");
            bp_layout_words(layout, BP_TYPE, command);
            bp_str_add_char(layout->out, '\n');
        }
    }
}

/* Where the facts stand, without their values: the sentence has said these. */
static void show_places(const struct bp_layout *layout, const cJSON *check) {
    struct bp_str list = BP_STR_EMPTY;
    const cJSON *piece;
    cJSON_ArrayForEach(piece, bp_json_get(check, "evidence")) {
        if (!bp_evidence_repeats(check, piece)) {
            char *place = bp_evidence_place(piece);
            bp_str_addf(&list, "%s%s", list.length ? ", " : "", place);
            free(place);
        }
    }
    if (list.length) {
        bp_layout_paragraph(layout, "         ", MARK_WIDTH, list.data, BP_QUIET);
    }
    bp_str_free(&list);
}

/* What is checked: of a finding its title, its id, and how sure it is where it is not. */
static char *name_of(const cJSON *document, const cJSON *check) {
    const char *name = bp_json_text(check, "name");
    const char *status = bp_json_text(bp_check_finding(document, check), "status");
    if (!bp_equal(bp_json_text(check, "kind"), "finding")) {
        return bp_strdup(name ? name : "");
    }
    return bp_format("%s [%s]%s", name ? name : "", bp_json_text(check, "id"),
                     bp_equal(status, "possible") ? ", possible" : "");
}

static void show_check(const struct bp_layout *layout, const cJSON *document, const cJSON *check) {
    enum bp_check_result result = bp_check_result_of(check);
    const char *cause = bp_check_explained_by(check);
    const char *says = bp_json_text(check, "says");
    char *name = name_of(document, check);
    char *line = cause ? bp_format("%s: %s says why", name, cause)
                       : bp_format("%s: %s", name, says ? says : "");
    show_mark(layout, result);
    bp_layout_paragraph(layout, "", MARK_WIDTH, line, BP_PLAIN);
    free(line);
    free(name);
    if (!cause && result != BP_CHECK_PASS) {
        show_places(layout, check);
        show_steps(layout, bp_json_get(check, "remedy"));
    }
}

void bp_check_text(const cJSON *document, const struct bp_text_style *style, bool quiet,
                   struct bp_str *out) {
    struct bp_layout layout = {style, out};
    const char *word = bp_check_word(document);
    const char *says = bp_json_text(document, "says");
    const cJSON *check;
    enum bp_tone tone = bp_equal(word, "PASSED")   ? BP_GOOD
                        : bp_equal(word, "FAILED") ? BP_BAD
                                                   : BP_DOUBT;
    char *assumed = bp_facts_view_join(bp_json_get(document, "assumed"), ", ");
    bp_layout_words(&layout, tone, word);
    bp_layout_paragraph(&layout, ": ", 2, says ? says : "", BP_STRONG);
    if (!quiet) {
        if (*assumed) {
            bp_layout_paragraph(&layout, "assumed: ", MARK_WIDTH, assumed, BP_STRONG);
        }
        bp_str_add_char(out, '\n');
        cJSON_ArrayForEach(check, bp_json_get(document, "checks")) {
            show_check(&layout, document, check);
        }
        struct bp_strs receipt = bp_receipt_lines(document);
        for (size_t i = 0; i < receipt.count; i++) {
            bp_layout_paragraph(&layout, i ? "" : "\n", 2, receipt.items[i], BP_QUIET);
        }
        bp_strs_free(&receipt);
    }
    free(assumed);
}
