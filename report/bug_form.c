#include "report/bug_form.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "report/advice_view.h"
#include "report/device_view.h"
#include "report/finding_view.h"
#include "report/log_part.h"
#include "report/markup.h"
#include "report/plain.h"
#include "report/receipt.h"

static void add_words(struct bp_str *out, const char *text) {
    bp_markup_words(out, text ? text : "");
}

void bp_form_title(const cJSON *document, size_t limit, struct bp_str *out) {
    const char *version = bp_json_text_at(document, "/snapshot/bitsandbytes/version");
    const char *title = bp_json_text_at(document, "/findings/0/title");
    const char *says = bp_json_text(document, "verdict_says");
    const char *text = title ? title : says ? says : "";
    /* So that a search of the tracker finds reports with the same cause. */
    const char *code = bp_json_text_at(document, "/findings/0/signature/code");
    char *whole = version && !strstr(text, version)
                      ? bp_format("bitsandbytes %s: %s", version, text)
                      : bp_strdup(text);
    char *line = bp_show_line(whole);
    bp_str_add(out, line);
    if (out->length > limit) {
        bp_str_truncate(out, bp_utf8_floor(out->data, limit));
        bp_str_add(out, "...");
    }
    if (code) {
        bp_str_addf(out, " [%s]", code);
    }
    free(line);
    free(whole);
}

static void add_place(struct bp_str *out, const cJSON *evidence) {
    char *place = bp_evidence_place(evidence);
    char *seen = bp_evidence_seen(evidence);
    bp_markup_code(out, place);
    if (seen) {
        bp_str_add(out, ": ");
        bp_markup_code(out, seen);
    }
    free(seen);
    free(place);
}

/* Of a fact the sentence comes first, of a text the line itself. */
static void add_evidence(struct bp_str *out, const cJSON *evidence) {
    const char *says = bp_json_text(evidence, "says");
    bool line_first = !says || (bp_json_text(evidence, "excerpt") &&
                                bp_equal(bp_json_text(evidence, "from"), "text"));
    bp_str_add(out, "- ");
    if (line_first) {
        add_place(out, evidence);
        bp_str_add(out, says ? " (" : "");
        add_words(out, says);
    } else {
        add_words(out, says);
        bp_str_add(out, " (");
        add_place(out, evidence);
    }
    bp_str_add(out, says ? ")\n" : "\n");
}

/* Numbered steps, each with its command where it has one. */
static void add_steps(struct bp_str *out, const cJSON *steps) {
    int number = 0;
    const cJSON *step;
    cJSON_ArrayForEach(step, steps) {
        const char *command = bp_json_text(step, "command");
        bp_str_addf(out, "%d. ", ++number);
        add_words(out, bp_json_text(step, "says"));
        bp_str_add_char(out, '\n');
        if (command) {
            bp_markup_block(out, "   ", "sh", command);
        }
    }
}

static void add_remedy(struct bp_str *out, const cJSON *remedy) {
    if (remedy && remedy->child) {
        bp_str_add(out, "\nWhat to do:\n\n");
        add_steps(out, remedy);
    }
}

static void add_symptoms(struct bp_str *out, const cJSON *symptoms) {
    const cJSON *symptom;
    cJSON_ArrayForEach(symptom, symptoms) {
        bp_str_add(out, "- explains: ");
        add_words(out, bp_json_text(symptom, "title"));
        bp_str_add(out, " (");
        bp_markup_code(out, bp_json_text(symptom, "pattern"));
        bp_str_add(out, ")\n");
    }
}

static void add_signature(struct bp_str *out, const cJSON *finding, bool search) {
    char *line = bp_signature_line(finding);
    char *address = bp_signature_search(finding);
    if (line && address) {
        bp_str_add(out, "- signature: ");
        bp_markup_code(out, line);
        if (search) {
            bp_str_addf(out, ", [others with it](%s)", address);
        }
        bp_str_add_char(out, '\n');
    }
    free(address);
    free(line);
}

static void add_finding(struct bp_str *out, const cJSON *finding, const char *verdict_says,
                        bool remedy) {
    const char *says = bp_finding_reason(finding, verdict_says);
    const char *pattern = bp_json_text(finding, "pattern");
    const char *status = bp_json_text(finding, "status");
    const cJSON *evidence;
    bp_str_add(out, "\n**");
    add_words(out, bp_json_text(finding, "title"));
    bp_str_add(out, "** (");
    add_words(out, status ? status : "possible");
    bp_str_add(out, ", known pattern ");
    bp_markup_code(out, pattern ? pattern : "unnamed");
    bp_str_add(out, ")\n\n");
    if (says) {
        add_words(out, says);
        bp_str_add(out, "\n\n");
    }
    if (remedy) {
        add_words(out, bp_json_text(finding, "explanation"));
        bp_str_add(out, "\n\n");
    }
    cJSON_ArrayForEach(evidence, bp_json_get(finding, "evidence")) {
        if (!bp_evidence_repeats(finding, evidence)) {
            add_evidence(out, evidence);
        }
    }
    add_symptoms(out, bp_json_get(finding, "symptoms"));
    add_signature(out, finding, remedy);
    if (remedy) {
        add_remedy(out, bp_json_get(finding, "remedy"));
        struct bp_strs list = bp_finding_references(finding);
        for (size_t i = 0; i < list.count; i++) {
            bp_str_add(out, i == 0 ? "\nSee " : ", ");
            add_words(out, list.items[i]);
        }
        bp_str_add(out, list.count ? "\n" : "");
        bp_strs_free(&list);
    }
}

void bp_form_verdict(const cJSON *document, bool remedy, struct bp_str *out) {
    const char *verdict_says = bp_json_text(document, "verdict_says");
    add_words(out, verdict_says);
    bp_str_add_char(out, '\n');
    if (remedy && bp_equal(bp_json_text_at(document, "/loader/outcome_says"), verdict_says)) {
        add_remedy(out, bp_json_at(document, "/loader/remedy"));
    }
}

void bp_form_findings(const cJSON *document, bool remedy, struct bp_str *out) {
    const cJSON *finding;
    cJSON_ArrayForEach(finding, bp_json_get(document, "findings")) {
        add_finding(out, finding, bp_json_text(document, "verdict_says"), remedy);
    }
}

/* The texts of a list between two pieces of Markdown; nothing for an empty list. */
static void add_codes(struct bp_str *out, const char *before, const cJSON *list,
                      const char *after) {
    const cJSON *item;
    if (!list || !list->child) {
        return;
    }
    bp_str_add(out, before);
    cJSON_ArrayForEach(item, list) {
        bp_str_add(out, item == list->child ? "" : ", ");
        bp_markup_code(out, cJSON_IsString(item) ? item->valuestring : "");
    }
    bp_str_add(out, after);
}

void bp_form_assumed(const cJSON *document, struct bp_str *out) {
    add_codes(out, "**Not a real machine. Assumed:** ", bp_json_get(document, "assumed"), "\n\n");
}

void bp_form_advice(const cJSON *document, bool steps, struct bp_str *out) {
    struct bp_advice_view view = bp_advice_view_of(document);
    if (view.empty) {
        return;
    }
    bp_str_addf(out, "\n**%s**\n\n", view.title);
    add_steps(out, steps ? view.steps : NULL);
    for (size_t i = 0; i < view.lines.count; i++) {
        bp_str_add(out, "- ");
        add_words(out, view.lines.items[i]);
        bp_str_add_char(out, '\n');
        if (i == 0 && steps && view.command) {
            bp_markup_block(out, "  ", "sh", view.command);
        }
    }
    bp_advice_view_free(&view);
}

void bp_form_ruled_out(const cJSON *document, struct bp_str *out) {
    add_codes(out, "Known patterns that were ruled out: ", bp_json_get(document, "ruled_out"),
              ".\n");
}

static void add_line(struct bp_str *out, const char *label, const char *code) {
    if (code) {
        bp_str_addf(out, "- %s: ", label);
        bp_markup_code(out, code);
        bp_str_add_char(out, '\n');
    }
}

static void add_devices(struct bp_str *out, const cJSON *loader) {
    const cJSON *device;
    cJSON_ArrayForEach(device, bp_json_get(loader, "devices")) {
        char *line = bp_device_line(device);
        add_line(out, "GPU code", line);
        free(line);
    }
}

void bp_form_loader(const cJSON *document, bool chain, struct bp_str *out) {
    const cJSON *loader = bp_json_get(document, "loader");
    const char *says = bp_json_text(loader, "outcome_says");
    const cJSON *reason;
    if (!says) {
        return;
    }
    bp_str_add(out, "**Loading bitsandbytes**\n\n");
    if (!bp_equal(says, bp_json_text(document, "verdict_says"))) {
        add_words(out, says);
        bp_str_add(out, "\n\n");
    }
    add_line(out, "looks for", bp_json_text(loader, "asks_for"));
    add_line(out, "loads", bp_json_text(loader, "chosen"));
    add_line(out, "outcome", bp_json_text(loader, "outcome"));
    add_codes(out, "- missing: ", bp_json_get(loader, "missing"), "\n");
    add_line(out, "a user sees", bp_json_text(loader, "user_sees"));
    add_devices(out, loader);
    if (!chain) {
        return;
    }
    int number = 0;
    cJSON_ArrayForEach(reason, bp_json_get(loader, "because")) {
        if (cJSON_IsString(reason)) {
            bp_str_addf(out, "%s%d. ", number == 0 ? "\n" : "", number + 1);
            add_words(out, reason->valuestring);
            bp_str_add_char(out, '\n');
            number++;
        }
    }
}

void bp_form_facts(const struct bp_fact_group *group, struct bp_str *out) {
    if (group->count == 0) {
        return;
    }
    bp_str_addf(out, "**%s**\n\n", group->title);
    for (size_t i = 0; i < group->count; i++) {
        const struct bp_fact *fact = &group->facts[i];
        bp_str_add(out, *fact->label ? "- " : "  - ");
        add_words(out, fact->label);
        bp_str_add(out, *fact->label ? ": " : "");
        if (fact->unknown) {
            add_words(out, fact->value);
        } else {
            bp_markup_code(out, fact->value);
        }
        bp_str_add_char(out, '\n');
    }
}

void bp_form_command(const cJSON *document, struct bp_str *out) {
    const char *line = bp_json_text_at(document, "/snapshot/run/command_line");
    const char *ended = bp_json_text_at(document, "/run/ended");
    if (line) {
        bp_markup_block(out, "", "sh", line);
        bp_str_add(out, "\nThe command ");
        add_words(out, ended ? ended : "ended");
        bp_str_add(out, ".\n\n");
    }
}

void bp_form_reproduction(const char *log, size_t limit, struct bp_str *out) {
    if (!log) {
        bp_str_add(out, "<!-- The shortest program that shows the trouble, and all that it prints."
                        " -->\n\n```python\n\n```\n");
        return;
    }
    struct bp_log_part part = bp_log_part_of(log, limit);
    char *text = bp_strndup(part.start, part.length);
    if (part.before || part.after) {
        bp_str_add(out, part.after ? "A part of what was printed, with the last traceback:\n\n"
                                   : "The last part of what was printed:\n\n");
    }
    bp_markup_block(out, "", "", text);
    free(text);
}

void bp_form_expected(const cJSON *document, bool log_given, struct bp_str *out) {
    const char *asks_for = bp_json_text_at(document, "/loader/asks_for");
    if (log_given) {
        bp_str_add(out, "The program above runs without this error.\n");
    } else if (asks_for) {
        bp_str_add(out, "bitsandbytes loads ");
        bp_markup_code(out, asks_for);
        bp_str_add(out, " and works with it.\n");
    } else {
        bp_str_add(out, "bitsandbytes can be imported and works.\n");
    }
}

void bp_form_receipt(const cJSON *document, struct bp_str *out) {
    struct bp_strs lines = bp_receipt_lines(document);
    for (size_t i = 0; i < lines.count; i++) {
        bp_str_add(out, "\n<sub>");
        bp_markup_words(out, lines.items[i]);
        bp_str_add(out, "</sub>\n");
    }
    bp_strs_free(&lines);
}
