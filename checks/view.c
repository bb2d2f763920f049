#include "checks/view.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "checks/excerpt.h"

#define LOADER "/loader"
#define TEXT "/text"

/* No single fact may flood a sentence. */
#define WORDS_MOST 400

static bool is_in(const char *pointer, const char *root) {
    size_t length = strlen(root);
    return strncmp(pointer, root, length) == 0 &&
           (pointer[length] == '/' || pointer[length] == '\0');
}

bool bp_pointer_in_loader(const char *pointer) {
    return is_in(pointer, LOADER);
}

bool bp_pointer_in_text(const char *pointer) {
    return is_in(pointer, TEXT);
}

size_t bp_view_line(const struct bp_view *view, const char *pointer) {
    const cJSON *fact = bp_json_find(view->learned, "pointer", pointer);
    if (fact) {
        return (size_t)bp_json_number(fact, "line", 0);
    }
    bool error = strncmp(pointer, TEXT "/error/", strlen(TEXT "/error/")) == 0;
    return error ? (size_t)bp_json_number(bp_json_get(view->about, "error"), "line", 0) : 0;
}

const cJSON *bp_view_root(const struct bp_view *view, const char *pointer, const char **rest) {
    if (bp_pointer_in_loader(pointer)) {
        *rest = pointer + strlen(LOADER);
        return view->loader;
    }
    if (bp_pointer_in_text(pointer)) {
        *rest = pointer + strlen(TEXT);
        return view->about;
    }
    *rest = pointer;
    return view->snapshot;
}

const cJSON *bp_view_fact(const struct bp_view *view, const char *pointer) {
    const char *rest;
    const cJSON *root = bp_view_root(view, pointer, &rest);
    const cJSON *fact = root ? bp_json_at(root, rest) : NULL;
    return cJSON_IsNull(fact) ? NULL : fact;
}

static bool add_scalar(struct bp_str *words, const cJSON *fact) {
    if (cJSON_IsString(fact)) {
        bp_str_add(words, fact->valuestring);
    } else if (cJSON_IsBool(fact)) {
        bp_str_add(words, cJSON_IsTrue(fact) ? "true" : "false");
    } else if (cJSON_IsNumber(fact)) {
        bool whole = fabs(fact->valuedouble) < 1e15 &&
                     fabs(fact->valuedouble - floor(fact->valuedouble)) < 1e-9;
        bp_str_addf(words, whole ? "%.0f" : "%.10g", fact->valuedouble);
    } else {
        return false;
    }
    return true;
}

char *bp_fact_words(const cJSON *fact) {
    struct bp_str words = BP_STR_EMPTY;
    bool any = false;
    if (cJSON_IsArray(fact)) {
        const cJSON *element;
        cJSON_ArrayForEach(element, fact) {
            if (any) {
                bp_str_add(&words, ", ");
            }
            any = add_scalar(&words, element);
            if (!any) {
                break;
            }
        }
    } else {
        any = add_scalar(&words, fact);
    }
    char *plain = any ? bp_excerpt_text(words.data, words.length, WORDS_MOST) : NULL;
    bp_str_free(&words);
    return plain;
}
