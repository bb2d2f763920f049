#include "probe/macos/plist.h"

#include <stdlib.h>
#include <string.h>

static char *without_entities(const char *text, size_t length) {
    static const struct {
        const char *name;
        char character;
    } named[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    struct bp_str plain = BP_STR_EMPTY;
    for (const char *at = text; at < text + length;) {
        size_t taken = 0;
        for (size_t i = 0; *at == '&' && i < sizeof named / sizeof *named && !taken; i++) {
            if (bp_starts_with(at, named[i].name)) {
                taken = strlen(named[i].name);
                bp_str_add_char(&plain, named[i].character);
            }
        }
        if (!taken) {
            bp_str_add_char(&plain, *at);
            taken = 1;
        }
        at += taken;
    }
    return bp_str_detach(&plain);
}

/* The start of the next "<name>" of the outermost dictionary at or behind `at`, or NULL. */
static const char *next_key(const char *at) {
    int depth = 0;
    for (; (at = strchr(at, '<')); at++) {
        if (bp_starts_with(at, "<dict>") || bp_starts_with(at, "<array>")) {
            depth++;
        } else if (bp_starts_with(at, "</dict>") || bp_starts_with(at, "</array>")) {
            depth--;
        } else if (depth == 0 && bp_starts_with(at, "<key>")) {
            return at + strlen("<key>");
        }
    }
    return NULL;
}

/* The string right behind a key's end tag, or NULL where something else stands there. */
static char *string_behind(const char *key_end) {
    static const char start[] = "<string>";
    const char *at = strchr(key_end, '>');
    at = at ? at + 1 + strspn(at + 1, " \t\r\n") : "";
    if (!bp_starts_with(at, start)) {
        return NULL;
    }
    at += strlen(start);
    const char *end = strstr(at, "</string>");
    return end ? without_entities(at, (size_t)(end - at)) : NULL;
}

char *bp_plist_text(const struct bp_str *plist, const char *key, struct bp_err *err) {
    const char *at = strstr(plist->data, "<dict>");
    if (!at) {
        bp_fail(err, BP_E_FORMAT, "%s",
                bp_starts_with(plist->data, "bplist")
                    ? "it is a property list in the binary form, which is not read here"
                    : "it is no property list");
        return NULL;
    }
    at += strlen("<dict>");
    size_t length = strlen(key);
    while ((at = next_key(at))) {
        const char *end = at + strcspn(at, "<");
        if ((size_t)(end - at) == length && memcmp(at, key, length) == 0) {
            char *text = string_behind(end);
            if (text) {
                return text;
            }
            break;
        }
    }
    bp_fail(err, BP_E_ABSENT, "it has no string for %s", key);
    return NULL;
}
