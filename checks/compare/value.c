#include "checks/compare/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "checks/compare/shorten.h"

/* Steps between a size and its double. */
static const double steps = 8;

/*
 * Bytes rounded up to an eighth of the power of two below: what a machine has is a little less
 * than what it was sold with, and never the same.
 */
static char *size_words(double bytes) {
    if (bytes < 1024 * 1024) {
        return bp_format("%.0f bytes", bytes);
    }
    int power;
    frexp(bytes, &power);
    double step = ldexp(1, power - 1) / steps;
    double rounded = ceil(bytes / step) * step;
    double gib = rounded / (1024.0 * 1024 * 1024);
    return gib >= 1 ? bp_format("%.4g GiB", gib) : bp_format("%.4g MiB", gib * 1024);
}

/* What the names of all native libraries of bitsandbytes start with. */
#define LIBRARY_START "libbitsandbytes_"

static char *scalar_words(const cJSON *fact) {
    if (cJSON_IsString(fact)) {
        return *fact->valuestring ? bp_strdup(fact->valuestring) : bp_strdup("(empty)");
    }
    return cJSON_IsNumber(fact)  ? bp_format("%.15g", fact->valuedouble)
           : cJSON_IsTrue(fact)  ? bp_strdup("yes")
           : cJSON_IsFalse(fact) ? bp_strdup("no")
                                 : NULL;
}

/* A scalar as words; NULL for what is none. */
static char *words_of(const cJSON *fact, const char *member, const struct bp_compare_view *view) {
    if (cJSON_IsNumber(fact) && bp_equal(member, "memory_bytes")) {
        return size_words(fact->valuedouble);
    }
    if (cJSON_IsTrue(fact) && member) {
        return bp_strdup(member);
    }
    if (cJSON_IsFalse(fact) && member) {
        return NULL; /* in a row only what is the case is said */
    }
    char *words = scalar_words(fact);
    if (words && bp_equal(member, "name") && bp_starts_with(words, LIBRARY_START)) {
        const char *kind = words + strlen(LIBRARY_START);
        char *shown = bp_strndup(kind, strcspn(kind, "."));
        free(words);
        words = shown;
    }
    if (words && bp_equal(member, "path")) {
        char *shown = bp_shorten(words, view->prefix);
        free(words);
        words = shown;
    }
    return words;
}

char *bp_compare_row(const cJSON *row, const char *members, const struct bp_compare_view *view) {
    struct bp_strs names = {0};
    struct bp_str words = BP_STR_EMPTY;
    bool counts = true;
    bp_strs_split(&names, members, ' ', false);
    for (size_t i = 0; i < names.count; i++) {
        bool must = names.items[i][0] == '?';
        bool must_not = names.items[i][0] == '!';
        const char *name = names.items[i] + (must || must_not);
        const cJSON *fact = bp_json_get(row, name);
        char *value = words_of(fact, name, view);
        counts = counts && !(must && !value) && !(must_not && !cJSON_IsFalse(fact));
        if (value && !must_not) {
            bp_str_addf(&words, "%s%s", words.length ? " " : "", value);
        }
        free(value);
    }
    bp_strs_free(&names);
    if (!counts || !words.length) {
        bp_str_free(&words);
        return NULL;
    }
    return bp_str_detach(&words);
}

/* Joins a sorted list; what is there several times is counted. NULL where it is empty. */
static char *join_counted(struct bp_strs *list, const char *separator) {
    struct bp_str words = BP_STR_EMPTY;
    bp_strs_sort(list);
    for (size_t i = 0, same; i < list->count; i += same) {
        for (same = 1; i + same < list->count && bp_equal(list->items[i], list->items[i + same]);) {
            same++;
        }
        bp_str_add(&words, words.length ? separator : "");
        if (same > 1) {
            bp_str_addf(&words, "%zu x ", same);
        }
        bp_str_add(&words, list->items[i]);
    }
    bool empty = list->count == 0;
    bp_strs_free(list);
    if (empty) {
        bp_str_free(&words);
        return NULL;
    }
    return bp_str_detach(&words);
}

static char *rows_words(const cJSON *rows, const char *members,
                        const struct bp_compare_view *view) {
    struct bp_strs list = {0};
    const cJSON *row;
    cJSON_ArrayForEach(row, rows) {
        char *words = bp_compare_row(row, members, view);
        if (words) {
            bp_strs_add_owned(&list, words);
        }
    }
    return join_counted(&list, "; ");
}

static char *set_words(const cJSON *set, const struct bp_compare_view *view) {
    struct bp_strs list = {0};
    const cJSON *item;
    cJSON_ArrayForEach(item, set) {
        char *words = words_of(item, "path", view);
        if (words) {
            bp_strs_add_owned(&list, words);
        }
    }
    return join_counted(&list, ", ");
}

static char *path_words(const cJSON *fact, const char *prefix) {
    const char *text = cJSON_GetStringValue(fact);
    return text ? bp_shorten(text, prefix) : NULL;
}

char *bp_compare_value(const struct bp_compared *row, const cJSON *fact,
                       const struct bp_compare_view *view) {
    switch (row->kind) {
    case BP_COMPARE_PATH:
        return path_words(fact, NULL);
    case BP_COMPARE_INSIDE:
        return path_words(fact, view->prefix);
    case BP_COMPARE_FILE:
        return cJSON_IsString(fact) ? bp_strdup(bp_base_name(fact->valuestring)) : NULL;
    case BP_COMPARE_SIZE:
        return cJSON_IsNumber(fact) ? size_words(fact->valuedouble) : NULL;
    case BP_COMPARE_SET:
        return set_words(fact, view);
    case BP_COMPARE_ROWS:
        return rows_words(fact, row->members, view);
    case BP_COMPARE_COPIES:
        return cJSON_GetArraySize(fact) > 1 ? rows_words(fact, row->members, view) : NULL;
    default:
        return words_of(fact, NULL, view);
    }
}
