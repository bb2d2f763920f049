#include "checks/place.h"

#include <stdarg.h>
#include <string.h>

#include "base/json.h"

void bp_place_enter(struct bp_place *place, const char *member, size_t index, size_t *back) {
    *back = place->pointer.length;
    if (member) {
        bp_pointer_add(&place->pointer, member);
    } else {
        bp_str_addf(&place->pointer, "/%zu", index);
    }
}

void bp_place_leave(struct bp_place *place, size_t back) {
    bp_str_truncate(&place->pointer, back);
}

int bp_place_refuse_in(const struct bp_place *place) {
    const char *pointer = place->pointer.length ? place->pointer.data : "/";
    return bp_fail_in(place->err, "%s: %s", place->file, pointer);
}

int bp_place_refuse(const struct bp_place *place, const char *format, ...) {
    struct bp_str reason = BP_STR_EMPTY;
    va_list arguments;
    va_start(arguments, format);
    bp_str_addv(&reason, format, arguments);
    va_end(arguments);
    bp_fail(place->err, BP_E_FORMAT, "%s", reason.data);
    bp_str_free(&reason);
    return bp_place_refuse_in(place);
}

static const struct bp_member *find_member(const struct bp_member *members, const char *name) {
    for (; members->name; members++) {
        if (strcmp(members->name, name) == 0) {
            return members;
        }
    }
    return NULL;
}

static int check_present(struct bp_place *place, const cJSON *object,
                         const struct bp_member *members) {
    for (; members->name; members++) {
        if (members->required && !bp_json_get(object, members->name)) {
            return bp_place_refuse(place, "\"%s\" is missing", members->name);
        }
    }
    return 0;
}

int bp_place_check_object(struct bp_place *place, const cJSON *object,
                          const struct bp_member *members) {
    if (!cJSON_IsObject(object)) {
        return bp_place_refuse(place, "must be an object");
    }
    if (check_present(place, object, members) != 0) {
        return -1;
    }
    const cJSON *child;
    cJSON_ArrayForEach(child, object) {
        size_t back;
        const struct bp_member *member = find_member(members, child->string);
        bp_place_enter(place, child->string, 0, &back);
        if (!member) {
            return bp_place_refuse(place, "there is no such member");
        }
        if (member->check(place, child) != 0) {
            return -1;
        }
        bp_place_leave(place, back);
    }
    return 0;
}

int bp_place_check_array(struct bp_place *place, const cJSON *array,
                         int (*check)(struct bp_place *place, const cJSON *value),
                         bool may_be_empty) {
    if (!cJSON_IsArray(array)) {
        return bp_place_refuse(place, "must be an array");
    }
    if (!array->child && !may_be_empty) {
        return bp_place_refuse(place, "must not be empty");
    }
    size_t index = 0;
    for (const cJSON *element = array->child; element; element = element->next) {
        size_t back;
        bp_place_enter(place, NULL, index++, &back);
        if (check(place, element) != 0) {
            return -1;
        }
        bp_place_leave(place, back);
    }
    return 0;
}

int bp_place_check_text(struct bp_place *place, const cJSON *value) {
    const char *text = cJSON_GetStringValue(value);
    return text && *text ? 0 : bp_place_refuse(place, "must be a text that is not empty");
}
