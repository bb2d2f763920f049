#include "checks/placeholders.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/schema.h"

struct filling {
    const struct bp_view *view;
    const struct bp_evidence *evidence;
    const struct bp_shell *shell; /* of a command; NULL: it is none */
};

/*
 * The pointer with each "*" that stands where the piece's own condition had one replaced
 * by what the piece found there. NULL where no "*" could be replaced so.
 */
static char *follow_piece(const char *pointer, const struct bp_piece *piece) {
    const char *pattern = piece->pointer ? bp_json_text(piece->leaf, "fact") : NULL;
    const char *found = piece->pointer;
    struct bp_str result = BP_STR_EMPTY;
    bool replaced = false;
    bool same = pattern != NULL;
    while (*pointer == '/') {
        size_t size = 1 + strcspn(pointer + 1, "/");
        same = same && *pattern == '/' && *found == '/';
        size_t pattern_size = same ? 1 + strcspn(pattern + 1, "/") : 0;
        size_t found_size = same ? 1 + strcspn(found + 1, "/") : 0;
        same = same && pattern_size == size && memcmp(pattern, pointer, size) == 0;
        bool here = same && size == 2 && pointer[1] == '*';
        bp_str_add_bytes(&result, here ? found : pointer, here ? found_size : size);
        replaced = replaced || here;
        pointer += size;
        if (same) {
            pattern += pattern_size;
            found += found_size;
        }
    }
    if (!replaced) {
        bp_str_free(&result);
        return NULL;
    }
    return bp_str_detach(&result);
}

/* The words of the first fact that the rest of a pointer, "*" and all, leads to. */
static char *first_words(const cJSON *at, const char *rest) {
    if (!at || !*rest) {
        return bp_fact_words(at);
    }
    char *words = NULL;
    char *part = bp_pointer_next(&rest);
    if (strcmp(part, "*") == 0) {
        for (const cJSON *child = at->child; child && !words; child = child->next) {
            words = first_words(child, rest);
        }
    } else {
        words = first_words(bp_json_child(at, part), rest);
    }
    free(part);
    return words;
}

static char *words_at(const struct filling *filling, const char *pointer) {
    char *followed = NULL;
    if (strstr(pointer, "/*")) {
        for (size_t i = 0; i < filling->evidence->count && !followed; i++) {
            followed = follow_piece(pointer, &filling->evidence->items[i]);
        }
    }
    const char *rest;
    const cJSON *root = bp_view_root(filling->view, followed ? followed : pointer, &rest);
    char *words = first_words(root, rest);
    free(followed);
    return words;
}

static char *matched_words(const struct bp_evidence *evidence) {
    for (size_t i = 0; i < evidence->count; i++) {
        if (evidence->items[i].match && *evidence->items[i].match) {
            return bp_strdup(evidence->items[i].match);
        }
    }
    return NULL;
}

/* The length of the placeholder that starts at `text`, or 0 where none does. */
static size_t placeholder_length(const char *text) {
    if (strncmp(text, "{match}", 7) == 0) {
        return 7;
    }
    if (text[0] != '{' || text[1] != '/') {
        return 0;
    }
    const char *end = strchr(text, '}');
    return end ? (size_t)(end - text) + 1 : 0;
}

/* {/pointer|words}: what stands in the place of a fact that is not known. */
static const char *words_otherwise(const char *placeholder, size_t length) {
    const char *bar = memchr(placeholder, '|', length);
    return bar ? bar + 1 : NULL;
}

/* The value of a placeholder, or NULL. */
static char *value_of(const struct filling *filling, const char *placeholder, size_t length) {
    if (placeholder[1] != '/') {
        return matched_words(filling->evidence);
    }
    const char *otherwise = words_otherwise(placeholder, length);
    size_t end = otherwise ? (size_t)(otherwise - placeholder) : length;
    char *pointer = bp_strndup(placeholder + 1, end - 2);
    char *value = words_at(filling, pointer);
    free(pointer);
    if (!value && otherwise) {
        value = bp_strndup(otherwise, length - end - 1);
    }
    return value;
}

/* Appends the placeholder's value; false, and "unknown" appended, where it has none. */
static bool add_value(struct bp_str *out, const struct filling *filling, const char *placeholder,
                      size_t length) {
    char *value = value_of(filling, placeholder, length);
    if (!value) {
        bp_str_add(out, "unknown");
        return false;
    }
    if (filling->shell) {
        bp_shell_add_word(filling->shell, out, value);
    } else {
        bp_str_add(out, value);
    }
    free(value);
    return true;
}

/* Appends text[0..length), which holds no bracketed part; says whether every value was there. */
static bool add_part(struct bp_str *out, const struct filling *filling, const char *text,
                     size_t length) {
    bool complete = true;
    for (size_t at = 0; at < length;) {
        size_t size = placeholder_length(text + at);
        if (size && size <= length - at) {
            complete = add_value(out, filling, text + at, size) && complete;
            at += size;
        } else {
            bp_str_add_char(out, text[at++]);
        }
    }
    return complete;
}

char *bp_placeholders_fill(const char *sentence, const struct bp_view *view,
                           const struct bp_evidence *evidence, const struct bp_shell *shell,
                           bool *complete) {
    struct filling filling = {.view = view, .evidence = evidence, .shell = shell};
    struct bp_str out = BP_STR_EMPTY;
    *complete = true;
    for (const char *at = sentence; *at;) {
        const char *open = strstr(at, "[[");
        const char *close = open ? strstr(open, "]]") : NULL;
        size_t plain = close ? (size_t)(open - at) : strlen(at);
        *complete = add_part(&out, &filling, at, plain) && *complete;
        at += plain;
        if (close) {
            size_t before = out.length;
            if (!add_part(&out, &filling, open + 2, (size_t)(close - open) - 2)) {
                bp_str_truncate(&out, before);
            }
            at = close + 2;
        }
    }
    return bp_str_detach(&out);
}

/* Braces are the author's own, as in a Python snippet, unless they look like a placeholder. */
static bool looks_like_placeholder(const char *text, const char *start) {
    if (*text != '{' || (text > start && text[-1] == '$')) {
        return false;
    }
    size_t word = strspn(text + 1, "abcdefghijklmnopqrstuvwxyz_");
    return text[1] == '/' || (word && text[1 + word] == '}');
}

static int check_placeholder(const char *text, size_t length, const cJSON *schema,
                             struct bp_err *err) {
    if (!length) {
        return bp_fail(err, BP_E_FORMAT,
                       "\"%.40s\" is no placeholder: only {/pointer} and {match} are", text);
    }
    if (text[1] != '/') {
        return 0;
    }
    const char *otherwise = words_otherwise(text, length);
    size_t end = otherwise ? (size_t)(otherwise - text) : length;
    char *pointer = bp_strndup(text + 1, end - 2);
    int result = bp_schema_check_pointer(schema, pointer, err);
    free(pointer);
    return result;
}

int bp_placeholders_check(const char *sentence, const cJSON *schema, struct bp_err *err) {
    bool inside = false;
    bool filled = false;
    for (const char *at = sentence; *at;) {
        size_t size = 1;
        if (strncmp(at, "[[", 2) == 0 || strncmp(at, "]]", 2) == 0) {
            bool opens = *at == '[';
            if (opens == inside) {
                return bp_fail(err, BP_E_FORMAT, "\"%s\" does not fit here: \"%.40s\"",
                               opens ? "[[" : "]]", at);
            }
            if (!opens && !filled) {
                return bp_fail(err, BP_E_FORMAT, "a part in [[...]] holds no placeholder");
            }
            inside = opens;
            filled = false;
            size = 2;
        } else if (looks_like_placeholder(at, sentence)) {
            size = placeholder_length(at);
            if (check_placeholder(at, size, schema, err) != 0) {
                return -1;
            }
            filled = true;
        }
        at += size;
    }
    return inside ? bp_fail(err, BP_E_FORMAT, "\"[[\" is not closed") : 0;
}
