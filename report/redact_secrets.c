/* Tokens, passwords, keys. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "report/redact_scan.h"

/* How many bytes at `text` may belong to a token or a name. (strspn makes a table each time.) */
static size_t token_length(const char *text) {
    size_t length = 0;
    while (bp_is_word_byte(text[length]) || text[length] == '_' || text[length] == '-') {
        length++;
    }
    return length;
}

/* What ends a secret value in running text. */
static const char value_end[] = " \t\r\n\"'`,;&<>()[]{}#|\\";

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
    {"gsk_", 20}, {"r8_", 20},      {"wandb_v1_", 8},
};

/* What the starts above start with: most words need no closer look. */
static const char first_letters[] = "hagsAxnpydrw";

/*
 * A made-up string rather than a name: long, or with digits among its letters. So
 * "hf_transfer" and "sk-learn" stay.
 */
static bool looks_random(const char *text, size_t length) {
    size_t digits = 0;
    size_t capitals = 0;
    size_t small = 0;
    size_t joints = 0;
    for (size_t i = 0; i < length; i++) {
        digits += isdigit((unsigned char)text[i]) != 0;
        capitals += isupper((unsigned char)text[i]) != 0;
        small += islower((unsigned char)text[i]) != 0;
        joints += text[i] == '_' || text[i] == '-';
    }
    return digits >= 2 || (capitals > 0 && small > 0) || (joints == 0 && length >= 16);
}

static bool redact_service_token(struct bp_scan *scan) {
    const char *at = scan->text + scan->at;
    if (!strchr(first_letters, *at) || bp_is_word_byte(bp_scan_before(scan))) {
        return false;
    }
    for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
        if (!bp_starts_with(at, services[i].start)) {
            continue;
        }
        size_t start = strlen(services[i].start);
        size_t length = token_length(at + start);
        if (length >= services[i].shortest && looks_random(at + start, length)) {
            return bp_scan_replace(scan, start + length, "<token>");
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
    size_t length = token_length(at);
    if (length < 12 || at[length] != '.') {
        return false;
    }
    for (int part = 1; part < 3 && at[length] == '.'; part++) {
        length += 1 + token_length(at + length + 1);
    }
    return bp_scan_replace(scan, length, "<token>");
}

/* "Bearer TOKEN" and "Basic TOKEN" of an Authorization header (RFC 9110). */
static bool redact_authorization(struct bp_scan *scan) {
    static const char *const schemes[] = {"Bearer ", "Basic "};
    const char *at = scan->text + scan->at;
    if ((*at != 'B' && *at != 'b') || bp_is_word_byte(bp_scan_before(scan))) {
        return false;
    }
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t start = strlen(schemes[i]);
        if (strncasecmp(at, schemes[i], start) != 0) {
            continue;
        }
        size_t length = strcspn(at + start, value_end);
        if (length >= 8 && looks_random(at + start, length)) {
            bp_str_add_bytes(scan->out, at, start);
            return bp_scan_replace(scan, start + length, "<token>");
        }
    }
    return false;
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
    return bp_scan_replace(scan, end_label ? (size_t)(end_label + 5 - at) : strlen(at), "<secret>");
}

/* The part of an address between "://" and "@" (RFC 3986, userinfo), and conda's /t/TOKEN/. */
static bool redact_in_address(struct bp_scan *scan) {
    const char *at = scan->text + scan->at;
    if (bp_starts_with(at, "://")) {
        size_t length = strcspn(at + 3, "/?#@ \t\r\n\"'<>");
        bool anonymous = length == 3 && strncmp(at + 3, "git", 3) == 0;
        if (length && at[3 + length] == '@' && !anonymous) {
            bp_str_add(scan->out, "://");
            return bp_scan_replace(scan, 3 + length, "<secret>");
        }
    }
    if (bp_starts_with(at, "/t/")) {
        size_t length = token_length(at + 3);
        if (length >= 8 && at[3 + length] == '/' && looks_random(at + 3, length)) {
            bp_str_add(scan->out, "/t/");
            return bp_scan_replace(scan, 3 + length, "<secret>");
        }
    }
    return false;
}

static bool ends_with_any(const char *name, const char *const ends[]) {
    for (size_t i = 0; ends[i]; i++) {
        if (bp_ends_with(name, ends[i])) {
            return true;
        }
    }
    return false;
}

/*
 * Whether a setting of that name holds a secret. "token" is a word of this field: of the
 * lower-case names only those that go with a service or with access are meant.
 */
static bool names_a_secret(const char *text, size_t length) {
    static const char *const always[] = {
        "password",   "passwd",     "passphrase",  "secret",      "api_key",       "apikey",
        "access_key", "secret_key", "private_key", "credentials", "access_key_id", NULL};
    static const char *const tokens[] = {"hf_token",     "hub_token",    "auth_token",
                                         "access_token", "api_token",    "refresh_token",
                                         "github_token", "gitlab_token", "session_token",
                                         "bearer_token", "login_token",  NULL};
    static const char *const variables[] = {"_token", "_key", "_pass", "_pwd", "_auth", NULL};
    bool capitals = true;
    char *name = bp_strndup(text, length);
    for (char *at = name; *at; at++) {
        capitals = capitals && !islower((unsigned char)*at);
        *at = *at == '-' ? '_' : (char)tolower((unsigned char)*at);
    }
    bool answer = ends_with_any(name, always) || ends_with_any(name, tokens) ||
                  bp_equal(name, "token") || (capitals && ends_with_any(name, variables));
    free(name);
    return answer;
}

static bool is_no_secret(const char *value, size_t length) {
    static const char *const plain[] = {"True", "False", "None", "true", "false", "null", "str"};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        if (strlen(plain[i]) == length && strncmp(value, plain[i], length) == 0) {
            return true;
        }
    }
    return length == 0 || value[0] == '$' || value[0] == '*';
}

/*
 * Bytes between a setting's name and its value, or 0 where none follows: NAME=VALUE,
 * "NAME": "VALUE", NAME: VALUE, and --NAME VALUE.
 */
static size_t separator_length(const struct bp_scan *scan, size_t name_length) {
    const char *start = scan->text + scan->at + name_length;
    const char *at = start;
    bool quoted = *at == '"' || *at == '\'';
    bool is_flag = scan->at >= 2 && strncmp(scan->text + scan->at - 2, "--", 2) == 0;
    bool is_token = name_length == 5;
    at += quoted;
    at += strspn(at, " ");
    if (*at == '=' && at[1] != '=') {
        at++;
    } else if (*at == ':' && (quoted || !is_token) && at[1] != ':') {
        at++;
    } else if (!is_flag || at == start) {
        return 0;
    }
    at += strspn(at, " ");
    at += *at == '"' || *at == '\'';
    return (size_t)(at - start);
}

static bool redact_setting(struct bp_scan *scan) {
    const char *at = scan->text + scan->at;
    char before = bp_scan_before(scan);
    if (!isalpha((unsigned char)*at) || bp_is_word_byte(before) || before == '_') {
        return false;
    }
    size_t name_length = token_length(at);
    if (name_length < 5 || name_length > 64) {
        return false;
    }
    size_t separator = separator_length(scan, name_length);
    if (!separator || !names_a_secret(at, name_length)) {
        return false;
    }
    const char *value = at + name_length + separator;
    size_t length = strcspn(value, value_end);
    if (is_no_secret(value, length)) {
        return false;
    }
    bp_str_add_bytes(scan->out, at, name_length + separator);
    return bp_scan_replace(scan, name_length + separator + length, "<secret>");
}

/* ?key=VALUE and the like in an address. */
static bool redact_query(struct bp_scan *scan) {
    static const char *const names[] = {"key", "sig",  "signature",       "auth",
                                        "pwd", "pass", "x-amz-signature", "x-amz-credential",
                                        NULL};
    const char *at = scan->text + scan->at;
    if (*at != '?' && *at != '&') {
        return false;
    }
    size_t name_length = token_length(at + 1);
    const char *value = at + 1 + name_length + 1;
    if (!name_length || value[-1] != '=') {
        return false;
    }
    bool secret = names_a_secret(at + 1, name_length);
    for (size_t i = 0; names[i]; i++) {
        secret = secret || (strlen(names[i]) == name_length &&
                            strncasecmp(at + 1, names[i], name_length) == 0);
    }
    size_t length = strcspn(value, value_end);
    if (!secret || !length) {
        return false;
    }
    bp_str_add_bytes(scan->out, at, name_length + 2);
    return bp_scan_replace(scan, name_length + 2 + length, "<secret>");
}

bool bp_redact_secret(struct bp_scan *scan) {
    switch (scan->text[scan->at]) {
    case '-':
        return redact_private_key(scan);
    case ':':
    case '/':
        return redact_in_address(scan);
    case '?':
    case '&':
        return redact_query(scan);
    default:
        return isalpha((unsigned char)scan->text[scan->at]) &&
               (redact_service_token(scan) || redact_web_token(scan) ||
                redact_authorization(scan) || redact_setting(scan));
    }
}
