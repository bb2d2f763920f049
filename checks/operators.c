#include "checks/operators.h"

#include <string.h>

#include "base/json.h"
#include "base/version.h"

struct question {
    const cJSON *fact; /* not NULL, except for `known` */
    const cJSON *operand;
    const struct bp_view *view;
};

/* "2026-01-31T08:05:09Z" or with a fraction of a second: RFC 3339 in UTC, as a snapshot has it. */
static bool is_time(const char *text) {
    static const char form[] = "0000-00-00T00:00:00";
    size_t at = 0;
    for (; form[at]; at++) {
        bool digit = text[at] >= '0' && text[at] <= '9';
        if (form[at] == '0' ? !digit : text[at] != form[at]) {
            return false;
        }
    }
    if (text[at] == '.') {
        size_t digits = strspn(text + at + 1, "0123456789");
        at += digits ? digits + 1 : 0;
    }
    return strcmp(text + at, "Z") == 0;
}

static enum bp_truth truth_of(bool value) {
    return value ? BP_TRUE : BP_FALSE;
}

static struct bp_answer answer_of(enum bp_truth truth) {
    return (struct bp_answer){.truth = truth};
}

static bool is_scalar(const cJSON *value) {
    return cJSON_IsString(value) || cJSON_IsNumber(value) || cJSON_IsBool(value);
}

/* A different type is a different value. */
static bool same(const cJSON *left, const cJSON *right) {
    return cJSON_Compare(left, right, true);
}

static struct bp_answer judge_equals(const struct question *ask) {
    bool scalar = is_scalar(ask->fact);
    return answer_of(scalar ? truth_of(same(ask->fact, ask->operand)) : BP_UNKNOWN);
}

/* Whether the value is an element; an element that is null may be it. */
static enum bp_truth holds(const cJSON *array, const cJSON *value) {
    enum bp_truth truth = BP_FALSE;
    const cJSON *element;
    cJSON_ArrayForEach(element, array) {
        if (same(element, value)) {
            return BP_TRUE;
        }
        if (cJSON_IsNull(element)) {
            truth = BP_UNKNOWN;
        }
    }
    return truth;
}

static struct bp_answer judge_in(const struct question *ask) {
    return answer_of(is_scalar(ask->fact) ? holds(ask->operand, ask->fact) : BP_UNKNOWN);
}

static struct bp_answer judge_contains(const struct question *ask) {
    return answer_of(cJSON_IsArray(ask->fact) ? holds(ask->fact, ask->operand) : BP_UNKNOWN);
}

static struct bp_answer judge_version(const struct question *ask) {
    bool met;
    bool compared =
        bp_version_meets(cJSON_GetStringValue(ask->fact), cJSON_GetStringValue(ask->operand), &met);
    return answer_of(compared ? truth_of(met) : BP_UNKNOWN);
}

static struct bp_answer judge_matches(const struct question *ask) {
    struct bp_answer answer = {.truth = BP_UNKNOWN};
    const char *text = cJSON_GetStringValue(ask->fact);
    const char *regex = cJSON_GetStringValue(ask->operand);
    if (text && regex) {
        answer.truth =
            bp_regex_find(ask->view->regexes, regex, text, strlen(text), false, &answer.match);
        answer.matched = answer.truth == BP_TRUE;
    }
    return answer;
}

static struct bp_answer judge_empty(const struct question *ask) {
    bool container = cJSON_IsArray(ask->fact) || cJSON_IsObject(ask->fact);
    bool empty = !ask->fact->child;
    return answer_of(container ? truth_of(empty == cJSON_IsTrue(ask->operand)) : BP_UNKNOWN);
}

static struct bp_answer judge_at_least(const struct question *ask) {
    bool enough = ask->fact->valuedouble >= ask->operand->valuedouble;
    return answer_of(cJSON_IsNumber(ask->fact) ? truth_of(enough) : BP_UNKNOWN);
}

static struct bp_answer judge_below(const struct question *ask) {
    bool less = ask->fact->valuedouble < ask->operand->valuedouble;
    return answer_of(cJSON_IsNumber(ask->fact) ? truth_of(less) : BP_UNKNOWN);
}

static struct bp_answer judge_known(const struct question *ask) {
    return answer_of(truth_of((ask->fact != NULL) == cJSON_IsTrue(ask->operand)));
}

static const cJSON *other_fact(const struct question *ask) {
    const char *pointer = cJSON_GetStringValue(ask->operand);
    return pointer ? bp_view_fact(ask->view, pointer) : NULL;
}

static struct bp_answer judge_same_as(const struct question *ask) {
    const cJSON *other = other_fact(ask);
    return answer_of(other ? truth_of(same(ask->fact, other)) : BP_UNKNOWN);
}

static struct bp_answer judge_older_than(const struct question *ask) {
    int order;
    bool compared = bp_version_compare(cJSON_GetStringValue(ask->fact),
                                       cJSON_GetStringValue(other_fact(ask)), &order);
    return answer_of(compared ? truth_of(order < 0) : BP_UNKNOWN);
}

/* How much of a time tells it from others: not the "Z", nor zeros that end a fraction. */
static size_t telling_length(const char *time) {
    size_t length = strcspn(time, "Z");
    if (memchr(time, '.', length)) {
        while (time[length - 1] == '0') {
            length--;
        }
        length -= time[length - 1] == '.';
    }
    return length;
}

/* Both are written alike, so that the letters' order is that of time. */
static struct bp_answer judge_before(const struct question *ask) {
    const char *time = cJSON_GetStringValue(ask->fact);
    const char *other = cJSON_GetStringValue(other_fact(ask));
    if (!time || !other || !is_time(time) || !is_time(other)) {
        return answer_of(BP_UNKNOWN);
    }
    size_t length = telling_length(time);
    size_t other_length = telling_length(other);
    int order = memcmp(time, other, length < other_length ? length : other_length);
    return answer_of(truth_of(order ? order < 0 : length < other_length));
}

static const struct {
    const char *name;
    struct bp_answer (*judge)(const struct question *ask);
    bool takes_unknown;
    bool takes_pointer;
} operators[] = {
    {"equals", judge_equals, false, false},        {"in", judge_in, false, false},
    {"version", judge_version, false, false},      {"matches", judge_matches, false, false},
    {"contains", judge_contains, false, false},    {"empty", judge_empty, false, false},
    {"at_least", judge_at_least, false, false},    {"below", judge_below, false, false},
    {"known", judge_known, true, false},           {"same_as", judge_same_as, false, true},
    {"older_than", judge_older_than, false, true}, {"before", judge_before, false, true},
};

#define OPERATORS (sizeof operators / sizeof *operators)

static size_t find_operator(const char *name) {
    size_t index = 0;
    while (index < OPERATORS && strcmp(operators[index].name, name) != 0) {
        index++;
    }
    return index;
}

/* The leaf's operator, and its operand; OPERATORS where it has none. */
static size_t operator_of(const cJSON *leaf, const cJSON **operand) {
    const cJSON *member;
    cJSON_ArrayForEach(member, leaf) {
        size_t index = find_operator(member->string);
        if (index < OPERATORS) {
            *operand = member;
            return index;
        }
    }
    return OPERATORS;
}

struct bp_answer bp_operator_judge(const cJSON *leaf, const cJSON *fact,
                                   const struct bp_view *view) {
    struct question ask = {.fact = cJSON_IsNull(fact) ? NULL : fact, .view = view};
    size_t index = operator_of(leaf, &ask.operand);
    if (index == OPERATORS || (!ask.fact && !operators[index].takes_unknown)) {
        return answer_of(BP_UNKNOWN);
    }
    return operators[index].judge(&ask);
}

const char *bp_operator_other_pointer(const cJSON *leaf) {
    const cJSON *operand = NULL;
    size_t index = operator_of(leaf, &operand);
    bool takes_pointer = index < OPERATORS && operators[index].takes_pointer;
    return takes_pointer ? cJSON_GetStringValue(operand) : NULL;
}

bool bp_operator_exists(const char *name) {
    return find_operator(name) < OPERATORS;
}
