#include "report/receipt.h"

#include <stddef.h>

#include "base/json.h"
#include "base/str.h"

static const struct {
    const char *kind;
    const char *one;
    const char *many;
} names[] = {
    {"user-name", "user name", "user names"},
    {"host-name", "host name", "host names"},
    {"home-folder", "home folder's name", "home folders' names"},
    {"token", "token", "tokens"},
    {"secret", "password or key", "passwords or keys"},
    {"private-key", "private key", "private keys"},
    {"url-query", "query of a URL", "queries of URLs"},
    {"e-mail-address", "e-mail address", "e-mail addresses"},
    {"network-address", "network address", "network addresses"},
    {"hardware-address", "hardware address", "hardware addresses"},
    {"device-id", "GPU identifier", "GPU identifiers"},
    {"serial-number", "serial number", "serial numbers"},
    {"identifier", "identifier", "identifiers"},
};

static const char *name_of(const char *kind, double count) {
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (bp_equal(kind, names[i].kind)) {
            return count > 1 ? names[i].many : names[i].one;
        }
    }
    return NULL;
}

char *bp_receipt_withheld(const cJSON *withheld) {
    struct bp_str text = BP_STR_EMPTY;
    const cJSON *line;
    if (!cJSON_IsArray(withheld)) {
        return NULL;
    }
    cJSON_ArrayForEach(line, withheld) {
        double count = bp_json_number(line, "count", 0);
        const char *name = name_of(bp_json_text(line, "kind"), count);
        if (name && count >= 1) {
            bp_str_addf(&text, "%s%.0f %s",
                        text.length ? ", " : "Withheld from this report: ", count, name);
        }
    }
    bp_str_add(&text, text.length ? "." : "Nothing had to be withheld from this report.");
    return bp_str_detach(&text);
}

char *bp_receipt_paths(const cJSON *paths) {
    struct bp_str text = BP_STR_EMPTY;
    const cJSON *path;
    cJSON_ArrayForEach(path, paths) {
        bp_str_addf(&text, "%s%s is %s", text.length ? ", " : "In paths, ", path->string,
                    cJSON_IsString(path) ? path->valuestring : "the home folder");
    }
    if (!text.length) {
        return NULL;
    }
    bp_str_add_char(&text, '.');
    return bp_str_detach(&text);
}

struct bp_strs bp_receipt_lines(const cJSON *document) {
    struct bp_strs lines = {0};
    char *const both[] = {bp_receipt_paths(bp_json_get(document, "paths")),
                          bp_receipt_withheld(bp_json_get(document, "withheld"))};
    for (size_t i = 0; i < sizeof both / sizeof *both; i++) {
        if (both[i]) {
            bp_strs_add_owned(&lines, both[i]);
        }
    }
    return lines;
}
