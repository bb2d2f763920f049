/* Version specifiers; see base/version.h. */
#include <string.h>

#include "base/version.h"
#include "base/version_parts.h"

enum operator_kind {
    COMPATIBLE,
    EQUAL,
    NOT_EQUAL,
    AT_MOST,
    AT_LEAST,
    BELOW,
    ABOVE,
    SAME_TEXT,
};

/* One clause, such as ">=0.43" or "==1.*". Points into the specifier. */
struct clause {
    enum operator_kind kind;
    const char *version;
    size_t version_length;
    bool prefix; /* written with ".*" at its end, which version_length leaves out */
    struct bp_version_parts parts;
};

static bool is_space(char character) {
    return character == ' ' || (character >= '\t' && character <= '\r');
}

static char lower(char character) {
    return character >= 'A' && character <= 'Z' ? (char)(character - 'A' + 'a') : character;
}

static void cut_space(const char **text, size_t *length) {
    while (*length && is_space(**text)) {
        ++*text;
        --*length;
    }
    while (*length && is_space((*text)[*length - 1])) {
        --*length;
    }
}

/* Which operator the text starts with, and its length, or 0 for none. */
static size_t read_operator(const char *text, size_t length, enum operator_kind *kind) {
    /* An operator stands before those it starts with. */
    static const struct {
        const char *spelling;
        enum operator_kind kind;
    } operators[] = {
        {"===", SAME_TEXT}, {"==", EQUAL},    {"!=", NOT_EQUAL}, {"~=", COMPATIBLE},
        {"<=", AT_MOST},    {">=", AT_LEAST}, {"<", BELOW},      {">", ABOVE},
    };
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        size_t size = strlen(operators[i].spelling);
        if (length >= size && memcmp(text, operators[i].spelling, size) == 0) {
            *kind = operators[i].kind;
            return size;
        }
    }
    return 0;
}

static bool has_space(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (is_space(text[i])) {
            return true;
        }
    }
    return false;
}

static bool is_final(const struct bp_version_parts *parts) {
    return parts->pre == BP_PRE_NONE && !parts->has_post && !parts->has_dev && !parts->local;
}

/* Whether the operator takes such a version: "~=1", ">1.0+local" and "==1rc1.*" mean nothing. */
static bool clause_allowed(const struct clause *clause) {
    const struct bp_version_parts *parts = &clause->parts;
    switch (clause->kind) {
    case EQUAL:
    case NOT_EQUAL:
        return !clause->prefix || is_final(parts);
    case COMPATIBLE:
        return !clause->prefix && !parts->local && bp_version_release_count(parts) >= 2;
    default:
        return !clause->prefix && !parts->local;
    }
}

static bool read_clause(const char *text, size_t length, struct clause *clause) {
    *clause = (struct clause){0};
    size_t size = read_operator(text, length, &clause->kind);
    if (!size) {
        return false;
    }
    text += size;
    length -= size;
    cut_space(&text, &length);
    clause->version = text;
    clause->version_length = length;
    if (!length || has_space(text, length)) {
        return false;
    }
    if (clause->kind == SAME_TEXT) {
        return true;
    }
    if (length > 2 && memcmp(text + length - 2, ".*", 2) == 0) {
        clause->prefix = true;
        clause->version_length -= 2;
    }
    return bp_version_split(text, clause->version_length, &clause->parts) && clause_allowed(clause);
}

static bool release_starts_with(const struct bp_version_parts *version,
                                const struct bp_version_parts *prefix, size_t count) {
    if (bp_version_number_order(version->epoch, prefix->epoch) != 0) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (bp_version_number_order(bp_version_release_at(version, i),
                                    bp_version_release_at(prefix, i)) != 0) {
            return false;
        }
    }
    return true;
}

static bool is_equal(struct bp_version_parts version, const struct clause *clause) {
    if (clause->prefix) {
        return release_starts_with(&version, &clause->parts,
                                   bp_version_release_count(&clause->parts));
    }
    if (!clause->parts.local) {
        version.local = NULL;
    }
    return bp_version_order(&version, &clause->parts) == 0;
}

static bool is_pre_release(const struct bp_version_parts *parts) {
    return parts->pre != BP_PRE_NONE || parts->has_dev;
}

/* "<V" leaves out what leads up to V, its pre-releases, unless V is a pre-release itself. */
static bool is_below(const struct bp_version_parts *version, struct bp_version_parts limit) {
    if (!is_pre_release(&limit)) {
        limit.has_dev = true;
    }
    return bp_version_order(version, &limit) < 0;
}

/* ">V" leaves out local versions of V, and its post-releases unless V is one itself. */
static bool is_above(struct bp_version_parts version, const struct bp_version_parts *limit) {
    version.local = NULL;
    if (version.has_post && !limit->has_post && !limit->has_dev) {
        version.has_post = version.has_dev = false;
        version.post = version.dev = (struct bp_version_number){0};
    }
    return bp_version_order(&version, limit) > 0;
}

static bool is_same_text(const char *version, const struct clause *clause) {
    size_t length = strlen(version);
    cut_space(&version, &length);
    if (length != clause->version_length) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (lower(version[i]) != lower(clause->version[i])) {
            return false;
        }
    }
    return true;
}

static bool meets_clause(const char *text, const struct bp_version_parts *version,
                         const struct clause *clause) {
    struct bp_version_parts public_version = *version;
    public_version.local = NULL;
    int order = 0;
    if (clause->kind != SAME_TEXT) {
        order = bp_version_order(&public_version, &clause->parts);
    }
    switch (clause->kind) {
    case EQUAL:
        return is_equal(*version, clause);
    case NOT_EQUAL:
        return !is_equal(*version, clause);
    case AT_MOST:
        return order <= 0;
    case AT_LEAST:
        return order >= 0;
    case COMPATIBLE:
        return order >= 0 && release_starts_with(version, &clause->parts,
                                                 bp_version_release_count(&clause->parts) - 1);
    case BELOW:
        return is_below(version, clause->parts);
    case ABOVE:
        return is_above(*version, &clause->parts);
    case SAME_TEXT:
        return is_same_text(text, clause);
    }
    return false;
}

/* Judges `version`, or only the specifier's form where it is NULL. */
static bool judge(const char *version, const char *specifier, bool *met) {
    struct bp_version_parts parts;
    if (version && !bp_version_split(version, strlen(version), &parts)) {
        return false;
    }
    bool all = true;
    for (const char *at = specifier; *at;) {
        const char *clause_text = at;
        size_t length = strcspn(at, ",");
        at += length + (at[length] == ',');
        cut_space(&clause_text, &length);
        if (!length) {
            continue;
        }
        struct clause clause;
        if (!read_clause(clause_text, length, &clause)) {
            return false;
        }
        all = all && version && meets_clause(version, &parts, &clause);
    }
    *met = all;
    return true;
}

bool bp_version_meets(const char *version, const char *specifier, bool *met) {
    return version && specifier && judge(version, specifier, met);
}

bool bp_specifier_valid(const char *specifier) {
    bool met;
    return specifier && judge(NULL, specifier, &met);
}
