/* The report as an issue of bitsandbytes wants it. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "report/bug_form.h"
#include "report/markup.h"
#include "report/next_view.h"
#include "report/render.h"

/* Largest document, without white space, that is put into the report; largest part of a log. */
enum { ATTACH_LIMIT = 20000, LOG_LIMIT = 16000 };

static void add_document(const cJSON *document, struct bp_str *out) {
    char *compact = bp_json_print(document, false);
    if (strlen(compact) <= ATTACH_LIMIT) {
        bp_str_add(out, "\n<details>\n<summary>All facts, for <code>bnb-probe --from</code>"
                        "</summary>\n\n");
        bp_markup_block(out, "", "json", compact);
        bp_str_add(out, "\n</details>\n");
    } else {
        bp_str_add(out, "\nAll facts: run `bnb-probe --format json -o report.json` and drop the "
                        "file into the issue (as report.json.txt if it is refused).\n");
    }
    free(compact);
}

static void add_origin(const cJSON *document, struct bp_str *out) {
    const char *version = bp_json_text_at(document, "/tool/version");
    const char *collected_at = bp_json_text(document, "collected_at");
    bp_str_add(out, "\n<sub>Written by bnb-probe ");
    bp_markup_words(out, version ? version : "");
    bp_str_add(out, collected_at ? ", facts of " : "");
    bp_markup_words(out, collected_at ? collected_at : "");
    bp_str_add(out, ".</sub>\n");
}

void bp_render_markdown(const cJSON *document, const char *log, bool verbose, struct bp_str *out) {
    const cJSON *findings = bp_json_get(document, "findings");
    struct bp_facts_view view = bp_facts_view_of(document, verbose);
    bp_form_assumed(document, out);
    struct bp_next_view next = bp_next_view_of(document);
    if (next.known) {
        bp_str_addf(out, "**%s** ", next.known);
    } else if (findings && findings->child) {
        bp_str_add(out, "**This looks like a known problem.** ");
    }
    bp_next_view_free(&next);
    bp_form_findings(document, true, out);
    bp_form_advice(document, true, out);
    bp_str_add(out, "\n### System Info\n\n");
    bp_form_loader(document, true, out);
    bp_str_add_char(out, '\n');
    bp_form_ruled_out(document, out);
    for (int i = 0; i < BP_TOPIC_COUNT; i++) {
        bp_str_add(out, view.groups[i].count ? "\n" : "");
        bp_form_facts(&view.groups[i], out);
    }
    add_document(document, out);
    add_origin(document, out);
    bp_str_add(out, "\n### Reproduction\n\n");
    bp_form_command(document, out);
    bp_form_reproduction(log, LOG_LIMIT, out);
    bp_str_add(out, "\n### Expected behavior\n\n");
    bp_form_expected(document, log != NULL, out);
    bp_facts_view_free(&view);
}
