#include "report/issue_object.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/text/clean.h"
#include "report/json_nesting.h"
#include "report/plain.h"
#include "report/rooted_paths.h"

/* How deep in a document issues are looked for: data, repository, issues, edges, node. */
enum { DEPTH_MOST = 8 };

#define REPORT_SCHEMA "bnb-probe/1"

/* Appends foreign text, cleaned; lines stay lines. */
static void add_clean(struct bp_str *text, const char *foreign, size_t length) {
    char *clean = bp_text_of_bytes(foreign, length);
    size_t size = bp_text_unwrap(clean, strlen(clean));
    bp_str_add_bytes(text, clean, size);
    free(clean);
}

/* An array, or GraphQL's {"nodes": [...]} or {"edges": [{"node": ...}]}. */
static void add_comments(struct bp_str *text, const cJSON *comments) {
    const cJSON *nodes = bp_json_get(comments, "nodes");
    const cJSON *comment;
    nodes = nodes ? nodes : bp_json_get(comments, "edges");
    const cJSON *list = nodes ? nodes : comments;
    cJSON_ArrayForEach(comment, list) {
        const cJSON *node = bp_json_get(comment, "node");
        const char *body = bp_json_text(node ? node : comment, "body");
        if (body && *body) {
            bp_str_add(text, "\n\n");
            add_clean(text, body, strlen(body));
        }
    }
}

/* The names in [{"name": ...}], ["..."] or GraphQL's nodes, or NULL. The caller deletes them. */
static cJSON *labels_of(const cJSON *labels) {
    const cJSON *nodes = bp_json_get(labels, "nodes");
    const cJSON *list = nodes ? nodes : labels;
    const cJSON *label;
    cJSON *names = cJSON_IsArray(list) ? cJSON_CreateArray() : NULL;
    cJSON_ArrayForEach(label, list) {
        const char *name = cJSON_IsString(label) ? label->valuestring : bp_json_text(label, "name");
        if (names && name) {
            char *line = bp_show_line(name);
            cJSON_AddItemToArray(names, cJSON_CreateString(line));
            free(line);
        }
    }
    return names;
}

/* The end of the "{...}" that starts at `text`, or NULL where it does not end. */
static char *object_end(char *text) {
    struct bp_nesting nesting = {0};
    size_t at = 0;
    return bp_nesting_scan(&nesting, text, strlen(text), &at) ? text + at : NULL;
}

/*
 * The snapshot of a report that was pasted into the text, or NULL. The report is blanked
 * there, since its own sentences are no signs of anything. The caller deletes it.
 */
static cJSON *take_pasted(struct bp_str *text) {
    char *named = text->length ? strstr(text->data, "\"" REPORT_SCHEMA "\"") : NULL;
    char *open = named;
    while (open && open > text->data && *open != '{') {
        open--;
    }
    char *end = open && *open == '{' ? object_end(open) : NULL;
    cJSON *document = end ? bp_json_parse(open, (size_t)(end - open), NULL) : NULL;
    cJSON *snapshot = cJSON_DetachItemFromObjectCaseSensitive(document, "snapshot");
    if (snapshot) {
        bp_rooted_paths_expand(snapshot, bp_json_get(document, "paths"));
    }
    for (char *at = open; snapshot && at < end; at++) {
        *at = *at == '\n' ? '\n' : ' ';
    }
    cJSON_Delete(document);
    return snapshot;
}

static const cJSON *id_of(const cJSON *object) {
    const cJSON *number = bp_json_get(object, "number");
    const cJSON *id = number ? number : bp_json_get(object, "id");
    return cJSON_IsNumber(id) || cJSON_IsString(id) ? id : NULL;
}

static void take_text(struct bp_issue_read *issue, struct bp_str *text, bp_issue_taker *take,
                      void *context) {
    cJSON *pasted = take_pasted(text);
    issue->text.data = text->data;
    issue->text.length = text->length;
    issue->attached = pasted ? pasted : issue->attached;
    take(context, issue);
    cJSON_Delete(pasted);
}

static void take_issue(const char *file, const cJSON *object, bp_issue_taker *take, void *context) {
    struct bp_issue_read issue = {.file = file, .id = id_of(object)};
    struct bp_str text = BP_STR_EMPTY;
    const char *title = bp_json_text(object, "title");
    const char *body = bp_json_text(object, "body");
    if (title && *title) {
        char *line = bp_show_line(title);
        bp_str_add(&text, line);
        issue.text.title_length = text.length;
        bp_str_add(&text, "\n\n");
        free(line);
    }
    add_clean(&text, body ? body : "", body ? strlen(body) : 0);
    issue.text.post_length = text.length;
    add_comments(&text, bp_json_get(object, "comments"));
    cJSON *labels = labels_of(bp_json_get(object, "labels"));
    issue.text.labels = labels;
    take_text(&issue, &text, take, context);
    cJSON_Delete(labels);
    bp_str_free(&text);
}

static bool is_report(const cJSON *object) {
    return bp_equal(bp_json_text(object, "schema"), REPORT_SCHEMA) &&
           cJSON_IsObject(bp_json_get(object, "snapshot"));
}

static void take_report(const char *file, const cJSON *report, bp_issue_taker *take,
                        void *context) {
    cJSON *snapshot = cJSON_Duplicate(bp_json_get(report, "snapshot"), true);
    bp_rooted_paths_expand(snapshot, bp_json_get(report, "paths"));
    struct bp_issue_read issue = {.file = file, .text = {.data = ""}, .attached = snapshot};
    take(context, &issue);
    cJSON_Delete(snapshot);
}

static size_t take_all(const char *file, const cJSON *at, int depth, bp_issue_taker *take,
                       void *context) {
    if (cJSON_IsObject(at) &&
        (cJSON_IsString(bp_json_get(at, "title")) || cJSON_IsString(bp_json_get(at, "body")))) {
        take_issue(file, at, take, context);
        return 1;
    }
    if (is_report(at)) {
        take_report(file, at, take, context);
        return 1;
    }
    size_t count = 0;
    for (const cJSON *child = at->child; child && depth < DEPTH_MOST; child = child->next) {
        if (cJSON_IsArray(child) || cJSON_IsObject(child)) {
            count += take_all(file, child, depth + 1, take, context);
        }
    }
    return count;
}

size_t bp_issue_objects(const char *file, const cJSON *document, bp_issue_taker *take,
                        void *context) {
    return take_all(file, document, 0, take, context);
}

void bp_issue_of_bytes(const char *file, const char *bytes, size_t length, bp_issue_taker *take,
                       void *context) {
    struct bp_issue_read issue = {.file = file};
    struct bp_str text = BP_STR_EMPTY;
    add_clean(&text, bytes, length);
    issue.text = bp_issue_of_text(text.data, text.length);
    take_text(&issue, &text, take, context);
    bp_str_free(&text);
}
