#include "checks/finding.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "checks/condition.h"
#include "checks/install.h"
#include "checks/placeholders.h"
#include "checks/remedy.h"
#include "checks/signature.h"

enum bp_status bp_status_of(const char *word) {
    return bp_equal(word, "confirmed")  ? BP_CONFIRMED
           : bp_equal(word, "likely")   ? BP_LIKELY
           : bp_equal(word, "possible") ? BP_POSSIBLE
                                        : BP_STATUS_NONE;
}

enum bp_severity bp_severity_of(const char *word) {
    return bp_equal(word, "error") ? BP_ERROR : bp_equal(word, "warning") ? BP_WARNING : BP_INFO;
}

static const char *severity_word(const cJSON *pattern, const cJSON *way) {
    const char *own = bp_json_text(way, "severity");
    return own ? own : bp_json_text(pattern, "severity");
}

/* Whether a way carries further than the strongest so far (NULL: none). */
static bool is_stronger(const cJSON *pattern, const cJSON *way, const cJSON *strongest) {
    enum bp_status status = bp_status_of(bp_json_text(way, "status"));
    enum bp_status most = bp_status_of(bp_json_text(strongest, "status"));
    if (status != most) {
        return status > most;
    }
    return bp_severity_of(severity_word(pattern, way)) >
           bp_severity_of(severity_word(pattern, strongest));
}

/*
 * Tries all ways. Returns the strongest that is true, or NULL; the evidence of the true ones
 * is appended, that of the strongest first.
 */
static const cJSON *strongest_way(const cJSON *pattern, const struct bp_view *view,
                                  struct bp_evidence *evidence) {
    const cJSON *strongest = NULL;
    const cJSON *way;
    cJSON_ArrayForEach(way, bp_json_get(pattern, "shows")) {
        if (is_stronger(pattern, way, strongest) &&
            bp_condition_judge(bp_json_get(way, "when"), view, NULL) == BP_TRUE) {
            strongest = way;
        }
    }
    if (strongest) {
        bp_condition_judge(bp_json_get(strongest, "when"), view, evidence);
    }
    cJSON_ArrayForEach(way, bp_json_get(pattern, "shows")) {
        if (strongest && way != strongest) {
            bp_condition_judge(bp_json_get(way, "when"), view, evidence);
        }
    }
    return strongest;
}

static bool is_ruled_out(const cJSON *pattern, const struct bp_view *view) {
    const cJSON *exception;
    cJSON_ArrayForEach(exception, bp_json_get(pattern, "rules_out")) {
        if (bp_condition_judge(bp_json_get(exception, "when"), view, NULL) == BP_TRUE) {
            return true;
        }
    }
    return false;
}

/* Fills in `sentence`; NULL gives null. */
static void set_sentence(cJSON *finding, const char *key, const char *sentence,
                         const struct bp_view *view, const struct bp_evidence *evidence) {
    bool complete;
    char *filled =
        sentence ? bp_placeholders_fill(sentence, view, evidence, NULL, &complete) : NULL;
    bp_json_set_text(finding, key, filled);
    free(filled);
}

static bool is_listed(const cJSON *list, const cJSON *item) {
    const cJSON *at;
    cJSON_ArrayForEach(at, list) {
        if (cJSON_Compare(at, item, true)) {
            return true;
        }
    }
    return false;
}

static cJSON *evidence_list(const struct bp_evidence *evidence) {
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < evidence->count; i++) {
        if (!is_listed(list, evidence->items[i].shown)) {
            cJSON_AddItemToArray(list, cJSON_Duplicate(evidence->items[i].shown, true));
        }
    }
    return list;
}

/* The step's command with its placeholders filled, or NULL where it has none. */
static char *command_of(const cJSON *step, const struct bp_view *view,
                        const struct bp_evidence *evidence, bool *complete) {
    const char *template = bp_json_text(step, "command");
    bool pip = bp_starts_with(template, BP_PIP_START);
    if (!template) {
        return NULL;
    }
    struct bp_shell shell = bp_shell_of(bp_json_at(view->snapshot, "/python/interpreters/0"),
                                        bp_json_text_at(view->snapshot, "/host/os"));
    char *filled = bp_placeholders_fill(pip ? template + strlen(BP_PIP_START) : template, view,
                                        evidence, &shell, complete);
    char *command = pip ? bp_shell_pip(&shell, filled) : bp_shell_command(&shell, filled);
    free(filled);
    return command;
}

/* A step whose command would have a hole is left out: half a command does harm. */
static void add_step(cJSON *steps, const cJSON *remedy, const cJSON *step,
                     const struct bp_view *view, const struct bp_evidence *evidence) {
    bool complete = true;
    if (!bp_step_applies(step, view) || bp_step_is_disproved(remedy, step, view)) {
        return;
    }
    char *command = command_of(step, view, evidence, &complete);
    if (complete) {
        cJSON *made = cJSON_CreateObject();
        set_sentence(made, "says", bp_json_text(step, "says"), view, evidence);
        if (command) {
            bp_json_set_text(made, "command", command);
        }
        cJSON_AddItemToArray(steps, made);
    }
    free(command);
}

static cJSON *remedy_list(const cJSON *pattern, const struct bp_view *view,
                          const struct bp_evidence *evidence) {
    cJSON *steps = cJSON_CreateArray();
    const cJSON *step;
    cJSON_ArrayForEach(step, bp_json_get(pattern, "remedy")) {
        add_step(steps, bp_json_get(pattern, "remedy"), step, view, evidence);
    }
    return steps;
}

static cJSON *copy_or(const cJSON *pattern, const char *key, cJSON *fallback) {
    const cJSON *value = bp_json_get(pattern, key);
    if (!value) {
        return fallback;
    }
    cJSON_Delete(fallback);
    return cJSON_Duplicate(value, true);
}

static cJSON *build(const cJSON *pattern, const cJSON *way, const struct bp_view *view,
                    const struct bp_evidence *evidence) {
    cJSON *finding = cJSON_CreateObject();
    bp_json_set_text(finding, "pattern", bp_json_text(pattern, "id"));
    bp_json_set_text(finding, "title", bp_json_text(pattern, "title"));
    bp_json_set_text(finding, "status", bp_json_text(way, "status"));
    bp_json_set_text(finding, "severity", severity_word(pattern, way));
    set_sentence(finding, "says", bp_json_text(way, "says"), view, evidence);
    cJSON_AddItemToObject(finding, "evidence", evidence_list(evidence));
    set_sentence(finding, "explanation", bp_json_text(pattern, "explanation"), view, evidence);
    cJSON_AddItemToObject(finding, "remedy", remedy_list(pattern, view, evidence));
    bp_json_set_text(finding, "disposition", bp_json_text(pattern, "disposition"));
    cJSON_AddItemToObject(finding, "canonical_issue",
                          copy_or(pattern, "canonical_issue", cJSON_CreateNull()));
    cJSON_AddItemToObject(finding, "references",
                          copy_or(pattern, "references", cJSON_CreateArray()));
    set_sentence(finding, "closing_comment", bp_json_text(pattern, "closing_comment"), view,
                 evidence);
    cJSON_AddItemToObject(finding, "signature", bp_signature_make(pattern, view));
    return finding;
}

cJSON *bp_finding_make(const cJSON *pattern, const struct bp_view *view) {
    struct bp_evidence evidence = {0};
    cJSON *finding = NULL;
    const cJSON *way = strongest_way(pattern, view, &evidence);
    if (way && !is_ruled_out(pattern, view)) {
        finding = build(pattern, way, view, &evidence);
    }
    bp_evidence_free(&evidence);
    return finding;
}
