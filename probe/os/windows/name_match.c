#include "probe/os/name_match.h"

#include <ctype.h>
#include <stddef.h>

static int folded(char letter) {
    return tolower((unsigned char)letter);
}

/* Behind a set "[...]" whose "[" stands at `pattern`; NULL where it has no end. */
static const char *match_set(const char *pattern, char letter, bool *matches) {
    const char *at = pattern + 1;
    bool negated = *at == '!' || *at == '^';
    bool found = false;
    at += negated;
    for (bool first = true; *at && (*at != ']' || first); first = false) {
        char from = *at;
        char to = from;
        if (at[1] == '-' && at[2] && at[2] != ']') {
            to = at[2];
            at += 2;
        }
        found |= folded(letter) >= folded(from) && folded(letter) <= folded(to);
        at++;
    }
    *matches = found != negated;
    return *at ? at + 1 : NULL;
}

static bool matches_from(const char *pattern, const char *name) {
    const char *star = NULL; /* the last one, and how far it has been taken to reach */
    const char *star_name = NULL;
    while (*name) {
        bool same = false;
        const char *next = pattern;
        if (*pattern == '*') {
            star = ++pattern;
            star_name = name;
            continue;
        }
        if (*pattern == '[' && (next = match_set(pattern, *name, &same)) == NULL) {
            next = pattern + 1;
            same = *name == '[';
        } else if (*pattern && *pattern != '[') {
            same = *pattern == '?' || folded(*pattern) == folded(*name);
            next = pattern + 1;
        }
        if (same) {
            pattern = next;
            name++;
        } else if (star) {
            pattern = star;
            name = ++star_name;
        } else {
            return false;
        }
    }
    while (*pattern == '*') {
        pattern++;
    }
    return !*pattern;
}

bool bp_name_matches(const char *pattern, const char *name) {
    return (*name != '.' || *pattern == '.') && matches_from(pattern, name);
}
