#include "checks/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "checks/advice.h"
#include "checks/catalogue.h"
#include "checks/conditions.h"
#include "checks/finding.h"
#include "checks/findings.h"
#include "checks/loader/loader.h"
#include "checks/ruled_out.h"
#include "checks/run/run.h"
#include "checks/text/facts.h"
#include "checks/verdict.h"

/* A pattern that was found. */
struct found {
    const cJSON *pattern;
    cJSON *finding;
    enum bp_status status;
    enum bp_severity severity;
    size_t place;        /* in the catalogue */
    struct found *cause; /* the one it is a symptom of, or NULL */
    bool is_cause;
};

static int compare_found(const void *left_pointer, const void *right_pointer) {
    const struct found *left = left_pointer;
    const struct found *right = right_pointer;
    if (left->status != right->status) {
        return left->status > right->status ? -1 : 1;
    }
    if (left->severity != right->severity) {
        return left->severity > right->severity ? -1 : 1;
    }
    return left->place < right->place ? -1 : left->place > right->place;
}

static size_t find_all(const struct bp_catalogue *catalogue, const struct bp_view *view,
                       struct found *found) {
    size_t count = 0;
    for (size_t i = 0; i < bp_catalogue_count(catalogue); i++) {
        const cJSON *pattern = bp_catalogue_at(catalogue, i);
        cJSON *finding = bp_finding_make(pattern, view);
        if (finding) {
            found[count++] =
                (struct found){.pattern = pattern,
                               .finding = finding,
                               .status = bp_status_of(bp_json_text(finding, "status")),
                               .severity = bp_severity_of(bp_json_text(finding, "severity")),
                               .place = i};
        }
    }
    return count;
}

/*
 * A mere possibility explains nothing that is surer than itself: a finding that is sure
 * stands on its own feet then.
 */
static bool explains(const struct found *cause, const struct found *symptom) {
    const cJSON *id;
    if (cause->status < BP_LIKELY && cause->status < symptom->status) {
        return false;
    }
    cJSON_ArrayForEach(id, bp_json_get(cause->pattern, "explains")) {
        if (bp_equal(cJSON_GetStringValue(id), bp_json_text(symptom->finding, "pattern"))) {
            return true;
        }
    }
    return false;
}

static bool stems_from(const struct found *found, const struct found *cause) {
    while (found && found != cause) {
        found = found->cause;
    }
    return found != NULL;
}

/*
 * Gives each symptom its strongest cause. From the weakest on, so that of two that explain
 * each other the stronger stays on top.
 */
static void name_causes(struct found *found, size_t count) {
    for (size_t i = count; i-- > 0;) {
        for (size_t j = 0; j < count && !found[i].cause; j++) {
            if (j != i && explains(&found[j], &found[i]) && !stems_from(&found[j], &found[i])) {
                found[i].cause = &found[j];
                found[j].is_cause = true;
            }
        }
    }
}

static void add_symptom(cJSON *finding, cJSON *symptom) {
    cJSON *list = cJSON_GetObjectItemCaseSensitive(finding, "symptoms");
    cJSON_AddItemToArray(list ? list : cJSON_AddArrayToObject(finding, "symptoms"), symptom);
}

/* Hands each finding to its cause's `symptoms`, or to the list, in which causes come first. */
static cJSON *nest(const struct found *found, size_t count) {
    cJSON *causes = cJSON_CreateArray();
    for (size_t i = 0; i < count; i++) {
        if (found[i].cause) {
            add_symptom(found[i].cause->finding, found[i].finding);
        } else if (found[i].is_cause) {
            cJSON_AddItemToArray(causes, found[i].finding);
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (!found[i].cause && !found[i].is_cause) {
            cJSON_AddItemToArray(causes, found[i].finding);
        }
    }
    return causes;
}

cJSON *bp_findings_of(const struct bp_catalogue *catalogue, const struct bp_view *view) {
    struct found *found = bp_alloc_array(bp_catalogue_count(catalogue), sizeof *found);
    size_t count = find_all(catalogue, view, found);
    if (count) {
        qsort(found, count, sizeof *found, compare_found);
    }
    name_causes(found, count);
    cJSON *findings = nest(found, count);
    free(found);
    return findings;
}

/* How many bytes belong to no character. */
static size_t count_stray(const struct bp_text *text) {
    size_t stray = 0;
    for (size_t at = 0; at < text->length;) {
        size_t size = bp_utf8_sequence(text->data + at, text->length - at);
        stray += size == 0;
        at += size ? size : 1;
    }
    return stray;
}

/*
 * Adds the advice to the verdict. Where it is all that there is to do, the verdict's own remedy
 * is the best of it, so that the two say the same.
 */
static void advise(cJSON *loader, const struct bp_view *view) {
    if (!cJSON_IsObject(loader)) {
        return;
    }
    cJSON *advice = bp_advice(view->snapshot, loader, view->releases);
    const cJSON *best = bp_json_at(advice, "/steps/0");
    cJSON *remedy = cJSON_GetObjectItemCaseSensitive(loader, "remedy");
    if (best && remedy && remedy->child) {
        cJSON *step = cJSON_CreateObject();
        bp_json_set_text(step, "says", bp_json_text(best, "says"));
        bp_json_set_text(step, "command", bp_json_text(best, "command"));
        cJSON *list = cJSON_CreateArray();
        cJSON_AddItemToArray(list, step);
        bp_json_put(loader, "/remedy", list);
    }
    cJSON_AddItemToObject(loader, "advice", advice);
}

/* What patterns are judged on, and what of it has to be freed. */
struct judging {
    cJSON *nothing; /* in place of a snapshot that is not there */
    cJSON *loader;
    cJSON *facts; /* about the text */
    char *mended; /* a text that broke its promise to be UTF-8 */
    struct bp_text clean;
    struct bp_view view;
};

/* The search relies on UTF-8, so a text that breaks its promise is mended, not trusted. */
static const struct bp_text *mend(struct judging *judging, const struct bp_text *text) {
    size_t stray = text ? count_stray(text) : 0;
    if (!stray) {
        return text;
    }
    judging->mended = bp_utf8_clean(text->data, text->length);
    judging->clean = (struct bp_text){
        .source = text->source, .data = judging->mended, .length = text->length + 2 * stray};
    return &judging->clean;
}

static void start_judging(struct judging *judging, const cJSON *snapshot,
                          const struct bp_text *text, const struct bp_catalogue *catalogue) {
    const struct bp_text *seen = mend(judging, text);
    judging->nothing = cJSON_CreateObject();
    judging->loader = bp_loader_judge(snapshot ? snapshot : judging->nothing);
    if (seen) {
        struct bp_issue issue = bp_issue_of_text(seen->data, seen->length);
        judging->facts = bp_text_facts(&issue);
    }
    judging->view = (struct bp_view){
        .snapshot = snapshot ? snapshot : judging->nothing,
        .loader = judging->loader,
        .text = seen,
        .about = bp_json_get(judging->facts, "text"),
        .hits = seen ? bp_hits_of(bp_catalogue_search(catalogue), seen->data, seen->length) : NULL,
        .regexes = bp_catalogue_regexes(catalogue),
        .releases = bp_catalogue_releases(catalogue)};
}

static void end_judging(struct judging *judging) {
    bp_hits_free(judging->view.hits);
    cJSON_Delete(judging->facts);
    cJSON_Delete(judging->loader);
    cJSON_Delete(judging->nothing);
    free(judging->mended);
}

cJSON *bp_check(const cJSON *snapshot, const struct bp_text *text,
                const struct bp_catalogue *catalogue) {
    struct judging judging = {0};
    cJSON *answer = cJSON_CreateObject();
    start_judging(&judging, snapshot, text, catalogue);
    cJSON *findings = bp_findings_of(catalogue, &judging.view);
    cJSON *ruled_out = bp_ruled_out(catalogue, &judging.view);
    advise(judging.loader, &judging.view);
    cJSON_AddItemToObject(answer, "loader", judging.loader ? judging.loader : cJSON_CreateNull());
    judging.loader = NULL;
    cJSON_AddItemToObject(answer, "findings", findings);
    cJSON_AddItemToObject(answer, "ruled_out", ruled_out);
    cJSON *run = bp_run_judge(&judging.view);
    if (run) {
        cJSON_AddItemToObject(answer, "run", run);
    }
    bp_verdict_set(answer, snapshot);
    end_judging(&judging);
    return answer;
}

cJSON *bp_check_conditions(const cJSON *snapshot, const struct bp_text *text,
                           const struct bp_catalogue *catalogue) {
    struct judging judging = {0};
    cJSON *list = cJSON_CreateArray();
    start_judging(&judging, snapshot, text, catalogue);
    for (size_t i = 0; i < bp_catalogue_count(catalogue); i++) {
        cJSON_AddItemToArray(list, bp_conditions_of(bp_catalogue_at(catalogue, i), &judging.view));
    }
    end_judging(&judging);
    return list;
}
