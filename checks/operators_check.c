/* Checks the operators of a pattern file; see checks/operators.h. */
#include <string.h>

#include "base/json.h"
#include "base/version.h"
#include "checks/operators.h"
#include "checks/schema.h"

/* What a pattern file says, being checked. */
struct use {
    const cJSON *operand;
    const char *pointer;
    const cJSON *schema;
    struct bp_err *err;
};

static bool is_scalar(const cJSON *value) {
    return cJSON_IsString(value) || cJSON_IsNumber(value) || cJSON_IsBool(value);
}

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

static int check_other_text(const struct use *use) {
    return check_other(use) == 0 ? check_fact_type(use, "string") : -1;
}

static const struct {
    const char *name;
    int (*check)(const struct use *use);
} checks[] = {
    {"equals", check_equals},         {"in", check_in},
    {"version", check_version},       {"matches", check_matches},
    {"contains", check_contains},     {"empty", check_empty},
    {"at_least", check_number},       {"below", check_number},
    {"known", check_known},           {"same_as", check_other},
    {"older_than", check_other_text}, {"before", check_other_text},
};

const char *bp_operator_names(void) {
    return "equals, in, version, matches, contains, empty, at_least, below, known, same_as, "
           "older_than, before";
}

int bp_operator_check(const char *name, const cJSON *operand, const char *pointer,
                      const cJSON *schema, struct bp_err *err) {
    struct use use = {.operand = operand, .pointer = pointer, .schema = schema, .err = err};
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        if (strcmp(checks[i].name, name) == 0) {
            return checks[i].check(&use);
        }
    }
    return bp_fail(err, BP_E_FORMAT, "no such operator");
}
