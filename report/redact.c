#include "report/redact.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "report/redact_scan.h"

char bp_scan_before(const struct bp_scan *scan) {
    return scan->at ? scan->text[scan->at - 1] : '\0';
}

bool bp_scan_replace(struct bp_scan *scan, size_t length, const char *replacement) {
    bp_str_add(scan->out, replacement);
    scan->at += length;
    return true;
}

bool bp_is_word_byte(char byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z');
}

/* Names that say nothing about a person, or that are words of this field. */
static bool is_common_name(const char *name) {
    static const char *const common[] = {
        "admin",        "administrator", "bitsandbytes", "build",       "builder",     "codespace",
        "colab",        "compute",       "computer",     "conda",       "cuda",        "data",
        "debian",       "default",       "desktop",      "dev",         "docker",      "fedora",
        "gpu",          "guest",         "home",         "host",        "jovyan",      "jupyter",
        "kaggle",       "laptop",        "linux",        "local",       "localdomain", "localhost",
        "machine",      "mamba",         "model",        "models",      "nobody",      "node",
        "notebook",     "nvidia",        "python",       "pytorch",     "rocm",        "root",
        "runner",       "server",        "system",       "test",        "tester",      "torch",
        "transformers", "ubuntu",        "user",         "username",    "vagrant",     "vscode",
        "windows",      "worker",        "workspace",    "workstation",
    };
    for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
        if (strcasecmp(name, common[i]) == 0) {
            return true;
        }
    }
    return strlen(name) < 3 || strspn(name, "0123456789.") == strlen(name);
}

static void add_word(struct bp_redactor *redactor, char *text, const char *replacement,
                     bool any_case) {
    if (is_common_name(text) || redactor->word_count == BP_REDACT_WORDS) {
        free(text);
        return;
    }
    struct bp_redact_word word = {text, replacement, any_case};
    redactor->words[redactor->word_count++] = word;
}

/* Longer names first: "gpu1.lab.example.org" before "gpu1". */
static void add_host(struct bp_redactor *redactor, const char *host) {
    const char *dot = strchr(host, '.');
    add_word(redactor, bp_strdup(host), "host", true);
    if (dot) {
        add_word(redactor, bp_strndup(host, (size_t)(dot - host)), "host", true);
        if (strchr(dot + 1, '.')) {
            add_word(redactor, bp_strdup(dot + 1), "domain", true);
        }
    }
}

struct bp_redactor *bp_redactor_new(const struct bp_identity *identity) {
    struct bp_redactor *redactor = bp_alloc(sizeof *redactor);
    if (identity->user) {
        add_word(redactor, bp_strdup(identity->user), "user", false);
    }
    if (identity->host) {
        add_host(redactor, identity->host);
    }
    const char *home = identity->home;
    if (home && home[0] == '/' && strchr(home + 1, '/') && !bp_ends_with(home, "/")) {
        redactor->home = bp_strdup(home);
    }
    return redactor;
}

void bp_redactor_free(struct bp_redactor *redactor) {
    if (!redactor) {
        return;
    }
    for (size_t i = 0; i < redactor->word_count; i++) {
        free(redactor->words[i].text);
    }
    free(redactor->home);
    bp_strs_free(&redactor->versions);
    free(redactor);
}

/* Copies a byte and, of a word, the rest: no rule starts within one. */
static void copy_to_boundary(struct bp_scan *scan) {
    const char *at = scan->text + scan->at;
    size_t length = 1;
    while (bp_is_word_byte(at[length - 1]) && bp_is_word_byte(at[length])) {
        length++;
    }
    bp_str_add_bytes(scan->out, at, length);
    scan->at += length;
}

static char *redact(const struct bp_redactor *redactor, const char *text, enum bp_redact_kind kind,
                    bool is_version) {
    struct bp_str out = BP_STR_EMPTY;
    struct bp_scan scan = {redactor, text, 0, kind, is_version, &out};
    while (text[scan.at]) {
        if (!bp_redact_secret(&scan) && !bp_redact_address(&scan) && !bp_redact_name(&scan)) {
            copy_to_boundary(&scan);
        }
    }
    return bp_str_detach(&out);
}

char *bp_redact_text(const struct bp_redactor *redactor, const char *text) {
    return redact(redactor, text, BP_REDACT_FOREIGN, false);
}

static bool is_one_of(const char *name, const char *const names[]) {
    for (size_t i = 0; name && names[i]; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* A single word in a member that holds a version. */
static bool is_version(const char *name, const char *text) {
    static const char *const names[] = {"version", "cxxabi", "glibcxx", NULL};
    return is_one_of(name, names) && !strpbrk(text, " /@:");
}

/* What kind of string a member of that name holds. */
static enum bp_redact_kind kind_of(const char *name) {
    static const char *const prose[] = {
        "title",        "says",      "explanation", "closing_comment", "verdict_says",
        "outcome_says", "user_sees", "because",     "references",      NULL,
    };
    static const char *const fixed[] = {
        "schema", "verdict", "pattern",    "status",    "severity",   "disposition",
        "kind",   "os",      "found_from", "format",    "outcome",    "implementation",
        "era",    "machine", "family",     "installer", "visibility", "notebook",
        "class",  "role",    NULL,
    };
    if (bp_equal(name, "command")) {
        return BP_REDACT_COMMAND;
    }
    return is_one_of(name, prose)   ? BP_REDACT_PROSE
           : is_one_of(name, fixed) ? BP_REDACT_FIXED
                                    : BP_REDACT_FOREIGN;
}

static void learn_versions(struct bp_redactor *redactor, const cJSON *item) {
    if (cJSON_IsString(item) && is_version(item->string, item->valuestring)) {
        bp_strs_add_once(&redactor->versions, item->valuestring);
    }
    for (const cJSON *child = item->child; child; child = child->next) {
        learn_versions(redactor, child);
    }
}

static void redact_member_name(const struct bp_redactor *redactor, cJSON *item) {
    char *name = redact(redactor, item->string, BP_REDACT_FIXED, false);
    if (strcmp(name, item->string) == 0 || (item->type & cJSON_StringIsConst)) {
        free(name);
        return;
    }
    cJSON_free(item->string);
    item->string = name;
}

/* `name` is the member that the string, or the array it is in, belongs to. */
static void redact_item(const struct bp_redactor *redactor, cJSON *item, const char *name) {
    if (cJSON_IsString(item)) {
        enum bp_redact_kind kind = kind_of(name);
        /* What has a path or several words in it is of no fixed list. */
        bool fixed = kind != BP_REDACT_FIXED || !strpbrk(item->valuestring, "/\\@ ");
        char *text = redact(redactor, item->valuestring, fixed ? kind : BP_REDACT_FOREIGN,
                            is_version(name, item->valuestring));
        if (strcmp(text, item->valuestring) != 0) {
            cJSON_SetValuestring(item, text);
        }
        free(text);
    }
    /* An evidence's value is of the kind of the fact that it was taken from. */
    const char *pointer = cJSON_IsObject(item) ? bp_json_text(item, "pointer") : NULL;
    char *fact = pointer ? bp_strdup(bp_base_name(pointer)) : NULL;
    for (cJSON *child = item->child; child; child = child->next) {
        const char *child_name = child->string ? child->string : name;
        if (cJSON_IsArray(item) && cJSON_IsObject(child) && bp_equal(name, "ghosts")) {
            bp_redact_ghost(redactor, child);
        } else {
            redact_item(redactor, child, fact && bp_equal(child_name, "value") ? fact : child_name);
        }
        if (child->string) {
            redact_member_name(redactor, child);
        }
    }
    free(fact);
}

void bp_redact_facts(const struct bp_redactor *redactor, cJSON *facts) {
    redact_item(redactor, facts, facts->string);
}

void bp_redact_document(struct bp_redactor *redactor, cJSON *document) {
    learn_versions(redactor, document);
    redact_item(redactor, document, NULL);
}
