#include "report/finding_view.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "report/plain.h"

/* Longest value of a fact that is shown beside its place, in bytes. */
enum { SEEN_LIMIT = 300 };

char *bp_finding_heading(const cJSON *finding) {
    const char *title = bp_json_text(finding, "title");
    const char *pattern = bp_json_text(finding, "pattern");
    const char *status = bp_json_text(finding, "status");
    const char *severity = bp_json_text(finding, "severity");
    bool usual = !severity || bp_equal(severity, "error");
    return bp_format("%s [%s], %s%s%s", title ? title : "Untitled", pattern ? pattern : "unnamed",
                     status ? status : "possible", usual ? "" : ", ", usual ? "" : severity);
}

const char *bp_finding_reason(const cJSON *finding, const char *said) {
    const char *says = bp_json_text(finding, "says");
    return says && !(said && strstr(said, says)) ? says : NULL;
}

char *bp_evidence_place(const cJSON *evidence) {
    const char *pointer = bp_json_text(evidence, "pointer");
    const char *source = bp_json_text(evidence, "source");
    double line = bp_json_number(evidence, "line", -1);
    if (bp_equal(bp_json_text(evidence, "from"), "text")) {
        const char *name = !source || bp_equal(source, "-") ? "the log" : source;
        return line > 0 ? bp_format("%s, line %.0f", name, line) : bp_strdup(name);
    }
    return bp_strdup(pointer ? pointer : "the snapshot");
}

bool bp_evidence_repeats(const cJSON *finding, const cJSON *evidence) {
    const cJSON *earlier;
    cJSON_ArrayForEach(earlier, bp_json_get(finding, "evidence")) {
        if (earlier == evidence) {
            return false;
        }
        if (bp_equal(bp_json_text(earlier, "from"), "text") &&
            bp_equal(bp_json_text(evidence, "from"), "text") &&
            bp_equal(bp_json_text(earlier, "source"), bp_json_text(evidence, "source")) &&
            bp_equal(bp_json_text(earlier, "excerpt"), bp_json_text(evidence, "excerpt")) &&
            cJSON_Compare(bp_json_get(earlier, "line"), bp_json_get(evidence, "line"), true)) {
            return true;
        }
    }
    return false;
}

char *bp_evidence_seen(const cJSON *evidence) {
    const char *excerpt = bp_json_text(evidence, "excerpt");
    const cJSON *value = bp_json_get(evidence, "value");
    char *seen = NULL;
    if (excerpt) {
        seen = bp_strdup(excerpt);
    } else if (cJSON_IsString(value)) {
        seen = bp_strdup(value->valuestring);
    } else if (value && !cJSON_IsNull(value)) {
        char *printed = bp_json_print(value, false);
        seen = bp_strdup(printed);
        free(printed);
    }
    if (seen && strlen(seen) > SEEN_LIMIT) {
        seen[bp_utf8_floor(seen, SEEN_LIMIT)] = '\0';
        char *cut = bp_format("%s...", seen);
        free(seen);
        seen = cut;
    }
    return seen;
}

/* "#1633" as an address, anything else as it is. The caller frees it. */
static char *reference_address(const char *reference) {
    bool number = reference[0] == '#' && reference[1] &&
                  strspn(reference + 1, "0123456789") == strlen(reference + 1);
    return number ? bp_format(BP_PROJECT "/issues/%s", reference + 1) : bp_strdup(reference);
}

struct bp_strs bp_finding_references(const cJSON *finding) {
    struct bp_strs list = {0};
    double issue = bp_json_number(finding, "canonical_issue", -1);
    if (issue > 0) {
        bp_strs_add_owned(&list, bp_format(BP_PROJECT "/issues/%.0f", issue));
    }
    const cJSON *reference;
    cJSON_ArrayForEach(reference, bp_json_get(finding, "references")) {
        if (cJSON_IsString(reference)) {
            char *address = reference_address(reference->valuestring);
            bp_strs_add_once(&list, address);
            free(address);
        }
    }
    return list;
}

char *bp_signature_line(const cJSON *finding) {
    static const struct {
        const char *member;
        const char *says;
    } parts[] = {{"cause", ""}, {"library", ""}, {"needed_by", "needed by "}, {"era", "era "}};
    const cJSON *signature = bp_json_get(finding, "signature");
    const char *code = bp_json_text(signature, "code");
    struct bp_str line = BP_STR_EMPTY;
    if (!code) {
        return NULL;
    }
    bp_str_add(&line, code);
    const char *before = " (";
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const char *part = bp_json_text(signature, parts[i].member);
        if (part) {
            bp_str_addf(&line, "%s%s%s", before, parts[i].says, part);
            before = ", ";
        }
    }
    bp_str_add(&line, bp_equal(before, ", ") ? ")" : "");
    return bp_str_detach(&line);
}

char *bp_signature_search(const cJSON *finding) {
    const char *code = bp_json_text_at(finding, "/signature/code");
    return code ? bp_format(BP_PROJECT "/issues?q=is%%3Aissue+%%22%s%%22", code) : NULL;
}
