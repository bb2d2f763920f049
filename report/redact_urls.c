/* Credentials and queries in URLs. */
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "report/redact_scan.h"

/* What ends a URL in running text. */
static const char url_end[] = " \t\r\n\"'`<>|\\)]}";

/* The part of a URL between "://" and "@" (RFC 3986, userinfo). */
static bool redact_userinfo(struct bp_scan *scan) {
    const char *at = scan->text + scan->at;
    if (!bp_starts_with(at, "://")) {
        return false;
    }
    size_t length = strcspn(at + 3, "/?#@ \t\r\n\"'<>");
    bool anonymous = length == 3 && strncmp(at + 3, "git", 3) == 0;
    if (!length || at[3 + length] != '@' || anonymous) {
        return false;
    }
    bp_scan_keep(scan, 3);
    return bp_scan_replace(scan, length, "<secret>", BP_WITHHELD_SECRET);
}

/* A conda channel's /t/TOKEN/. */
static bool redact_channel_token(struct bp_scan *scan) {
    const char *at = scan->text + scan->at;
    if (!bp_starts_with(at, "/t/")) {
        return false;
    }
    size_t length = bp_token_length(at + 3);
    if (length < 8 || at[3 + length] != '/' || !bp_looks_random(at + 3, length)) {
        return false;
    }
    bp_scan_keep(scan, 3);
    return bp_scan_replace(scan, length, "<secret>", BP_WITHHELD_SECRET);
}

/* Whether the present place is within a URL. */
static bool is_in_url(const struct bp_scan *scan) {
    size_t start = scan->at;
    while (start > 0 && !strchr(url_end, scan->text[start - 1])) {
        if (scan->text[start - 1] == ':' && bp_starts_with(scan->text + start, "//")) {
            return true;
        }
        start--;
    }
    return false;
}

/* All of a URL's query. */
static bool redact_query(struct bp_scan *scan) {
    const char *at = scan->text + scan->at;
    if (*at != '?' || !is_in_url(scan)) {
        return false;
    }
    size_t length = strcspn(at + 1, url_end);
    while (length && strchr(".,;:#", at[length])) {
        length--;
    }
    const char *fragment = memchr(at + 1, '#', length);
    length = fragment ? (size_t)(fragment - at) - 1 : length;
    if (!length) {
        return false;
    }
    bp_scan_keep(scan, 1);
    return bp_scan_replace(scan, length, "<query>", BP_WITHHELD_QUERY);
}

bool bp_redact_in_url(struct bp_scan *scan) {
    switch (scan->text[scan->at]) {
    case ':':
        return redact_userinfo(scan);
    case '/':
        return redact_channel_token(scan);
    default:
        return redact_query(scan);
    }
}
