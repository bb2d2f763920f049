/* The gate's result as Markdown, which GitHub shows as a job's summary. */
#include <stdlib.h>

#include "base/json.h"
#include "report/bug_form.h"
#include "report/check_view.h"
#include "report/facts_view.h"
#include "report/markup.h"

static const char *mark_of(const cJSON *check) {
    static const char *const marks[] = {
        [BP_CHECK_PASS] = "passed",
        [BP_CHECK_FAIL] = "**failed**",
        [BP_CHECK_UNKNOWN] = "**could not be told**",
        [BP_CHECK_NOTE] = "note",
    };
    return marks[bp_check_result_of(check)];
}

static void add_row(struct bp_str *out, const cJSON *check) {
    const char *cause = bp_check_explained_by(check);
    const char *says = bp_json_text(check, "says");
    bp_str_addf(out, "| %s | ", mark_of(check));
    bp_markup_words(out, bp_json_text(check, "name"));
    bp_str_add(out, " | ");
    bp_markup_words(out, says ? says : "");
    if (cause) {
        bp_str_add(out, " See ");
        bp_markup_words(out, cause);
        bp_str_add_char(out, '.');
    }
    bp_str_add(out, " |\n");
}

static void add_steps(struct bp_str *out, const cJSON *check) {
    const cJSON *step;
    cJSON_ArrayForEach(step, bp_json_get(check, "remedy")) {
        const char *says = bp_json_text(step, "says");
        const char *command = bp_json_text(step, "command");
        bp_str_add(out, "- ");
        bp_markup_words(out, says ? says : "");
        bp_str_add_char(out, '\n');
        if (command) {
            bp_str_add_char(out, '\n');
            bp_markup_block(out, "  ", "sh", command);
            bp_str_add_char(out, '\n');
        }
    }
}

static void add_remedies(struct bp_str *out, const cJSON *document) {
    const char *heading = "\n#### What to do\n";
    const cJSON *check;
    cJSON_ArrayForEach(check, bp_json_get(document, "checks")) {
        const cJSON *remedy = bp_json_get(check, "remedy");
        if (remedy && remedy->child) {
            bp_str_addf(out, "%s\n", heading);
            heading = "";
            bp_markup_words(out, bp_json_text(check, "name"));
            bp_str_add(out, ":\n\n");
            add_steps(out, check);
        }
    }
}

void bp_check_markdown(const cJSON *document, struct bp_str *out) {
    const char *says = bp_json_text(document, "says");
    char *assumed = bp_facts_view_join(bp_json_get(document, "assumed"), ", ");
    const cJSON *check;
    bp_str_add(out, "### bnb-probe check: ");
    bp_markup_words(out, says ? says : "");
    bp_str_add(out, "\n\n");
    if (*assumed) {
        bp_str_add(out, "Assumed of the machine: ");
        bp_markup_code(out, assumed);
        bp_str_add(out, "\n\n");
    }
    bp_str_add(out, "| result | check | |\n| --- | --- | --- |\n");
    cJSON_ArrayForEach(check, bp_json_get(document, "checks")) {
        add_row(out, check);
    }
    add_remedies(out, document);
    bp_form_receipt(document, out);
    bp_str_add_char(out, '\n');
    free(assumed);
}
