#include "probe/python_source.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"

static const char *skip_blanks(const char *at) {
    while (*at == ' ' || *at == '\t') {
        at++;
    }
    return at;
}

/* Whether nothing but a comment follows on the line. */
static bool ends_here(const char *at) {
    at = skip_blanks(at);
    return *at == '\0' || *at == '\n' || *at == '\r' || *at == '#' || *at == ';';
}

/*
 * The string literal at `at`, without prefix and escapes; *end is set behind it. NULL for
 * anything else: versions and paths need no escapes.
 */
static char *read_string(const char *at, const char **end) {
    char quote = *at;
    if (quote != '\'' && quote != '"') {
        return NULL;
    }
    size_t length = strcspn(at + 1, quote == '"' ? "\"\\\n" : "'\\\n");
    if (at[1 + length] != quote) {
        return NULL;
    }
    *end = at + length + 2;
    return bp_strndup(at + 1, length);
}

static bool is_word(const char *at, const char *word, const char **end) {
    size_t length = strlen(word);
    if (strncmp(at, word, length) != 0 || isalnum((unsigned char)at[length]) || at[length] == '_') {
        return false;
    }
    *end = at + length;
    return true;
}

static struct bp_literal read_literal(const char *at) {
    struct bp_literal literal = {.kind = BP_LITERAL_OTHER};
    const char *end = at;
    char *text = read_string(at, &end);
    if (text && ends_here(end)) {
        literal.kind = BP_LITERAL_TEXT;
        literal.text = text;
        return literal;
    }
    free(text);
    if (is_word(at, "None", &end) && ends_here(end)) {
        literal.kind = BP_LITERAL_NONE;
    } else if (is_word(at, "True", &end) && ends_here(end)) {
        literal = (struct bp_literal){.kind = BP_LITERAL_BOOL, .truth = true};
    } else if (is_word(at, "False", &end) && ends_here(end)) {
        literal.kind = BP_LITERAL_BOOL;
    }
    return literal;
}

/* What `line` assigns to `name`, or NULL where it is no such line. */
static const char *assigned(const char *line, const char *name) {
    size_t length = strlen(name);
    if (strncmp(line, name, length) != 0) {
        return NULL;
    }
    const char *at = skip_blanks(line + length);
    if (*at == ':') { /* an annotation: no "=" of its own, and none over several lines */
        at += strcspn(at, "=\n");
    }
    return *at == '=' && at[1] != '=' ? skip_blanks(at + 1) : NULL;
}

struct bp_literal bp_python_assignment(const char *source, const char *name) {
    struct bp_literal literal = {.kind = BP_LITERAL_MISSING};
    for (const char *line = source; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        const char *value = assigned(line, name);
        if (value) {
            free(literal.text);
            literal = read_literal(value);
        }
    }
    return literal;
}

char *bp_python_entry(const char *source, const char *key) {
    size_t length = strlen(key);
    for (const char *at = source; (at = strstr(at, key)); at += length) {
        bool quoted = at > source && (at[-1] == '\'' || at[-1] == '"') && at[length] == at[-1];
        const char *colon = quoted ? skip_blanks(at + length + 1) : "";
        const char *end = NULL;
        if (*colon == ':') {
            char *value = read_string(skip_blanks(colon + 1), &end);
            if (value) {
                return value;
            }
        }
    }
    return NULL;
}
