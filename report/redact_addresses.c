/* E-mail, IPv6 and hardware addresses. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "report/ipv6.h"
#include "report/redact_scan.h"

static bool is_hex(char byte) {
    return isxdigit((unsigned char)byte) != 0;
}

/* Six, eight (EUI-64) or twenty (InfiniBand) pairs with ":" or "-" between. */
static bool redact_mac(struct bp_scan *scan) {
    const char *at = scan->text + scan->at;
    char before = bp_scan_before(scan);
    char separator = is_hex(at[0]) && is_hex(at[1]) ? at[2] : '\0';
    if ((separator != ':' && separator != '-') || bp_is_word_byte(before) || before == separator) {
        return false;
    }
    size_t pairs = 1;
    while (at[pairs * 3 - 1] == separator && is_hex(at[pairs * 3]) && is_hex(at[pairs * 3 + 1])) {
        pairs++;
    }
    char after = at[pairs * 3 - 1];
    if ((pairs != 6 && pairs != 8 && pairs != 20) || bp_is_word_byte(after) || after == separator) {
        return false;
    }
    return bp_scan_replace(scan, pairs * 3 - 1, "<mac>", BP_WITHHELD_MAC);
}

/* More than a C++ name such as "c10::" or "a::b" could be. */
static bool is_worth_hiding(const char *address) {
    size_t groups = 0;
    bool digits = false;
    for (const char *at = address; *at;) {
        size_t length = strcspn(at, ":");
        groups += length > 0;
        at += length + (at[length] == ':');
    }
    for (const char *at = address; *at; at++) {
        digits = digits || isdigit((unsigned char)*at);
    }
    return (digits && groups >= 3) || (groups >= 2 && strcspn(address, ":") == 4);
}

/* RFC 4291. A zone ("%eth0") goes with it. */
static bool redact_ipv6(struct bp_scan *scan) {
    const char *at = scan->text + scan->at;
    char before = bp_scan_before(scan);
    if ((*at != ':' && !isxdigit((unsigned char)*at)) || bp_is_word_byte(before) ||
        (before && strchr(":._", before))) {
        return false;
    }
    size_t length = strspn(at, "0123456789abcdefABCDEF:.");
    while (length && (at[length - 1] == '.' ||
                      (at[length - 1] == ':' && (length < 2 || at[length - 2] != ':')))) {
        length--;
    }
    if (length < 3 || length >= BP_IPV6_LONGEST || bp_is_word_byte(at[length]) ||
        at[length] == '_' || !memchr(at, ':', length)) {
        return false;
    }
    char *address = bp_strndup(at, length);
    bool found = bp_is_ipv6(address) && is_worth_hiding(address);
    free(address);
    if (found && at[length] == '%') {
        length += 1 + strspn(at + length + 1, "abcdefghijklmnopqrstuvwxyz0123456789.-_");
    }
    return found && bp_scan_replace(scan, length, "<address>", BP_WITHHELD_ADDRESS);
}

static size_t domain_length(const char *text) {
    size_t length = 0;
    while ((isalnum((unsigned char)text[length]) || (text[length] && strchr(".-", text[length])))) {
        length++;
    }
    while (length && (text[length - 1] == '.' || text[length - 1] == '-')) {
        length--;
    }
    return length;
}

/* Whether a domain has at least two labels, the last of letters. */
static bool is_public_domain(const char *domain, size_t length) {
    size_t letters = 0;
    while (letters < length && isalpha((unsigned char)domain[length - letters - 1])) {
        letters++;
    }
    return letters >= 2 && letters < length - 1 && domain[length - letters - 1] == '.';
}

/* NAME@DOMAIN.TLD, and the "NAME@HOST:~" of a shell's prompt. */
static bool redact_email(struct bp_scan *scan) {
    static const char local_bytes[] = "._%+-";
    const char *at = scan->text + scan->at;
    char before = bp_scan_before(scan);
    if (!isalnum((unsigned char)*at) || bp_is_word_byte(before) ||
        (before && strchr(local_bytes, before))) {
        return false;
    }
    size_t local = 0;
    while (isalnum((unsigned char)at[local]) || (at[local] && strchr(local_bytes, at[local]))) {
        local++;
    }
    if (at[local] != '@' || (local == 3 && strncmp(at, "git", 3) == 0)) {
        return false;
    }
    size_t domain = domain_length(at + local + 1);
    const char *after = at + local + 1 + domain;
    if (domain && *after == ':' && (after[1] == '~' || after[1] == '/')) {
        return bp_scan_replace(scan, local + 1 + domain, "user@host", BP_WITHHELD_USER);
    }
    return domain && is_public_domain(at + local + 1, domain) &&
           bp_scan_replace(scan, local + 1 + domain, "<email>", BP_WITHHELD_EMAIL);
}

bool bp_redact_address(struct bp_scan *scan) {
    char at = scan->text[scan->at];
    if (!isalnum((unsigned char)at) && at != ':') {
        return false;
    }
    return redact_mac(scan) || redact_ipv6(scan) || bp_redact_ipv4(scan) ||
           bp_redact_dashed_ipv4(scan) || redact_email(scan);
}
