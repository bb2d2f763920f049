#include "checks/why.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/condition.h"
#include "checks/excerpt.h"

enum { LEAF_MOST = 160 };

static void indent(struct bp_str *out, int depth) {
    for (int i = 0; i < depth; i++) {
        bp_str_add(out, "  ");
    }
}

/* Where a true condition about the text was met, or the fact that it is about. */
static void add_ground(struct bp_str *out, const cJSON *condition, const struct bp_view *view) {
    const char *pointer = bp_json_text(condition, "fact");
    if (pointer && !strstr(pointer, "/*")) {
        char *words = bp_fact_words(bp_view_fact(view, pointer));
        bp_str_addf(out, " (%s)", words ? words : "not known");
        free(words);
        return;
    }
    struct bp_evidence evidence = {0};
    if (bp_condition_judge(condition, view, &evidence) == BP_TRUE && evidence.count) {
        const cJSON *shown = evidence.items[0].shown;
        double line = bp_json_number(shown, "line", 0);
        const char *excerpt = bp_json_text(shown, "excerpt");
        if (line > 0 && excerpt) {
            bp_str_addf(out, " (line %.0f: %s)", line, excerpt);
        }
    }
    bp_evidence_free(&evidence);
}

static void add_leaf(struct bp_str *out, const cJSON *condition, const struct bp_view *view) {
    char *written = bp_json_print(condition, false);
    char *shown = bp_excerpt_text(written, strlen(written), LEAF_MOST);
    bp_str_add(out, shown);
    add_ground(out, condition, view);
    bp_str_add_char(out, '\n');
    free(shown);
    free(written);
}

static void add_condition(struct bp_str *out, const cJSON *condition, const struct bp_view *view,
                          int depth) {
    static const char *const joins[] = {"all", "any", "not"};
    indent(out, depth);
    bp_str_addf(out, "%-8s", bp_truth_word(bp_condition_judge(condition, view, NULL)));
    for (size_t i = 0; i < sizeof joins / sizeof *joins; i++) {
        const cJSON *inside = bp_json_get(condition, joins[i]);
        if (inside) {
            bp_str_addf(out, "%s\n", joins[i]);
            if (cJSON_IsObject(inside)) {
                add_condition(out, inside, view, depth + 1);
                return;
            }
            const cJSON *branch;
            cJSON_ArrayForEach(branch, inside) {
                add_condition(out, branch, view, depth + 1);
            }
            return;
        }
    }
    add_leaf(out, condition, view);
}

static void add_list(struct bp_str *out, const cJSON *pattern, const char *key,
                     const struct bp_view *view) {
    const cJSON *item;
    size_t index = 0;
    cJSON_ArrayForEach(item, bp_json_get(pattern, key)) {
        const char *status = bp_json_text(item, "status");
        bp_str_addf(out, "%s/%zu%s%s\n", key, index++, status ? ", " : "", status ? status : "");
        add_condition(out, bp_json_get(item, "when"), view, 1);
    }
}

char *bp_why_words(const cJSON *pattern, const struct bp_view *view) {
    struct bp_str out = BP_STR_EMPTY;
    add_list(&out, pattern, "shows", view);
    add_list(&out, pattern, "rules_out", view);
    const cJSON *closes = bp_json_get(pattern, "closes_when");
    if (closes) {
        bp_str_add(&out, "closes_when\n");
        add_condition(&out, closes, view, 1);
    }
    return bp_str_detach(&out);
}
