/* Tokens and keys that can be told from what they look like. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "report/redact_scan.h"

/* Bytes of something withheld that a string may end with by chance where it was cut. */
enum { CUT_LEAST = 3, SECRET_LEAST = 6 };

/* Services whose tokens can be told by how they start. */
static const struct {
    const char *start;
    size_t shortest; /* bytes after the start */
} services[] = {
    {"hf_", 8},   {"api_org_", 16}, {"ghp_", 8},        {"gho_", 8},      {"ghu_", 8},
    {"ghs_", 8},  {"ghr_", 8},      {"github_pat_", 8}, {"sk-", 12},      {"sk_live_", 8},
    {"AKIA", 12}, {"ASIA", 12},     {"xoxb-", 8},       {"xoxp-", 8},     {"xoxa-", 8},
    {"xoxr-", 8}, {"xoxs-", 8},     {"xapp-", 8},       {"glpat-", 8},    {"pypi-", 16},
    {"npm_", 20}, {"AIza", 20},     {"ya29.", 16},      {"dckr_pat_", 8}, {"nvapi-", 12},
    {"gsk_", 20}, {"r8_", 20},      {"wandb_v1_", 8},   {"GOCSPX-", 16},
};

/* What the starts above start with: most words need no closer look. */
static const char first_letters[] = "hagsAxnpydrwG";

static bool redact_service_token(struct bp_scan *scan) {
    const char *at = scan->text + scan->at;
    if (!strchr(first_letters, *at) || bp_is_word_byte(bp_scan_before(scan))) {
        return false;
    }
    for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
        if (*at != services[i].start[0] || !bp_starts_with(at, services[i].start)) {
            continue;
        }
        size_t start = strlen(services[i].start);
        size_t length = bp_token_length(at + start);
        if (length >= services[i].shortest && bp_looks_random(at + start, length)) {
            return bp_scan_replace(scan, start + length, "<token>", BP_WITHHELD_TOKEN);
        }
    }
    return false;
}

/* A JSON Web Token (RFC 7519): three base64url parts, the first an object. */
static bool redact_web_token(struct bp_scan *scan) {
    const char *at = scan->text + scan->at;
    if (strncmp(at, "eyJ", 3) != 0 || bp_is_word_byte(bp_scan_before(scan))) {
        return false;
    }
    size_t length = bp_token_length(at);
    if (length < 12 || at[length] != '.') {
        return false;
    }
    for (int part = 1; part < 3 && at[length] == '.'; part++) {
        length += 1 + bp_token_length(at + length + 1);
    }
    return bp_scan_replace(scan, length, "<token>", BP_WITHHELD_TOKEN);
}

static bool redact_private_key(struct bp_scan *scan) {
    const char *at = scan->text + scan->at;
    if (!bp_starts_with(at, "-----BEGIN ")) {
        return false;
    }
    const char *label_end = strstr(at + 11, "-----");
    const char *word = strstr(at, "PRIVATE KEY");
    if (!label_end || !word || word > label_end) {
        return false;
    }
    const char *end = strstr(label_end + 5, "-----END ");
    const char *end_label = end ? strstr(end + 9, "-----") : NULL;
    return bp_scan_replace(scan, end_label ? (size_t)(end_label + 5 - at) : strlen(at), "<secret>",
                           BP_WITHHELD_PRIVATE_KEY);
}

/*
 * Keys that nothing but their length and their surroundings tell: wandb's 40 hexadecimal digits,
 * and AWS's 40 characters that go with a key id.
 */
static bool redact_bare_key(struct bp_scan *scan) {
    const char *at = scan->text + scan->at;
    char before = bp_scan_before(scan);
    size_t length = 0;
    while (length <= 40 &&
           (bp_is_word_byte(at[length]) || (at[length] && strchr("+/=", at[length])))) {
        length++;
    }
    if (length != 40 || (before && strchr("+/=_-.", before) && before != '=') ||
        !bp_looks_random(at, length)) {
        return false;
    }
    bool hexadecimal = strspn(at, "0123456789abcdef") >= length;
    bool found = hexadecimal
                     ? bp_scan_follows(scan, "wandb", 80)
                     : bp_scan_follows(scan, "AKIA", 160) || bp_scan_follows(scan, "ASIA", 160) ||
                           bp_scan_follows(scan, "aws", 80);
    return found && bp_scan_replace(scan, length, "<secret>", BP_WITHHELD_SECRET);
}

bool bp_redact_secret(struct bp_scan *scan) {
    char at = scan->text[scan->at];
    if (at == '-') {
        return redact_private_key(scan);
    }
    return isalnum((unsigned char)at) && !bp_is_word_byte(bp_scan_before(scan)) &&
           (redact_service_token(scan) || redact_web_token(scan) || redact_bare_key(scan));
}

/* Long and mixed enough to be no word that stands in a report for other reasons. */
static bool is_unmistakable(const char *token) {
    bool digits = false;
    bool capitals = false;
    bool small = false;
    for (const char *at = token; *at; at++) {
        digits = digits || isdigit((unsigned char)*at);
        capitals = capitals || isupper((unsigned char)*at);
        small = small || islower((unsigned char)*at);
    }
    return strlen(token) >= 16 && digits && capitals && small;
}

static void replace_token(struct bp_redactor *redactor, char **text, const char *token) {
    struct bp_str out = BP_STR_EMPTY;
    const char *at = *text;
    for (const char *found = strstr(at, token); found; found = strstr(at, token)) {
        bp_str_add_bytes(&out, at, (size_t)(found - at));
        bp_str_add(&out, "<token>");
        redactor->withheld.counts[BP_WITHHELD_TOKEN]++;
        at = found + strlen(token);
    }
    if (at != *text) {
        bp_str_add(&out, at);
        free(*text);
        *text = bp_str_detach(&out);
    }
    bp_str_free(&out);
}

/* How much of the end of `text` up to `end` is the start of `value`, but not all of it. */
static size_t cut_length(const char *text, const char *end, const char *value) {
    size_t length = strlen(value) - 1;
    length = length < (size_t)(end - text) ? length : (size_t)(end - text);
    while (length > 0 && strncmp(end - length, value, length) != 0) {
        length--;
    }
    return length;
}

/* The longest start of anything withheld that stands before `end`, or 0. */
static size_t longest_cut(const struct bp_redactor *redactor, const char *text, const char *end) {
    size_t longest = 0;
    for (size_t kind = 0; kind < BP_WITHHELD_KINDS; kind++) {
        const struct bp_strs *values = &redactor->withheld.values[kind];
        for (size_t i = 0; i < values->count; i++) {
            size_t length = cut_length(text, end, values->items[i]);
            longest = length > longest ? length : longest;
        }
    }
    return longest >= CUT_LEAST ? longest : 0;
}

/* How much of the start of `text` is the end of `value`, but not all of it. */
static size_t rest_length(const char *text, const char *value) {
    size_t length = strlen(value) - 1;
    while (length > 0 && strncmp(text, value + strlen(value) - length, length) != 0) {
        length--;
    }
    return length;
}

/* The longest end of anything withheld that stands at the start of `text`, or 0. */
static size_t longest_rest(const struct bp_redactor *redactor, const char *text) {
    size_t longest = 0;
    for (size_t kind = 0; kind < BP_WITHHELD_KINDS; kind++) {
        const struct bp_strs *values = &redactor->withheld.values[kind];
        for (size_t i = 0; i < values->count; i++) {
            size_t length = rest_length(text, values->items[i]);
            longest = length > longest ? length : longest;
        }
    }
    return longest >= CUT_LEAST ? longest : 0;
}

/* Where a long string was cut, which an ellipsis shows, a part of something may be left. */
static void redact_cuts(struct bp_redactor *redactor, char *text) {
    static const char ellipsis[] = "\xE2\x80\xA6";
    for (char *end = strstr(text, ellipsis); end; end = strstr(end + strlen(ellipsis), ellipsis)) {
        size_t length = longest_cut(redactor, text, end);
        memmove(end - length, end, strlen(end) + 1);
        end -= length;
        char *after = end + strlen(ellipsis);
        length = longest_rest(redactor, after);
        memmove(after, after + length, strlen(after + length) + 1);
    }
}

/* Behind a cut the name that made a value secret may be missing. */
static void redact_known_secrets(struct bp_redactor *redactor, char **text) {
    const struct bp_strs *secrets = &redactor->withheld.values[BP_WITHHELD_SECRET];
    for (size_t i = 0; i < secrets->count; i++) {
        if (strlen(secrets->items[i]) >= SECRET_LEAST) {
            replace_token(redactor, text, secrets->items[i]);
        }
    }
}

void bp_redact_known_tokens(struct bp_redactor *redactor, char **text) {
    if (bp_starts_with(*text, "\xE2\x80\xA6")) {
        redact_known_secrets(redactor, text);
    }
    redact_cuts(redactor, *text);
    const struct bp_strs *tokens = &redactor->withheld.values[BP_WITHHELD_TOKEN];
    for (size_t i = 0; i < tokens->count; i++) {
        if (is_unmistakable(tokens->items[i])) {
            replace_token(redactor, text, tokens->items[i]);
        }
    }
}
