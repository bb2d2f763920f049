#include "checks/conditions.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "checks/condition.h"
#include "checks/excerpt.h"
#include "checks/finding.h"
#include "checks/operators.h"

/* Bytes of an operand or a regex that are shown. */
enum { OPERAND_MOST = 60 };

static const char *const joins[] = {"all", "any", "not"};

/* What a condition that joins others joins, or NULL for a leaf. */
static const cJSON *inside_of(const cJSON *condition, const char **join) {
    for (size_t i = 0; i < sizeof joins / sizeof *joins; i++) {
        const cJSON *inside = bp_json_get(condition, joins[i]);
        if (inside) {
            *join = joins[i];
            return inside;
        }
    }
    return NULL;
}

/* Whether any part is about the machine, and so says something although there is no text. */
static bool is_about_machine(const cJSON *condition) {
    const char *join;
    const cJSON *inside = inside_of(condition, &join);
    const char *pointer = bp_json_text(condition, "fact");
    const char *some = bp_json_text(condition, "some");
    if (pointer || some) {
        return !bp_pointer_in_text(pointer ? pointer : some);
    }
    if (cJSON_IsObject(inside)) {
        return is_about_machine(inside);
    }
    const cJSON *branch;
    cJSON_ArrayForEach(branch, inside) {
        if (is_about_machine(branch)) {
            return true;
        }
    }
    return false;
}

static char *operand_words(const cJSON *operand) {
    char *words = cJSON_IsBool(operand) ? NULL : bp_fact_words(operand);
    char *printed = words ? words : bp_json_print(operand, false);
    char *shown = bp_excerpt_text(printed, strlen(printed), OPERAND_MOST);
    free(printed);
    return shown;
}

/* "/loader/outcome in loads, cpu-only", as it stands in the pattern. */
static char *test_words(const cJSON *leaf) {
    const cJSON *member;
    cJSON_ArrayForEach(member, leaf) {
        const char *pointer = bp_json_text(leaf, "fact");
        bool text = bp_equal(member->string, "text") || bp_equal(member->string, "text_matches");
        if (!text && !(pointer && bp_operator_exists(member->string))) {
            continue;
        }
        char *operand = operand_words(member);
        char *words =
            text ? bp_format("the text %s %s",
                             bp_equal(member->string, "text") ? "holds" : "matches", operand)
                 : bp_format("%s %s %s", pointer, member->string, operand);
        free(operand);
        return words;
    }
    const char *some = bp_json_text(leaf, "some");
    return bp_format("some of %s", some ? some : "unknown");
}

/* The sentence of the condition where it has one, and the fact that it is about. */
static char *leaf_words(const cJSON *leaf, const struct bp_view *view) {
    const char *says = bp_json_text(leaf, "says");
    const char *pointer = bp_json_text(leaf, "fact");
    bool one = pointer && !strstr(pointer, "/*");
    char *test = test_words(leaf);
    char *value = one ? bp_fact_words(bp_view_fact(view, pointer)) : NULL;
    char *words =
        bp_format("%s%s%s%s%s%s", says ? says : "", says ? " (" : "", test, one ? "; it is " : "",
                  one ? (value ? value : "not known") : "", says ? ")" : "");
    free(value);
    free(test);
    return words;
}

static void add_condition(cJSON *list, const cJSON *condition, const struct bp_view *view,
                          int depth) {
    const char *join = NULL;
    const cJSON *inside = inside_of(condition, &join);
    enum bp_truth truth = bp_condition_judge(condition, view, NULL);
    char *words = inside ? bp_format("%s of:", join) : leaf_words(condition, view);
    cJSON *one = cJSON_CreateObject();
    cJSON_AddNumberToObject(one, "depth", depth);
    bp_json_set_text(one, "came_out", bp_truth_word(truth));
    bp_json_set_text(one, "says", inside && cJSON_IsObject(inside) ? "not:" : words);
    cJSON_AddItemToArray(list, one);
    free(words);
    if (cJSON_IsObject(inside)) {
        add_condition(list, inside, view, depth + 1);
        return;
    }
    const cJSON *branch;
    cJSON_ArrayForEach(branch, inside) {
        add_condition(list, branch, view, depth + 1);
    }
}

static cJSON *make_way(const cJSON *item, const char *key, size_t index,
                       const struct bp_view *view) {
    const cJSON *when = bp_json_get(item, "when");
    const cJSON *all = bp_json_get(when, "all");
    char *name = bp_format("%s/%zu", key, index);
    cJSON *way = cJSON_CreateObject();
    bp_json_set_text(way, "way", name);
    bp_json_set_text(way, "status", bp_json_text(item, "status"));
    bp_json_set_text(way, "came_out", bp_truth_word(bp_condition_judge(when, view, NULL)));
    cJSON *list = cJSON_AddArrayToObject(way, "conditions");
    const cJSON *branch;
    cJSON_ArrayForEach(branch, all) {
        add_condition(list, branch, view, 0);
    }
    if (!all) {
        add_condition(list, when, view, 0);
    }
    free(name);
    return way;
}

cJSON *bp_conditions_of(const cJSON *pattern, const struct bp_view *view) {
    static const char *const keys[] = {"shows", "rules_out"};
    cJSON *answer = cJSON_CreateObject();
    cJSON *finding = bp_finding_make(pattern, view);
    cJSON *ways = cJSON_CreateArray();
    double text_only = 0;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const cJSON *item;
        size_t index = 0;
        cJSON_ArrayForEach(item, bp_json_get(pattern, keys[i])) {
            if (view->text || is_about_machine(bp_json_get(item, "when"))) {
                cJSON_AddItemToArray(ways, make_way(item, keys[i], index, view));
            } else {
                text_only++;
            }
            index++;
        }
    }
    bp_json_set_text(answer, "pattern", bp_json_text(pattern, "id"));
    bp_json_set_text(answer, "status", bp_json_text(finding, "status"));
    cJSON_AddNumberToObject(answer, "text_only", text_only);
    cJSON_AddItemToObject(answer, "ways", ways);
    cJSON_Delete(finding);
    return answer;
}
