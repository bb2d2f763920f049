#include "checks/triage.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/catalogue.h"
#include "checks/condition.h"
#include "checks/finding.h"
#include "checks/findings.h"
#include "checks/loader/loader.h"
#include "checks/triage_facts.h"
#include "checks/why.h"

struct bp_triage {
    const struct bp_catalogue *catalogue;
    struct bp_fact_readers *readers;
    cJSON *nothing;        /* a snapshot without facts */
    cJSON *nothing_loader; /* and its verdict */
};

struct bp_triage *bp_triage_new(const struct bp_catalogue *catalogue) {
    struct bp_triage *triage = bp_alloc(sizeof *triage);
    triage->catalogue = catalogue;
    triage->readers = bp_fact_readers_new();
    triage->nothing = cJSON_CreateObject();
    triage->nothing_loader = bp_loader_judge(triage->nothing);
    return triage;
}

void bp_triage_free(struct bp_triage *triage) {
    if (triage) {
        bp_fact_readers_free(triage->readers);
        cJSON_Delete(triage->nothing);
        cJSON_Delete(triage->nothing_loader);
        free(triage);
    }
}

/* One text that is judged, and what was found in it. */
struct judged {
    struct bp_text text;
    struct bp_view view;
    cJSON *facts;
    cJSON *snapshot; /* what is judged: the attached one, and what only the text says */
    cJSON *loader;
    cJSON *findings;
};

static void judge(struct judged *judged, const struct bp_triage *triage,
                  const struct bp_issue *issue, const char *source, const cJSON *attached) {
    judged->text = (struct bp_text){.source = source, .data = issue->data, .length = issue->length};
    judged->facts = bp_text_facts_with(triage->readers, issue);
    if (attached) {
        judged->snapshot = cJSON_Duplicate(attached, true);
        bp_triage_merge(judged->facts, judged->snapshot);
        judged->loader = bp_loader_judge(attached);
    }
    struct bp_search *search = bp_catalogue_search(triage->catalogue);
    judged->view = (struct bp_view){.snapshot = attached ? judged->snapshot
                                                         : bp_json_get(judged->facts, "snapshot"),
                                    .loader = attached ? judged->loader : triage->nothing_loader,
                                    .text = &judged->text,
                                    .about = bp_json_get(judged->facts, "text"),
                                    .learned = bp_json_get(judged->facts, "learned"),
                                    .hits = bp_hits_of(search, issue->data, issue->length),
                                    .regexes = bp_catalogue_regexes(triage->catalogue)};
    judged->findings = bp_findings_of(triage->catalogue, &judged->view);
}

static void release(struct judged *judged) {
    bp_hits_free(judged->view.hits);
    cJSON_Delete(judged->facts);
    cJSON_Delete(judged->snapshot);
    cJSON_Delete(judged->loader);
    cJSON_Delete(judged->findings);
}

/* Each finding before its symptoms, in one list. */
static void flatten(cJSON *findings, cJSON *flat, const char *cause) {
    while (findings && findings->child) {
        cJSON *finding = cJSON_DetachItemFromArray(findings, 0);
        cJSON *symptoms = cJSON_DetachItemFromObjectCaseSensitive(finding, "symptoms");
        if (cause) {
            bp_json_set_text(finding, "cause", cause);
        }
        cJSON_AddItemToArray(flat, finding);
        flatten(symptoms, flat, bp_json_text(finding, "pattern"));
        cJSON_Delete(symptoms);
    }
}

/*
 * The first that is at least likely, or NULL. Maintainers sort their tracker by the catalogue,
 * so that an addition leads only where none of the catalogue's patterns does.
 */
static const cJSON *leading(const struct bp_triage *triage, const cJSON *flat) {
    const cJSON *addition = NULL;
    const cJSON *finding;
    cJSON_ArrayForEach(finding, flat) {
        const char *id = bp_json_text(finding, "pattern");
        if (bp_status_of(bp_json_text(finding, "status")) < BP_LIKELY) {
            continue;
        }
        if (!bp_json_is_true(bp_catalogue_find(triage->catalogue, id), "addition")) {
            return finding;
        }
        addition = addition ? addition : finding;
    }
    return addition;
}

/* Whether anything is at least likely, symptoms included. */
static bool any_likely(const cJSON *findings) {
    const cJSON *finding;
    cJSON_ArrayForEach(finding, findings) {
        if (bp_status_of(bp_json_text(finding, "status")) >= BP_LIKELY ||
            any_likely(bp_json_get(finding, "symptoms"))) {
            return true;
        }
    }
    return false;
}

/* By its labels the tracker's people mean to do something about it. */
static bool is_wanted(const cJSON *labels) {
    static const char *const starts[] = {"feature",     "enhancement",   "contributions",
                                         "help wanted", "high priority", "investigating"};
    const cJSON *label;
    cJSON_ArrayForEach(label, labels) {
        for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
            if (strncasecmp(label->valuestring, starts[i], strlen(starts[i])) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* Something that a person should look at although a pattern fits. */
static bool speaks_against_closing(const struct judged *judged, const cJSON *flat) {
    const cJSON *sections = bp_json_at(judged->view.about, "/sections");
    const cJSON *item;
    cJSON_ArrayForEach(item, sections) {
        if (bp_equal(cJSON_GetStringValue(item), "feature-request")) {
            return true;
        }
    }
    cJSON_ArrayForEach(item, flat) {
        if (bp_equal(bp_json_text(item, "disposition"), "investigate")) {
            return true;
        }
    }
    return is_wanted(bp_json_at(judged->view.about, "/labels")) ||
           bp_json_get(judged->facts, "disagreements") != NULL;
}

static const char *action_for(const struct bp_triage *triage, const struct judged *judged,
                              const cJSON *primary, const cJSON *flat, bool from_comments) {
    if (!primary) {
        return "keep";
    }
    if (bp_equal(bp_json_text(primary, "disposition"), "needs-info")) {
        return "ask";
    }
    const cJSON *pattern = bp_catalogue_find(triage->catalogue, bp_json_text(primary, "pattern"));
    const cJSON *when = bp_json_get(pattern, "closes_when");
    bool sure = bp_status_of(bp_json_text(primary, "status")) == BP_CONFIRMED && when &&
                bp_condition_judge(when, &judged->view, NULL) == BP_TRUE;
    return sure && !from_comments && !speaks_against_closing(judged, flat) ? "close" : "keep";
}

/* What the text and the attached report say differently is evidence, too: of care being needed. */
static void show_disagreements(cJSON *flat, const struct judged *judged) {
    const cJSON *differ;
    cJSON *evidence =
        flat->child ? cJSON_GetObjectItemCaseSensitive(flat->child, "evidence") : NULL;
    cJSON_ArrayForEach(differ, bp_json_get(judged->facts, "disagreements")) {
        cJSON *piece = cJSON_CreateObject();
        const char *said = bp_json_text(differ, "text");
        const char *attached = bp_json_text(differ, "attached");
        char *says = bp_format("the text says %s, the attached report %s", said, attached);
        bp_json_set_text(piece, "from", "snapshot");
        bp_json_set_text(piece, "pointer", bp_json_text(differ, "pointer"));
        bp_json_set_text(piece, "value", attached);
        bp_json_set_text(piece, "says", says);
        free(says);
        if (!evidence) {
            cJSON_Delete(piece);
            return;
        }
        cJSON_AddItemToArray(evidence, piece);
    }
}

static void add_notes(cJSON *result, const struct judged *judged) {
    size_t given_up = bp_hits_given_up(judged->view.hits);
    if (given_up) {
        char *note = bp_format("%zu of the signatures met a bound while they were looked for in "
                               "this text and count as not found",
                               given_up);
        cJSON_AddItemToArray(cJSON_AddArrayToObject(result, "notes"), cJSON_CreateString(note));
        free(note);
    }
}

static cJSON *result_of(const struct bp_triage *triage, struct judged *judged, bool from_comments) {
    cJSON *result = cJSON_CreateObject();
    cJSON *flat = cJSON_CreateArray();
    flatten(judged->findings, flat, NULL);
    show_disagreements(flat, judged);
    const cJSON *primary = leading(triage, flat);
    const char *comment = primary ? bp_json_text(primary, "closing_comment") : NULL;
    bp_json_set_text(result, "title", bp_json_text(judged->view.about, "title"));
    cJSON_AddItemToObject(result, "facts", bp_triage_facts(judged->facts));
    bp_json_set_text(result, "primary", primary ? bp_json_text(primary, "pattern") : NULL);
    cJSON_AddItemToObject(result, "findings", flat);
    bp_json_set_text(result, "action", action_for(triage, judged, primary, flat, from_comments));
    bp_json_set_text(result, "closing_comment", comment ? comment : "");
    add_notes(result, judged);
    return result;
}

cJSON *bp_triage_judge(const struct bp_triage *triage, const struct bp_issue *issue,
                       const char *source, const cJSON *attached) {
    struct judged judged = {0};
    struct bp_issue post = *issue;
    bool from_comments = false;
    post.length = issue->post_length;
    judge(&judged, triage, &post, source, attached);
    if (issue->length > issue->post_length && !any_likely(judged.findings)) {
        /* What others wrote below may name the trouble, and is never a reason to close. */
        release(&judged);
        judged = (struct judged){0};
        judge(&judged, triage, issue, source, attached);
        from_comments = true;
    }
    cJSON *result = result_of(triage, &judged, from_comments);
    release(&judged);
    return result;
}

char *bp_triage_why(const struct bp_triage *triage, const struct bp_issue *issue,
                    const char *source, const cJSON *attached, const char *pattern) {
    const cJSON *document = bp_catalogue_find(triage->catalogue, pattern);
    if (!document) {
        return NULL;
    }
    struct judged judged = {0};
    struct bp_issue post = *issue;
    post.length = issue->post_length;
    judge(&judged, triage, &post, source, attached);
    char *why = bp_why_words(document, &judged.view);
    release(&judged);
    return why;
}
