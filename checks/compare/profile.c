#include "checks/compare/profile.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "checks/compare/value.h"

#define SNAPSHOT "/snapshot"

static void add(struct bp_profile *profile, size_t row, const char *name, const char *value) {
    if (profile->count == profile->capacity) {
        profile->capacity = profile->capacity ? profile->capacity * 2 : 64;
        profile->items =
            bp_realloc_array(profile->items, profile->capacity, sizeof *profile->items);
    }
    struct bp_profile_fact fact = {row, bp_strdup(name), bp_strdup(value)};
    profile->items[profile->count++] = fact;
}

/* The interpreter that the package in use belongs to. */
static int interpreter_of(const cJSON *document) {
    const cJSON *index = bp_json_at(document, SNAPSHOT "/bitsandbytes/interpreter");
    bool usable = cJSON_IsNumber(index) && index->valuedouble >= 0 && index->valuedouble < 1000;
    return usable ? (int)index->valuedouble : 0;
}

/* The row's pointer with the interpreter in it. The caller frees it. */
static char *pointer_of(const struct bp_compared *row, int interpreter) {
    const char *at = strchr(row->pointer, '@');
    return at ? bp_format("%.*s%d%s", (int)(at - row->pointer), row->pointer, interpreter, at + 1)
              : bp_strdup(row->pointer);
}

/* Whether a collector says of the place, or of what it lies in, that it could not be learned. */
static bool is_said_unknown(const cJSON *document, const char *pointer) {
    const cJSON *collectors = bp_json_at(document, SNAPSHOT "/collectors");
    char *place = bp_strdup(pointer + strlen(SNAPSHOT));
    bool said = false;
    while (!said && *place) {
        const cJSON *collector;
        cJSON_ArrayForEach(collector, collectors) {
            said = said || bp_json_get(bp_json_get(collector, "unknown"), place);
        }
        *strrchr(place, '/') = '\0';
    }
    free(place);
    return said;
}

/* A section that is not there at all was not looked at; a member that is not there is none. */
static bool is_missing_section(const cJSON *document, const char *pointer) {
    const char *rest = pointer;
    bool in_snapshot = bp_starts_with(pointer, SNAPSHOT "/");
    char *first = bp_pointer_next(&rest);
    const cJSON *section = bp_json_get(document, first);
    free(first);
    if (in_snapshot && section) {
        char *second = bp_pointer_next(&rest);
        section = bp_json_get(section, second);
        free(second);
    }
    return !section;
}

static bool is_unknown(const cJSON *document, const char *pointer) {
    bool in_snapshot = bp_starts_with(pointer, SNAPSHOT "/");
    return (in_snapshot && is_said_unknown(document, pointer)) ||
           is_missing_section(document, pointer);
}

static size_t read_row(struct bp_profile *profile, size_t index, const cJSON *fact,
                       const struct bp_compare_view *view) {
    const struct bp_compared *row = &bp_compare_table[index];
    size_t before = profile->count;
    cJSON *values = bp_compare_values(row, fact, view);
    const cJSON *value;
    cJSON_ArrayForEach(value, values) {
        add(profile, index, value->string, value->valuestring);
    }
    if (!values) {
        char *one = bp_compare_value(row, fact, view);
        if (one) {
            add(profile, index, NULL, one);
        }
        free(one);
    }
    cJSON_Delete(values);
    return profile->count - before;
}

void bp_profile_read(struct bp_profile *profile, const cJSON *document) {
    int interpreter = interpreter_of(document);
    char *place = bp_format(SNAPSHOT "/python/interpreters/%d/prefix", interpreter);
    const char *chosen = bp_json_text_at(document, "/loader/chosen");
    const char *opened = chosen ? chosen : bp_json_text_at(document, "/loader/asks_for");
    struct bp_compare_view view = {
        .prefix = bp_json_text_at(document, place),
        .opened = opened ? bp_base_name(opened) : NULL,
    };
    for (size_t i = 0; i < bp_compare_table_size(); i++) {
        char *pointer = pointer_of(&bp_compare_table[i], interpreter);
        if (!read_row(profile, i, bp_json_at(document, pointer), &view)) {
            profile->unknown[i] = is_unknown(document, pointer);
        }
        free(pointer);
    }
    free(place);
}

void bp_profile_free(struct bp_profile *profile) {
    for (size_t i = 0; i < profile->count; i++) {
        free(profile->items[i].name);
        free(profile->items[i].value);
    }
    free(profile->items);
    *profile = (struct bp_profile){0};
}
