/*
 * The gate's result as JUnit XML. Ant's schema (github.com/windyroad/JUnit-Schema) is the
 * strictest that is in use: what it asks for is there, and nothing that it does not know.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "report/check_view.h"
#include "report/facts_view.h"
#include "report/receipt.h"
#include "report/xml.h"

/* The schema takes no time zone; a time that is none is the start of all. The caller frees it. */
static char *timestamp_of(const cJSON *document) {
    static const char shape[] = "0000-00-00T00:00:00";
    const char *text = bp_json_text(document, "collected_at");
    size_t i = 0;
    while (text && shape[i] && text[i] &&
           (shape[i] == '0' ? isdigit((unsigned char)text[i]) != 0 : text[i] == shape[i])) {
        i++;
    }
    return shape[i] ? bp_strdup("1970-01-01T00:00:00") : bp_strndup(text, strlen(shape));
}

static void add_property(struct bp_str *out, const char *name, const char *value) {
    bp_str_add(out, "      <property");
    bp_xml_attribute(out, "name", name);
    bp_xml_attribute(out, "value", value);
    bp_str_add(out, "/>\n");
}

static void add_properties(struct bp_str *out, const cJSON *document) {
    char *assumed = bp_facts_view_join(bp_json_get(document, "assumed"), ", ");
    bp_str_add(out, "    <properties>\n");
    add_property(out, "bnb-probe", bp_json_text_at(document, "/tool/version"));
    add_property(out, "result", bp_json_text(document, "result"));
    add_property(out, "verdict", bp_json_text(document, "verdict"));
    add_property(out, "fail-on", bp_json_text(document, "fail_on"));
    if (*assumed) {
        add_property(out, "assumed", assumed);
    }
    char *paths = bp_receipt_paths(bp_json_get(document, "paths"));
    char *withheld = bp_receipt_withheld(bp_json_get(document, "withheld"));
    if (paths) {
        add_property(out, "paths", paths);
    }
    if (withheld) {
        add_property(out, "withheld", withheld);
    }
    free(withheld);
    free(paths);
    bp_str_add(out, "    </properties>\n");
    free(assumed);
}

/* What went wrong: `element` is "failure", or "error" for what could not be told. */
static void add_trouble(struct bp_str *out, const char *element, const cJSON *check) {
    struct bp_strs details = bp_check_details(check);
    const char *cause = bp_check_explained_by(check);
    bp_str_addf(out, "      <%s", element);
    bp_xml_attribute(out, "type", bp_json_text(check, "id"));
    bp_xml_attribute(out, "message", bp_json_text(check, "says"));
    bp_str_add_char(out, '>');
    bp_xml_add(out, cause ? "The known problem that explains it: " : "");
    bp_xml_add(out, cause ? cause : "");
    bp_xml_add(out, cause ? "\n" : "");
    for (size_t i = 0; i < details.count; i++) {
        bp_xml_add(out, details.items[i]);
        bp_xml_add(out, "\n");
    }
    bp_str_addf(out, "</%s>\n", element);
    bp_strs_free(&details);
}

static void add_case(struct bp_str *out, const cJSON *check) {
    enum bp_check_result result = bp_check_result_of(check);
    bp_str_add(out, "    <testcase");
    bp_xml_attribute(out, "name", bp_json_text(check, "name"));
    bp_str_add(out, " classname=\"bnb-probe.");
    bp_xml_add(out, bp_json_text(check, "kind"));
    bp_str_add(out, "\" time=\"0\"");
    if (result == BP_CHECK_PASS) {
        bp_str_add(out, "/>\n");
        return;
    }
    bp_str_add(out, ">\n");
    add_trouble(out, result == BP_CHECK_FAIL ? "failure" : "error", check);
    bp_str_add(out, "    </testcase>\n");
}

/* What is worth knowing and no test. */
static void add_notes(struct bp_str *out, const cJSON *document) {
    const cJSON *check;
    bp_str_add(out, "    <system-out>");
    cJSON_ArrayForEach(check, bp_json_get(document, "checks")) {
        if (bp_check_result_of(check) == BP_CHECK_NOTE) {
            bp_xml_add(out, "note: ");
            bp_xml_add(out, bp_json_text(check, "name"));
            bp_xml_add(out, ": ");
            bp_xml_add(out, bp_json_text(check, "says"));
            bp_xml_add(out, "\n");
        }
    }
    bp_str_add(out, "</system-out>\n    <system-err/>\n");
}

static void add_suite(struct bp_str *out, const cJSON *document) {
    int count[BP_CHECK_NOTE + 1] = {0};
    char *timestamp = timestamp_of(document);
    const cJSON *check;
    cJSON_ArrayForEach(check, bp_json_get(document, "checks")) {
        count[bp_check_result_of(check)]++;
    }
    bp_str_add(out, "  <testsuite name=\"bnb-probe check\" package=\"bnb-probe\" id=\"0\"");
    bp_xml_attribute(out, "timestamp", timestamp);
    bp_str_addf(out, " hostname=\"localhost\" tests=\"%d\" failures=\"%d\" errors=\"%d\"",
                count[BP_CHECK_PASS] + count[BP_CHECK_FAIL] + count[BP_CHECK_UNKNOWN],
                count[BP_CHECK_FAIL], count[BP_CHECK_UNKNOWN]);
    bp_str_add(out, " time=\"0\">\n");
    free(timestamp);
}

void bp_check_junit(const cJSON *document, struct bp_str *out) {
    const cJSON *check;
    bp_str_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    add_suite(out, document);
    add_properties(out, document);
    cJSON_ArrayForEach(check, bp_json_get(document, "checks")) {
        if (bp_check_result_of(check) != BP_CHECK_NOTE) {
            add_case(out, check);
        }
    }
    add_notes(out, document);
    bp_str_add(out, "  </testsuite>\n</testsuites>\n");
}
