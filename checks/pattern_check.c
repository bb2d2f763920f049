#include "checks/pattern_check.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "checks/assume.h"
#include "checks/install.h"
#include "checks/placeholders.h"
#include "checks/schema.h"

static int check_any_text(struct bp_place *place, const cJSON *value) {
    return cJSON_IsString(value) ? 0 : bp_place_refuse(place, "must be a text");
}

static int check_line(struct bp_place *place, const cJSON *value) {
    if (bp_place_check_text(place, value) != 0) {
        return -1;
    }
    return strchr(value->valuestring, '\n') ? bp_place_refuse(place, "must be one line") : 0;
}

static int check_placeholders(struct bp_place *place, const char *sentence) {
    return bp_placeholders_check(sentence, place->schema, place->err) == 0
               ? 0
               : bp_place_refuse_in(place);
}

int bp_sentence_check(struct bp_place *place, const cJSON *sentence) {
    return bp_place_check_text(place, sentence) != 0
               ? -1
               : check_placeholders(place, sentence->valuestring);
}

static int check_command(struct bp_place *place, const cJSON *command) {
    if (bp_place_check_text(place, command) != 0) {
        return -1;
    }
    const char *text = command->valuestring;
    return check_placeholders(
        place, bp_starts_with(text, BP_PIP_START) ? text + strlen(BP_PIP_START) : text);
}

static int check_sentence_or_null(struct bp_place *place, const cJSON *value) {
    return cJSON_IsNull(value) ? 0 : bp_sentence_check(place, value);
}

static int check_choice(struct bp_place *place, const cJSON *value, const char *choices) {
    const char *text = cJSON_GetStringValue(value);
    struct bp_strs list = {0};
    bp_strs_split(&list, choices, ' ', false);
    bool found = text && bp_strs_has(&list, text);
    bp_strs_free(&list);
    return found ? 0 : bp_place_refuse(place, "must be one of: %s", choices);
}

static int check_status(struct bp_place *place, const cJSON *value) {
    return check_choice(place, value, "confirmed likely possible");
}

static int check_severity(struct bp_place *place, const cJSON *value) {
    return check_choice(place, value, "error warning info");
}

static int check_disposition(struct bp_place *place, const cJSON *value) {
    return check_choice(place, value,
                        "upgrade environment duplicate upstream question needs-info "
                        "known-limitation investigate");
}

/* Lower-case words and numbers joined by single "-". */
static bool is_id(const char *text) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    for (;;) {
        size_t word = strspn(text, letters);
        if (!word || (text[word] && text[word] != '-')) {
            return false;
        }
        if (!text[word]) {
            return true;
        }
        text += word + 1;
    }
}

static int check_truth(struct bp_place *place, const cJSON *value) {
    return cJSON_IsBool(value) ? 0 : bp_place_refuse(place, "must be true or false");
}

static int check_id_form(struct bp_place *place, const cJSON *value) {
    const char *text = cJSON_GetStringValue(value);
    return text && is_id(text) ? 0
                               : bp_place_refuse(place, "must be lower-case words joined by \"-\"");
}

static int check_id(struct bp_place *place, const cJSON *value) {
    if (check_id_form(place, value) != 0) {
        return -1;
    }
    char *expected = bp_format("%s.json", value->valuestring);
    bool same = bp_equal(bp_base_name(place->file), expected);
    free(expected);
    return same ? 0 : bp_place_refuse(place, "is \"%s\", not the file's name", value->valuestring);
}

static int check_issue_number(struct bp_place *place, const cJSON *value) {
    bool number = cJSON_IsNumber(value) && value->valuedouble >= 1 &&
                  value->valuedouble <= 1000000000 && value->valuedouble == value->valueint;
    return number || cJSON_IsNull(value)
               ? 0
               : bp_place_refuse(place, "must be the number of an issue, or null");
}

static int check_reference(struct bp_place *place, const cJSON *value) {
    const char *text = cJSON_GetStringValue(value);
    bool issue =
        bp_starts_with(text, "#") && text[1] && strspn(text + 1, "0123456789") == strlen(text + 1);
    return issue || bp_starts_with(text, "https://") || bp_starts_with(text, "http://")
               ? 0
               : bp_place_refuse(place, "must be an address or an issue such as \"#1633\"");
}

static int check_snapshot(struct bp_place *place, const cJSON *value) {
    if (!cJSON_IsObject(value)) {
        return bp_place_refuse(place, "must be an object");
    }
    return bp_schema_check_snapshot(place->schema, value, place->err) == 0
               ? 0
               : bp_place_refuse_in(place);
}

static int check_way(struct bp_place *place, const cJSON *value) {
    static const struct bp_member members[] = {
        {"status", check_status, true},
        {"when", bp_condition_check, true},
        {"says", bp_sentence_check, true},
        {"severity", check_severity, false},
        {NULL, NULL, false},
    };
    return bp_place_check_object(place, value, members);
}

static int check_exception(struct bp_place *place, const cJSON *value) {
    static const struct bp_member members[] = {
        {"when", bp_condition_check, true},
        {"says", bp_sentence_check, true},
        {NULL, NULL, false},
    };
    return bp_place_check_object(place, value, members);
}

static int check_assumptions(struct bp_place *place, const cJSON *value) {
    struct bp_strs assumptions = {0};
    struct bp_err err = {0};
    int result = bp_place_check_array(place, value, check_line, false);
    const cJSON *item;
    cJSON_ArrayForEach(item, value) {
        if (result == 0) {
            bp_strs_add(&assumptions, cJSON_GetStringValue(item));
        }
    }
    if (result == 0 && bp_assume_check(&assumptions, NULL, &err) != 0) {
        result = bp_place_refuse(place, "%s", bp_err_text(&err));
    }
    bp_err_clear(&err);
    bp_strs_free(&assumptions);
    return result;
}

static int check_step(struct bp_place *place, const cJSON *value) {
    static const struct bp_member members[] = {
        {"says", bp_sentence_check, true},
        {"command", check_command, false},
        {"when", bp_condition_check, false},
        {"assume", check_assumptions, false},
        {NULL, NULL, false},
    };
    return bp_place_check_object(place, value, members);
}

static int check_case(struct bp_place *place, const cJSON *value) {
    static const struct bp_member members[] = {
        {"name", check_line, true},
        {"snapshot", check_snapshot, false},
        {"text", check_any_text, false},
        {"status", check_status, false},
        {NULL, NULL, false},
    };
    if (bp_place_check_object(place, value, members) != 0) {
        return -1;
    }
    bool judged = bp_json_get(value, "snapshot") || bp_json_get(value, "text");
    return judged ? 0 : bp_place_refuse(place, "needs a \"snapshot\" or a \"text\"");
}

static int check_ways(struct bp_place *place, const cJSON *value) {
    return bp_place_check_array(place, value, check_way, false);
}

static int check_exceptions(struct bp_place *place, const cJSON *value) {
    return bp_place_check_array(place, value, check_exception, true);
}

static int check_steps(struct bp_place *place, const cJSON *value) {
    return bp_place_check_array(place, value, check_step, true);
}

static int check_cases(struct bp_place *place, const cJSON *value) {
    return bp_place_check_array(place, value, check_case, false);
}

static int check_ids(struct bp_place *place, const cJSON *value) {
    return bp_place_check_array(place, value, check_id_form, true);
}

static int check_references(struct bp_place *place, const cJSON *value) {
    return bp_place_check_array(place, value, check_reference, true);
}

static int check_notes(struct bp_place *place, const cJSON *value) {
    return bp_place_check_array(place, value, bp_place_check_text, true);
}

static int check_proof(struct bp_place *place, const cJSON *value) {
    static const struct bp_member members[] = {
        {"fires", check_cases, true},
        {"near_misses", check_cases, true},
        {NULL, NULL, false},
    };
    return bp_place_check_object(place, value, members);
}

static int check_pattern(struct bp_place *place, const cJSON *pattern) {
    static const struct bp_member members[] = {
        {"id", check_id, true},
        {"title", check_line, true},
        {"severity", check_severity, true},
        {"disposition", check_disposition, true},
        {"affects", bp_place_check_text, true},
        {"explanation", bp_sentence_check, true},
        {"shows", check_ways, true},
        {"rules_out", check_exceptions, true},
        {"explains", check_ids, true},
        {"remedy", check_steps, true},
        {"closing_comment", check_sentence_or_null, true},
        {"canonical_issue", check_issue_number, true},
        {"references", check_references, true},
        {"proof", check_proof, true},
        {"notes", check_notes, false},
        {"closes_when", bp_condition_check, false},
        {"addition", check_truth, false},
        {NULL, NULL, false},
    };
    return bp_place_check_object(place, pattern, members);
}

/* A member written twice would be judged by one of the two and read by the other. */
static int check_no_twins(struct bp_place *place, const cJSON *value) {
    size_t index = 0;
    for (const cJSON *child = value->child; child; child = child->next) {
        size_t back;
        bp_place_enter(place, child->string, index++, &back);
        if (child->string && bp_json_get(value, child->string) != child) {
            return bp_place_refuse(place, "this member is there twice");
        }
        if (check_no_twins(place, child) != 0) {
            return -1;
        }
        bp_place_leave(place, back);
    }
    return 0;
}

int bp_pattern_check(const cJSON *pattern, const char *file, const cJSON *schema,
                     struct bp_err *err) {
    struct bp_err reason = {0};
    struct bp_place place = {
        .file = file, .pointer = BP_STR_EMPTY, .schema = schema, .err = err ? err : &reason};
    int result = check_no_twins(&place, pattern);
    result = result == 0 ? check_pattern(&place, pattern) : result;
    bp_str_free(&place.pointer);
    bp_err_clear(&reason);
    return result;
}
