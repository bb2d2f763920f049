/* The report as an issue of bitsandbytes wants it. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "report/bug_form.h"
#include "report/markup.h"
#include "report/next_view.h"
#include "report/render.h"

/*
 * Bytes. GitHub takes 65,536 characters in an issue: what is above the limit here is left out, the
 * document first, which can be attached, then facts. The document, without white space, is put in
 * up to its limit; of a log its most telling part.
 */
enum { ISSUE_LIMIT = 65000, ATTACH_LIMIT = 32 << 10, LOG_LIMIT = 16000 };

static const char cut_note[] = "\n(cut to fit into an issue; the attachment has all of it)\n";

/* The document folded up, or how it is attached. */
static void add_document(const cJSON *document, size_t room, struct bp_str *out) {
    struct bp_str block = BP_STR_EMPTY;
    char *compact = bp_json_print(document, false);
    size_t length = strlen(compact);
    if (length <= ATTACH_LIMIT && length < room) {
        bp_str_add(&block, "\n<details>\n<summary>All facts, for <code>bnb-probe --from</code>"
                           "</summary>\n\n");
        bp_markup_block(&block, "", "json", compact);
        bp_str_add(&block, "\n</details>\n");
    }
    if (block.length && block.length <= room) {
        bp_str_add_bytes(out, block.data, block.length);
    } else {
        bp_str_add(out, "\nAll facts: please run `bnb-probe --format json -o here.json` and attach "
                        "`here.json` by dropping it here.\n");
    }
    free(compact);
    bp_str_free(&block);
}

/* Whole lines of the facts, up to `room`. */
static void add_facts(const struct bp_facts_view *view, size_t room, struct bp_str *out) {
    struct bp_str facts = BP_STR_EMPTY;
    for (int i = 0; i < BP_TOPIC_COUNT; i++) {
        bp_str_add(&facts, view->groups[i].count ? "\n" : "");
        bp_form_facts(&view->groups[i], &facts);
    }
    if (facts.length > room) {
        size_t length = room;
        while (length > 0 && facts.data[length - 1] != '\n') {
            length--;
        }
        bp_str_truncate(&facts, length);
        bp_str_add(&facts, cut_note);
    }
    bp_str_add_bytes(out, facts.data, facts.length);
    bp_str_free(&facts);
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

/* Whether it is known comes first: then there may be nothing to report. */
static void add_verdict(const cJSON *document, struct bp_str *out) {
    const cJSON *findings = bp_json_get(document, "findings");
    struct bp_next_view next = bp_next_view_of(document);
    bp_form_assumed(document, out);
    if (next.known) {
        bp_str_addf(out, "**%s** ", next.known);
    } else if (findings && findings->child) {
        bp_str_add(out, "**This looks like a known problem.** ");
    }
    bp_form_verdict(document, true, out);
    bp_form_findings(document, true, out);
    bp_form_advice(document, true, out);
    bp_next_view_free(&next);
}

static size_t room_beside(const struct bp_str *one, const struct bp_str *other) {
    size_t used = one->length + other->length;
    return used < ISSUE_LIMIT ? ISSUE_LIMIT - used : 0;
}

void bp_render_markdown(const cJSON *document, const char *log, bool verbose, struct bp_str *out) {
    struct bp_facts_view view = bp_facts_view_of(document, verbose);
    struct bp_str text = BP_STR_EMPTY;
    struct bp_str end = BP_STR_EMPTY;
    add_origin(document, &end);
    bp_str_add(&end, "\n### Reproduction\n\n");
    bp_form_command(document, &end);
    bp_form_reproduction(log, LOG_LIMIT, &end);
    bp_str_add(&end, "\n### Expected behavior\n\n");
    bp_form_expected(document, log != NULL, &end);
    bp_form_receipt(document, &end);
    add_verdict(document, &text);
    bp_str_add(&text, "\n### System Info\n\n");
    bp_form_loader(document, true, &text);
    bp_str_add_char(&text, '\n');
    bp_form_ruled_out(document, &text);
    add_facts(&view, room_beside(&text, &end), &text);
    add_document(document, room_beside(&text, &end), &text);
    bp_str_add_bytes(out, text.data, text.length);
    bp_str_add_bytes(out, end.data, end.length);
    bp_str_free(&end);
    bp_str_free(&text);
    bp_facts_view_free(&view);
}
