/* Values of settings whose names say that they are secret, wherever a setting may be written. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "report/redact_scan.h"

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
        "password",   "passwd",          "passphrase",    "secret",      "api_key",
        "apikey",     "access_key",      "secret_key",    "private_key", "credentials",
        "accountkey", "sharedaccesskey", "access_key_id", NULL};
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

/* Names that hold a secret where it looks like one: {"username": ..., "key": ...} of Kaggle. */
static bool names_a_key(const char *text, size_t length) {
    static const char *const names[] = {"key",  "sig", "signature",       "auth",
                                        "pass", "pwd", "x-amz-signature", "x-amz-credential"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strlen(names[i]) == length && strncasecmp(text, names[i], length) == 0) {
            return true;
        }
    }
    return false;
}

static bool redact_named(struct bp_scan *scan) {
    const char *at = scan->text + scan->at;
    size_t name_length = bp_token_length(at);
    if (name_length < 3 || name_length > 64) {
        return false;
    }
    size_t separator = separator_length(scan, name_length);
    if (!separator) {
        return false;
    }
    const char *value = at + name_length + separator;
    size_t length = strcspn(value, bp_value_end);
    bool is_key = names_a_key(at, name_length) && length >= 16 &&
                  bp_token_length(value) == length && bp_looks_random(value, length);
    if (is_no_secret(value, length) || (!is_key && !names_a_secret(at, name_length))) {
        return false;
    }
    bp_scan_keep(scan, name_length + separator);
    return bp_scan_replace(scan, length, "<secret>", BP_WITHHELD_SECRET);
}

/* "Bearer TOKEN" and "Basic TOKEN" (RFC 9110), with or without the header's name. */
static bool redact_scheme(struct bp_scan *scan) {
    static const char *const schemes[] = {"Bearer ", "Basic "};
    const char *at = scan->text + scan->at;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t start = strlen(schemes[i]);
        if (!bp_starts_in_any_case(at, schemes[i])) {
            continue;
        }
        size_t length = strcspn(at + start, bp_value_end);
        if (length >= 8 && bp_looks_random(at + start, length)) {
            bp_scan_keep(scan, start);
            return bp_scan_replace(scan, length, "<token>", BP_WITHHELD_TOKEN);
        }
    }
    return false;
}

/*
 * A header that is nothing but a secret: Authorization, Cookie. All of its value goes, or of one
 * with a scheme the word after it.
 */
static bool redact_header(struct bp_scan *scan) {
    static const char *const names[] = {"Authorization", "Proxy-Authorization", "Cookie",
                                        "Set-Cookie"};
    static const char *const schemes[] = {"Bearer", "Basic", "Token"};
    const char *at = scan->text + scan->at;
    size_t start = 0;
    bool one_word = false;
    for (size_t i = 0; i < sizeof names / sizeof *names && !start; i++) {
        size_t length = strlen(names[i]);
        if (bp_starts_in_any_case(at, names[i]) && !bp_is_word_byte(at[length])) {
            start = length + strspn(at + length, "\"'");
        }
    }
    if (!start || (at[start] != ':' && at[start] != '=')) {
        return false;
    }
    start += 1 + strspn(at + start + 1, " \"'");
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t length = strlen(schemes[i]);
        if (strncasecmp(at + start, schemes[i], length) == 0 && at[start + length] == ' ') {
            start += length + 1;
            one_word = true;
        }
    }
    size_t length = strcspn(at + start, one_word ? bp_value_end : "\r\n\"'`<");
    const char *key = strstr(at + start, "-----BEGIN ");
    if (key && key < at + start + length) {
        length = (size_t)(key - (at + start));
    }
    if (!length || at[start] == '$') {
        return false;
    }
    bp_scan_keep(scan, start);
    return bp_scan_replace(scan, length, "<token>", BP_WITHHELD_TOKEN);
}

/* Whether the word before the word before the present place is `word`. */
static bool is_second_before(const struct bp_scan *scan, const char *word) {
    static const char blanks[] = " \t\r\n";
    size_t length = strlen(word);
    size_t at = scan->at;
    while (at > 0 && strchr(blanks, scan->text[at - 1])) {
        at--;
    }
    while (at > 0 && !strchr(blanks, scan->text[at - 1])) {
        at--;
    }
    while (at > 0 && strchr(blanks, scan->text[at - 1])) {
        at--;
    }
    return at >= length && strncmp(scan->text + at - length, word, length) == 0;
}

/* "machine HOST login NAME password WORD", as ~/.netrc has it. */
static bool redact_netrc(struct bp_scan *scan) {
    static const struct {
        const char *word;
        const char *after;
    } pairs[] = {
        {"login", "machine"}, {"password", "login"}, {"account", "login"}, {"password", "account"}};
    const char *at = scan->text + scan->at;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        size_t start = strlen(pairs[i].word);
        size_t gap = bp_starts_with(at, pairs[i].word) ? strspn(at + start, " \t\r\n") : 0;
        size_t length = gap ? strcspn(at + start + gap, " \t\r\n") : 0;
        if (length && at[start + gap] != '<' && is_second_before(scan, pairs[i].after)) {
            bp_scan_keep(scan, start + gap);
            return bp_scan_replace(scan, length, "<secret>", BP_WITHHELD_SECRET);
        }
    }
    return false;
}

bool bp_redact_setting(struct bp_scan *scan) {
    char before = bp_scan_before(scan);
    if (!isalpha((unsigned char)scan->text[scan->at]) || bp_is_word_byte(before) || before == '_') {
        return false;
    }
    return redact_header(scan) || redact_scheme(scan) || redact_named(scan) || redact_netrc(scan);
}
