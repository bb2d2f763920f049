#include "checks/proof.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "checks/condition.h"
#include "checks/finding.h"
#include "checks/loader/loader.h"
#include "checks/text/facts.h"

/* "shows/0 is false, shows/1 is unknown": what an author needs to see why. */
static void describe(struct bp_str *out, const cJSON *pattern, const char *key,
                     const struct bp_view *view) {
    static const char *const words[] = {"false", "unknown", "true"};
    size_t index = 0;
    const cJSON *item;
    cJSON_ArrayForEach(item, bp_json_get(pattern, key)) {
        enum bp_truth truth = bp_condition_judge(bp_json_get(item, "when"), view, NULL);
        bp_str_addf(out, "%s%s/%zu is %s", out->length ? ", " : "", key, index++, words[truth]);
    }
}

static bool is_as_said(const cJSON *finding, const char *said, bool must_fire) {
    enum bp_status status = bp_status_of(bp_json_text(finding, "status"));
    if (must_fire) {
        return finding && (!said || status == bp_status_of(said));
    }
    return status <= bp_status_of(said);
}

/* What is wrong with the case, or NULL. The caller frees it. */
static char *judge(const cJSON *pattern, const cJSON *proof_case, bool must_fire,
                   const struct bp_view *view) {
    const char *said = bp_json_text(proof_case, "status");
    cJSON *finding = bp_finding_make(pattern, view);
    char *wrong = NULL;
    if (finding && !bp_json_get(finding, "evidence")->child) {
        wrong = bp_format("it is found without any evidence");
    } else if (!is_as_said(finding, said, must_fire)) {
        struct bp_str ways = BP_STR_EMPTY;
        const char *status = finding ? bp_json_text(finding, "status") : NULL;
        describe(&ways, pattern, "shows", view);
        describe(&ways, pattern, "rules_out", view);
        const char *outcome = bp_json_text(view->loader, "outcome");
        wrong = bp_format("should %s%s%s, but is %s (%s; the loader's outcome is %s)",
                          must_fire ? "be found" : "not be found",
                          said ? (must_fire ? " as " : " as more than ") : "", said ? said : "",
                          status ? status : "not found", ways.data, outcome ? outcome : "null");
        bp_str_free(&ways);
    }
    cJSON_Delete(finding);
    return wrong;
}

static char *run_case(const cJSON *pattern, const cJSON *proof_case, bool must_fire,
                      struct bp_regexes *regexes) {
    const cJSON *given = bp_json_get(proof_case, "snapshot");
    const char *words = bp_json_text(proof_case, "text");
    struct bp_text text = {.source = "-", .data = words, .length = words ? strlen(words) : 0};
    cJSON *nothing = cJSON_CreateObject();
    struct bp_issue issue = bp_issue_of_text(words, text.length);
    cJSON *facts = words ? bp_text_facts(&issue) : NULL;
    const cJSON *said = facts ? bp_json_get(facts, "snapshot") : nothing;
    cJSON *loader = bp_loader_judge(given ? given : nothing);
    /* A text alone is judged as triage does: by the facts that it states. */
    struct bp_view view = {.snapshot = given ? given : said,
                           .loader = loader,
                           .text = words ? &text : NULL,
                           .about = bp_json_get(facts, "text"),
                           .learned = given ? NULL : bp_json_get(facts, "learned"),
                           .regexes = regexes};
    char *wrong = judge(pattern, proof_case, must_fire, &view);
    cJSON_Delete(loader);
    cJSON_Delete(facts);
    cJSON_Delete(nothing);
    return wrong;
}

static int run_cases(const cJSON *pattern, const char *file, const char *key,
                     struct bp_regexes *regexes, struct bp_err *err) {
    size_t index = 0;
    const cJSON *proof_case;
    cJSON_ArrayForEach(proof_case, bp_json_get(bp_json_get(pattern, "proof"), key)) {
        char *wrong = run_case(pattern, proof_case, strcmp(key, "fires") == 0, regexes);
        if (wrong) {
            const char *name = bp_json_text(proof_case, "name");
            bp_fail(err, BP_E_FORMAT, "%s: /proof/%s/%zu: \"%s\" %s", file, key, index,
                    name ? name : "", wrong);
            free(wrong);
            return -1;
        }
        index++;
    }
    return 0;
}

int bp_proof_run(const cJSON *pattern, const char *file, struct bp_regexes *regexes,
                 struct bp_err *err) {
    return run_cases(pattern, file, "fires", regexes, err) == 0
               ? run_cases(pattern, file, "near_misses", regexes, err)
               : -1;
}
