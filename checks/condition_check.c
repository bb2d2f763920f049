/* Checks the conditions of a pattern file; see checks/pattern_check.h. */
#include <string.h>

#include "base/json.h"
#include "checks/operators.h"
#include "checks/pattern_check.h"
#include "checks/regex.h"
#include "checks/schema.h"

/* What makes an object a condition of one kind or another. */
static const char *const kinds[] = {"all", "any", "not", "some", "text", "text_matches", "fact"};

#define KINDS (sizeof kinds / sizeof *kinds)

static bool is_kind(const char *name) {
    for (size_t i = 0; i < KINDS; i++) {
        if (strcmp(kinds[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static int check_branches(struct bp_place *place, const cJSON *branches) {
    if (!cJSON_IsArray(branches) || !branches->child) {
        return bp_place_refuse(place, "must be an array with at least one condition");
    }
    size_t index = 0;
    for (const cJSON *at = branches->child; at; at = at->next) {
        size_t back;
        bp_place_enter(place, NULL, index++, &back);
        if (bp_condition_check(place, at) != 0) {
            return -1;
        }
        bp_place_leave(place, back);
    }
    return 0;
}

static int check_regex(struct bp_place *place, const cJSON *regex) {
    if (bp_place_check_text(place, regex) != 0) {
        return -1;
    }
    return bp_regex_check(regex->valuestring, place->err) == 0 ? 0 : bp_place_refuse_in(place);
}

static int check_pointer(struct bp_place *place, const cJSON *pointer) {
    if (bp_place_check_text(place, pointer) != 0) {
        return -1;
    }
    return bp_schema_check_pointer(place->schema, pointer->valuestring, place->err) == 0
               ? 0
               : bp_place_refuse_in(place);
}

static int check_some(struct bp_place *place, const cJSON *pointer) {
    if (check_pointer(place, pointer) != 0) {
        return -1;
    }
    return strstr(pointer->valuestring, "/*")
               ? 0
               : bp_place_refuse(place, "must stand for several elements, by a \"*\"");
}

static int check_member(struct bp_place *place, const cJSON *member, const char *pointer) {
    const char *name = member->string;
    if (strcmp(name, "all") == 0 || strcmp(name, "any") == 0) {
        return check_branches(place, member);
    }
    if (strcmp(name, "some") == 0) {
        return check_some(place, member);
    }
    if (strcmp(name, "not") == 0 || strcmp(name, "when") == 0) {
        return bp_condition_check(place, member);
    }
    if (strcmp(name, "text") == 0) {
        return bp_place_check_text(place, member);
    }
    if (strcmp(name, "text_matches") == 0) {
        return check_regex(place, member);
    }
    if (strcmp(name, "fact") == 0) {
        return check_pointer(place, member);
    }
    if (strcmp(name, "says") == 0) {
        return bp_sentence_check(place, member);
    }
    return bp_operator_check(name, member, pointer, place->schema, place->err) == 0
               ? 0
               : bp_place_refuse_in(place);
}

/* Which members there are: one kind, one operator with a fact, a sentence with a leaf. */
static int check_names(struct bp_place *place, const cJSON *condition) {
    size_t kind_count = 0;
    size_t operator_count = 0;
    const cJSON *member;
    cJSON_ArrayForEach(member, condition) {
        bool kind = is_kind(member->string);
        bool operates = bp_operator_exists(member->string);
        kind_count += kind;
        operator_count += operates;
        if (!kind && !operates && strcmp(member->string, "says") != 0 &&
            strcmp(member->string, "when") != 0) {
            return bp_place_refuse(place,
                                   "\"%s\" is neither a condition nor an operator; the operators "
                                   "are %s",
                                   member->string, bp_operator_names());
        }
    }
    if (kind_count != 1) {
        return bp_place_refuse(place, "must hold exactly one of all, any, not, some, text, "
                                      "text_matches and fact");
    }
    size_t wanted = bp_json_get(condition, "fact") ? 1 : 0;
    if (operator_count != wanted) {
        return bp_place_refuse(place,
                               wanted ? "a fact needs exactly one operator; there are %zu"
                                      : "only a fact takes an operator; there are %zu",
                               operator_count);
    }
    if (!bp_json_get(condition, "some") != !bp_json_get(condition, "when")) {
        return bp_place_refuse(place, "\"some\" and \"when\" belong together");
    }
    bool joins = bp_json_get(condition, "all") || bp_json_get(condition, "any") ||
                 bp_json_get(condition, "not") || bp_json_get(condition, "some");
    return joins && bp_json_get(condition, "says")
               ? bp_place_refuse(place, "only a fact or a text takes \"says\"")
               : 0;
}

int bp_condition_check(struct bp_place *place, const cJSON *condition) {
    if (!cJSON_IsObject(condition)) {
        return bp_place_refuse(place, "must be a condition, which is an object");
    }
    if (check_names(place, condition) != 0) {
        return -1;
    }
    /* The fact comes first, so that an operator is held to a pointer that is one. */
    const cJSON *fact = bp_json_get(condition, "fact");
    for (int pass = 0; pass < 2; pass++) {
        const cJSON *member;
        cJSON_ArrayForEach(member, condition) {
            size_t back;
            if ((member == fact) != (pass == 0)) {
                continue;
            }
            bp_place_enter(place, member->string, 0, &back);
            if (check_member(place, member, cJSON_GetStringValue(fact)) != 0) {
                return -1;
            }
            bp_place_leave(place, back);
        }
    }
    return 0;
}
