#include "checks/gate.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/gate/parts.h"

/* How many checks came out how. */
struct count {
    int passed;
    int failed;
    int unknown;
};

/* A check without what shows it and what mends it, at the end of `checks`. */
static cJSON *add_check(cJSON *checks, const char *kind, const char *id, const char *name) {
    cJSON *check = cJSON_CreateObject();
    bp_json_set_text(check, "id", id);
    bp_json_set_text(check, "kind", kind);
    bp_json_set_text(check, "name", name);
    cJSON_AddItemToArray(checks, check);
    return check;
}

static void conclude(cJSON *check, const char *result, const char *severity, const char *says) {
    bp_json_set_text(check, "result", result);
    bp_json_set_text(check, "severity", severity);
    bp_json_set_text(check, "says", says);
}

/* An array of its own, an empty one for what is none. */
static void add_list(cJSON *check, const char *key, const cJSON *list) {
    cJSON_AddItemToObject(check, key,
                          cJSON_IsArray(list) ? cJSON_Duplicate(list, true) : cJSON_CreateArray());
}

/* --- findings --- */

static const char *severity_word(enum bp_severity severity) {
    return severity == BP_ERROR ? "error" : severity == BP_WARNING ? "warning" : "info";
}

static bool is_sure(const cJSON *finding) {
    return bp_status_of(bp_json_text(finding, "status")) >= BP_LIKELY;
}

/* How bad a finding is, its symptoms included. */
static enum bp_severity severity_of(const cJSON *finding) {
    enum bp_severity most = bp_severity_of(bp_json_text(finding, "severity"));
    const cJSON *symptom;
    cJSON_ArrayForEach(symptom, bp_json_get(finding, "symptoms")) {
        enum bp_severity severity = is_sure(symptom) ? severity_of(symptom) : BP_INFO;
        most = severity > most ? severity : most;
    }
    return most;
}

static void check_finding(cJSON *checks, const cJSON *finding, enum bp_severity fail_on) {
    const char *id = bp_json_text(finding, "pattern");
    const char *title = bp_json_text(finding, "title");
    const char *says = bp_json_text(finding, "says");
    enum bp_severity severity = severity_of(finding);
    bool fails = is_sure(finding) && severity >= fail_on;
    cJSON *check = add_check(checks, "finding", id ? id : "unnamed", title ? title : "Untitled");
    conclude(check, fails ? "fail" : "note", severity_word(severity), says ? says : title);
    add_list(check, "evidence", bp_json_get(finding, "evidence"));
    add_list(check, "remedy", bp_json_get(finding, "remedy"));
    cJSON_AddItemToObject(check, "explained_by", cJSON_CreateNull());
}

/* --- the verdict --- */

/* The finding that makes the verdict a bad one, or NULL: then it is the loader's outcome. */
static const char *verdict_explained_by(const cJSON *document) {
    const cJSON *finding;
    cJSON_ArrayForEach(finding, bp_json_get(document, "findings")) {
        if (is_sure(finding) && severity_of(finding) == BP_ERROR) {
            return bp_json_text(finding, "pattern");
        }
    }
    return NULL;
}

static void check_verdict(cJSON *checks, const struct bp_gate *gate) {
    const char *verdict = bp_json_text(gate->document, "verdict");
    const char *says = bp_json_text(gate->document, "verdict_says");
    bool problem = bp_equal(verdict, "problem");
    const char *cause = problem ? verdict_explained_by(gate->document) : NULL;
    cJSON *check = add_check(checks, "verdict", "verdict", "bitsandbytes works here");
    struct bp_met met = {0};
    bp_met_show(&met, gate, "/loader/outcome", "what importing bitsandbytes comes to");
    conclude(check,
             problem                   ? "fail"
             : bp_equal(verdict, "ok") ? "pass"
                                       : "unknown",
             "error", says ? says : "Nothing was judged.");
    add_list(check, "evidence", met.evidence);
    add_list(check, "remedy", cause ? NULL : bp_json_get(gate->loader, "remedy"));
    bp_json_set_text(check, "explained_by", cause);
    bp_met_free(&met);
}

/* --- requirements --- */

static void check_requirement(cJSON *checks, const struct bp_gate *gate, const char *text) {
    struct bp_requirement requirement = {0};
    struct bp_err err = {0};
    struct bp_met met = {0};
    if (bp_requirement_read(&requirement, text, &err) == 0) {
        requirement.subject->judge(gate, &requirement, &met);
    } else {
        bp_met_say(&met, BP_CANNOT_TELL, "%s", bp_err_text(&err));
    }
    cJSON *check =
        add_check(checks, "requirement", requirement.subject ? requirement.name : "requirement",
                  requirement.text);
    conclude(check,
             met.meets == BP_MET       ? "pass"
             : met.meets == BP_NOT_MET ? "fail"
                                       : "unknown",
             "error", met.says);
    add_list(check, "evidence", met.evidence);
    add_list(check, "remedy", met.meets == BP_MET ? NULL : met.remedy);
    cJSON_AddItemToObject(check, "explained_by", cJSON_CreateNull());
    bp_met_free(&met);
    bp_err_clear(&err);
    bp_requirement_free(&requirement);
}

/* --- collectors --- */

static bool is_assumed(const cJSON *document, const char *start) {
    const cJSON *one;
    cJSON_ArrayForEach(one, bp_json_get(document, "assumed")) {
        if (bp_starts_with(cJSON_GetStringValue(one), start)) {
            return true;
        }
    }
    return false;
}

/*
 * Whether a collector failed at looking. What a driver library itself answered, if only that it
 * will not start, is a fact.
 */
static bool could_not_look(const struct bp_gate *gate, const cJSON *collector) {
    const char *name = collector->string;
    const char *status = bp_json_text(collector, "status");
    bool driver = bp_equal(name, "cuda_driver");
    if (!status || bp_equal(status, "ok") || bp_equal(status, "absent")) {
        return false;
    }
    if ((driver || bp_equal(name, "cuda_kernel")) &&
        (is_assumed(gate->document, "gpu=") || is_assumed(gate->document, "driver"))) {
        return false;
    }
    bool answered =
        bp_equal(bp_json_text_at(gate->snapshot, "/cuda/driver/library/status"), "unloadable") ||
        cJSON_IsNumber(bp_json_at(gate->snapshot, "/cuda/driver/init/code"));
    return !(driver && bp_equal(status, "error") && answered);
}

static void check_collectors(cJSON *checks, const struct bp_gate *gate) {
    const cJSON *collector;
    cJSON_ArrayForEach(collector, bp_json_get(gate->snapshot, "collectors")) {
        if (!could_not_look(gate, collector)) {
            continue;
        }
        const char *detail = bp_json_text(collector, "detail");
        char *id = bp_format("collector-%s", collector->string);
        char *name = bp_format("%s could be looked at", collector->string);
        char *says = bp_format("The collector %s did not do its work (%s%s%s), so nothing that it "
                               "would have seen is ruled out.",
                               collector->string, bp_json_text(collector, "status"),
                               detail ? ": " : "", detail ? detail : "");
        cJSON *check = add_check(checks, "collector", id, name);
        conclude(check, "unknown", "error", says);
        add_list(check, "evidence", NULL);
        add_list(check, "remedy", NULL);
        cJSON_AddItemToObject(check, "explained_by", cJSON_CreateNull());
        free(says);
        free(name);
        free(id);
    }
}

/* --- all of it --- */

static struct count count_of(const cJSON *checks) {
    struct count count = {0};
    const cJSON *check;
    cJSON_ArrayForEach(check, checks) {
        const char *result = bp_json_text(check, "result");
        count.passed += bp_equal(result, "pass");
        count.failed += bp_equal(result, "fail");
        count.unknown += bp_equal(result, "unknown");
    }
    return count;
}

static char *sum_up(struct count count) {
    int all = count.passed + count.failed + count.unknown;
    const char *plural = all == 1 ? "" : "s";
    if (count.failed && count.unknown) {
        return bp_format("%d of %d check%s failed, and %d could not be told.", count.failed, all,
                         plural, count.unknown);
    }
    if (count.failed || count.unknown) {
        return bp_format("%d of %d check%s %s.", count.failed ? count.failed : count.unknown, all,
                         plural, count.failed ? "failed" : "could not be told");
    }
    return bp_format("%d of %d check%s passed.", all, all, plural);
}

static void add_head(cJSON *answer, const cJSON *document) {
    static const char *const members[] = {"tool", "collected_at", "assumed", "verdict",
                                          "verdict_says"};
    bp_json_set_text(answer, "schema", "bnb-probe-check/1");
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const cJSON *member = bp_json_get(document, members[i]);
        cJSON_AddItemToObject(answer, members[i],
                              member ? cJSON_Duplicate(member, true) : cJSON_CreateNull());
    }
}

cJSON *bp_gate_judge(const cJSON *document, const struct bp_strs *requirements,
                     enum bp_severity fail_on) {
    const cJSON *snapshot = bp_json_get(document, "snapshot");
    struct bp_gate gate = {.document = document,
                           .snapshot = snapshot,
                           .loader = bp_json_get(document, "loader"),
                           .machine = bp_machine_of(snapshot)};
    cJSON *answer = cJSON_CreateObject();
    cJSON *checks = cJSON_CreateArray();
    const cJSON *finding;
    check_verdict(checks, &gate);
    cJSON_ArrayForEach(finding, bp_json_get(document, "findings")) {
        check_finding(checks, finding, fail_on);
    }
    for (size_t i = 0; i < requirements->count; i++) {
        check_requirement(checks, &gate, requirements->items[i]);
    }
    check_collectors(checks, &gate);
    struct count count = count_of(checks);
    char *says = sum_up(count);
    add_head(answer, document);
    bp_json_set_text(answer, "fail_on", severity_word(fail_on));
    bp_json_set_text(answer, "result", count.failed ? "fail" : count.unknown ? "unknown" : "pass");
    bp_json_set_text(answer, "says", says);
    cJSON_AddItemToObject(answer, "checks", checks);
    add_list(answer, "findings", bp_json_get(document, "findings"));
    free(says);
    return answer;
}
