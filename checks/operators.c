#include "checks/operators.h"

#include <string.h>

#include "base/json.h"
#include "base/version.h"
#include "checks/schema.h"

struct question {
    const cJSON *fact; /* not NULL, except for `known` */
    const cJSON *operand;
    const struct bp_view *view;
};

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

/* What a pattern file says, being checked. */
struct use {
    const cJSON *operand;
    const char *pointer;
    const cJSON *schema;
    struct bp_err *err;
};

static int refuse_operand(const struct use *use, const char *wanted) {
    return bp_fail(use->err, BP_E_FORMAT, "must be %s", wanted);
}

static int check_fact_type(const struct use *use, const char *type) {
    if (bp_schema_allows_type(use->schema, use->pointer, type)) {
        return 0;
    }
    return bp_fail(use->err, BP_E_FORMAT, "takes a fact of type %s, which \"%s\" never is", type,
                   use->pointer);
}

static int check_scalar(const struct use *use, const cJSON *value) {
    if (!is_scalar(value)) {
        return refuse_operand(use, "a text, a number, true or false");
    }
    if (!bp_schema_allows_value(use->schema, use->pointer, value)) {
        return bp_fail(use->err, BP_E_FORMAT, "the fact \"%s\" never has this value", use->pointer);
    }
    return 0;
}

static int check_equals(const struct use *use) {
    return check_scalar(use, use->operand);
}

static int check_in(const struct use *use) {
    if (!cJSON_IsArray(use->operand) || !use->operand->child) {
        return refuse_operand(use, "an array with at least one element");
    }
    const cJSON *value;
    cJSON_ArrayForEach(value, use->operand) {
        if (check_scalar(use, value) != 0) {
            return -1;
        }
    }
    return 0;
}

static int check_contains(const struct use *use) {
    return is_scalar(use->operand) ? check_fact_type(use, "array")
                                   : refuse_operand(use, "a text, a number, true or false");
}

static int check_version(const struct use *use) {
    const char *specifier = cJSON_GetStringValue(use->operand);
    bool fit = specifier && specifier[strspn(specifier, ", ")] && bp_specifier_valid(specifier);
    return fit ? check_fact_type(use, "string")
               : refuse_operand(use, "a PEP 440 version specifier such as \"<0.43.1\"");
}

static int check_matches(const struct use *use) {
    const char *regex = cJSON_GetStringValue(use->operand);
    if (!regex) {
        return refuse_operand(use, "a regular expression");
    }
    return bp_regex_check(regex, use->err) == 0 ? check_fact_type(use, "string") : -1;
}

static int check_empty(const struct use *use) {
    if (!cJSON_IsBool(use->operand)) {
        return refuse_operand(use, "true or false");
    }
    return bp_schema_allows_type(use->schema, use->pointer, "object")
               ? 0
               : check_fact_type(use, "array");
}

static int check_number(const struct use *use) {
    return cJSON_IsNumber(use->operand) ? check_fact_type(use, "number")
                                        : refuse_operand(use, "a number");
}

static int check_known(const struct use *use) {
    return cJSON_IsBool(use->operand) ? 0 : refuse_operand(use, "true or false");
}

static int check_other(const struct use *use) {
    const char *pointer = cJSON_GetStringValue(use->operand);
    if (!pointer || strchr(pointer, '*')) {
        return refuse_operand(use, "the JSON Pointer of one fact, without \"*\"");
    }
    return bp_schema_check_pointer(use->schema, pointer, use->err);
}

static int check_older_than(const struct use *use) {
    return check_other(use) == 0 ? check_fact_type(use, "string") : -1;
}

static const struct {
    const char *name;
    struct bp_answer (*judge)(const struct question *ask);
    int (*check)(const struct use *use);
    bool takes_unknown;
    bool takes_pointer;
} operators[] = {
    {"equals", judge_equals, check_equals, false, false},
    {"in", judge_in, check_in, false, false},
    {"version", judge_version, check_version, false, false},
    {"matches", judge_matches, check_matches, false, false},
    {"contains", judge_contains, check_contains, false, false},
    {"empty", judge_empty, check_empty, false, false},
    {"at_least", judge_at_least, check_number, false, false},
    {"below", judge_below, check_number, false, false},
    {"known", judge_known, check_known, true, false},
    {"same_as", judge_same_as, check_other, false, true},
    {"older_than", judge_older_than, check_older_than, false, true},
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

const char *bp_operator_names(void) {
    return "equals, in, version, matches, contains, empty, at_least, below, known, same_as, "
           "older_than";
}

int bp_operator_check(const char *name, const cJSON *operand, const char *pointer,
                      const cJSON *schema, struct bp_err *err) {
    struct use use = {.operand = operand, .pointer = pointer, .schema = schema, .err = err};
    size_t index = find_operator(name);
    return index < OPERATORS ? operators[index].check(&use)
                             : bp_fail(err, BP_E_FORMAT, "no such operator");
}
