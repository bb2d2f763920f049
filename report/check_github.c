/*
 * Annotations of GitHub Actions. A command is one line; what it carries is percent-encoded, so
 * that foreign text can neither end it nor start another.
 */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "report/check_view.h"
#include "report/plain.h"
#include "report/receipt.h"

/* In a property, what ends it is encoded, too. */
static void add_encoded(struct bp_str *out, const char *text, bool property) {
    char *lines = bp_show_lines(text);
    for (const char *at = lines; *at; at++) {
        if (strchr(property ? "%\r\n:," : "%\r\n", *at)) {
            bp_str_addf(out, "%%%02X", (unsigned)*at);
        } else {
            bp_str_add_char(out, *at);
        }
    }
    free(lines);
}

/* The first line of a file that shows it: where GitHub pins the annotation. */
static void add_place(struct bp_str *out, const cJSON *check) {
    const cJSON *piece;
    cJSON_ArrayForEach(piece, bp_json_get(check, "evidence")) {
        const char *source = bp_json_text(piece, "source");
        double line = bp_json_number(piece, "line", 0);
        if (source && !bp_equal(source, "-") && line > 0) {
            bp_str_add(out, "file=");
            add_encoded(out, source, true);
            bp_str_addf(out, ",line=%.0f,", line);
            return;
        }
    }
}

static const char *command_of(const cJSON *check) {
    bool note = bp_check_result_of(check) == BP_CHECK_NOTE;
    bool info = bp_equal(bp_json_text(check, "severity"), "info");
    return !note ? "error" : info ? "notice" : "warning";
}

static void add_annotation(struct bp_str *out, const cJSON *check) {
    const char *name = bp_json_text(check, "name");
    const char *says = bp_json_text(check, "says");
    struct bp_strs details = bp_check_details(check);
    bp_str_addf(out, "::%s ", command_of(check));
    add_place(out, check);
    bp_str_add(out, "title=bnb-probe%3A ");
    add_encoded(out, name ? name : "", true);
    bp_str_add(out, "::");
    add_encoded(out, says ? says : "", false);
    for (size_t i = 0; i < details.count; i++) {
        bp_str_add(out, "%0A");
        add_encoded(out, details.items[i], false);
    }
    bp_str_add_char(out, '\n');
    bp_strs_free(&details);
}

/* A line of the log, whatever is in the text. */
static void add_line(struct bp_str *out, const char *start, const char *text) {
    char *line = bp_show_line(text);
    bp_str_addf(out, "%s%s\n", start, line);
    free(line);
}

void bp_check_github(const cJSON *document, struct bp_str *out) {
    const char *says = bp_json_text(document, "says");
    const cJSON *check;
    cJSON_ArrayForEach(check, bp_json_get(document, "checks")) {
        if (bp_check_result_of(check) != BP_CHECK_PASS && !bp_check_explained_by(check)) {
            add_annotation(out, check);
        }
    }
    struct bp_strs receipt = bp_receipt_lines(document);
    for (size_t i = 0; i < receipt.count; i++) {
        add_line(out, "", receipt.items[i]);
    }
    bp_strs_free(&receipt);
    add_line(out, "bnb-probe check: ", says ? says : "");
}
