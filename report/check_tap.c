/*
 * The gate's result in the Test Anything Protocol. What TAP 14 adds is not needed, and the
 * `prove` of many systems fails a stream that says it is of that version. What goes into the YAML
 * is written as JSON strings, which YAML reads, in no more of its syntax than Perl's reader knows.
 */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "report/check_view.h"
#include "report/finding_view.h"
#include "report/plain.h"
#include "report/receipt.h"

/* "#" would start a directive, "\" an escape. */
static void add_description(struct bp_str *out, const char *text) {
    char *line = bp_show_line(text);
    for (const char *at = line; *at; at++) {
        if (*at == '#' || *at == '\\') {
            bp_str_add_char(out, '\\');
        }
        bp_str_add_char(out, *at);
    }
    free(line);
}

/* What is not known is null, which all readers write "~". */
static void add_scalar(struct bp_str *out, const char *start, const char *text) {
    if (!text) {
        bp_str_addf(out, "%s~\n", start);
        return;
    }
    char *lines = bp_show_lines(text);
    cJSON *string = cJSON_CreateString(lines);
    char *quoted = bp_json_print(string, false);
    bp_str_addf(out, "%s%s\n", start, quoted);
    free(quoted);
    cJSON_Delete(string);
    free(lines);
}

static void add_facts(struct bp_str *out, const cJSON *check) {
    const char *heading = "  facts:\n";
    const cJSON *piece;
    cJSON_ArrayForEach(piece, bp_json_get(check, "evidence")) {
        char *place = bp_evidence_place(piece);
        char *seen = bp_evidence_seen(piece);
        bp_str_add(out, heading);
        heading = "";
        add_scalar(out, "    - place: ", place);
        add_scalar(out, "      value: ", seen);
        add_scalar(out, "      says: ", bp_json_text(piece, "says"));
        free(seen);
        free(place);
    }
}

static void add_remedy(struct bp_str *out, const cJSON *check) {
    const char *heading = "  remedy:\n";
    const cJSON *step;
    cJSON_ArrayForEach(step, bp_json_get(check, "remedy")) {
        bp_str_add(out, heading);
        heading = "";
        add_scalar(out, "    - says: ", bp_json_text(step, "says"));
        if (bp_json_text(step, "command")) {
            add_scalar(out, "      command: ", bp_json_text(step, "command"));
        }
    }
}

static void add_diagnostics(struct bp_str *out, const cJSON *check) {
    bool failed = bp_check_result_of(check) == BP_CHECK_FAIL;
    bp_str_add(out, "  ---\n");
    add_scalar(out, "  message: ", bp_json_text(check, "says"));
    add_scalar(out, "  severity: ", failed ? "fail" : "unknown");
    if (bp_check_explained_by(check)) {
        add_scalar(out, "  explained_by: ", bp_check_explained_by(check));
    }
    add_facts(out, check);
    add_remedy(out, check);
    bp_str_add(out, "  ...\n");
}

static int count_tests(const cJSON *document) {
    int count = 0;
    const cJSON *check;
    cJSON_ArrayForEach(check, bp_json_get(document, "checks")) {
        count += bp_check_result_of(check) != BP_CHECK_NOTE;
    }
    return count;
}

static void add_note(struct bp_str *out, const cJSON *check) {
    const char *says = bp_json_text(check, "says");
    bp_str_add(out, "# note: ");
    add_description(out, bp_json_text(check, "name"));
    bp_str_add(out, ": ");
    add_description(out, says ? says : "");
    bp_str_add_char(out, '\n');
}

void bp_check_tap(const cJSON *document, struct bp_str *out) {
    int number = 0;
    const cJSON *check;
    bp_str_addf(out, "TAP version 13\n1..%d\n", count_tests(document));
    cJSON_ArrayForEach(check, bp_json_get(document, "checks")) {
        enum bp_check_result result = bp_check_result_of(check);
        if (result == BP_CHECK_NOTE) {
            add_note(out, check);
            continue;
        }
        bp_str_addf(out, "%sok %d - ", result == BP_CHECK_PASS ? "" : "not ", ++number);
        add_description(out, bp_json_text(check, "name"));
        bp_str_add_char(out, '\n');
        if (result != BP_CHECK_PASS) {
            add_diagnostics(out, check);
        }
    }
    struct bp_strs receipt = bp_receipt_lines(document);
    for (size_t j = 0; j < receipt.count; j++) {
        bp_str_add(out, "# ");
        add_description(out, receipt.items[j]);
        bp_str_add_char(out, '\n');
    }
    bp_strs_free(&receipt);
}
