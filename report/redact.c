#include "report/redact.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "report/fact_type.h"
#include "report/redact_scan.h"

const char bp_value_end[] = " \t\r\n\"'`,;&<>()[]{}#|\\";

bool bp_scan_keep(struct bp_scan *scan, size_t length) {
    bp_str_add_bytes(scan->out, scan->text + scan->at, length);
    scan->at += length;
    return true;
}

bool bp_scan_replace(struct bp_scan *scan, size_t length, const char *replacement,
                     enum bp_withheld_kind kind) {
    bp_withheld_add(&scan->redactor->withheld, kind, scan->text + scan->at, length);
    bp_str_add(scan->out, replacement);
    scan->at += length;
    return true;
}

bool bp_scan_follows(const struct bp_scan *scan, const char *word, size_t count) {
    size_t length = strlen(word);
    for (size_t at = scan->at > count ? scan->at - count : 0; at < scan->at; at++) {
        if (strncasecmp(scan->text + at, word, length) == 0) {
            return true;
        }
    }
    return false;
}

/* (strspn makes a table each time.) */
size_t bp_token_length(const char *text) {
    size_t length = 0;
    while (bp_is_word_byte(text[length]) || text[length] == '_' || text[length] == '-') {
        length++;
    }
    return length;
}

bool bp_looks_random(const char *text, size_t length) {
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

/* `text` is owned afterwards. */
static void add_word(struct bp_redactor *redactor, char *text, const char *replacement,
                     enum bp_withheld_kind kind) {
    if (bp_is_common_name(text)) {
        free(text);
        return;
    }
    redactor->words =
        bp_realloc_array(redactor->words, redactor->word_count + 1, sizeof *redactor->words);
    redactor->words[redactor->word_count++] =
        (struct bp_redact_word){text, replacement, kind, kind == BP_WITHHELD_HOST};
}

/* Longer names first: "gpu1.lab.example.org" before "gpu1". */
static void add_host(struct bp_redactor *redactor, const char *host) {
    const char *dot = strchr(host, '.');
    add_word(redactor, bp_strdup(host), "host", BP_WITHHELD_HOST);
    if (dot) {
        add_word(redactor, bp_strndup(host, (size_t)(dot - host)), "host", BP_WITHHELD_HOST);
        if (strchr(dot + 1, '.')) {
            add_word(redactor, bp_strdup(dot + 1), "domain", BP_WITHHELD_HOST);
        }
    }
}

struct bp_redactor *bp_redactor_new(const struct bp_identity *identity) {
    struct bp_redactor *redactor = bp_alloc(sizeof *redactor);
    redactor->schema = bp_fact_schema();
    redactor->scratch = (struct bp_str)BP_STR_EMPTY;
    if (identity->user) {
        add_word(redactor, bp_strdup(identity->user), "user", BP_WITHHELD_USER);
    }
    if (identity->account && !bp_equal(identity->account, identity->user)) {
        add_word(redactor, bp_strdup(identity->account), "user", BP_WITHHELD_USER);
    }
    if (identity->host) {
        add_host(redactor, identity->host);
    }
    redactor->home = bp_strdup(identity->home);
    bp_roots_learn(redactor, NULL);
    return redactor;
}

void bp_redactor_free(struct bp_redactor *redactor) {
    if (!redactor) {
        return;
    }
    for (size_t i = 0; i < redactor->word_count; i++) {
        free(redactor->words[i].text);
    }
    free(redactor->words);
    free(redactor->home);
    bp_roots_free(redactor);
    bp_strs_free(&redactor->people);
    bp_strs_free(&redactor->versions);
    bp_str_free(&redactor->scratch);
    bp_withheld_free(&redactor->withheld);
    cJSON_Delete(redactor->schema);
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

/* Each rule is asked only where it may begin: a report is mostly words that none is about. */
static bool redact_here(struct bp_scan *scan) {
    char at = scan->text[scan->at];
    if (bp_is_word_byte(at)) {
        return !bp_is_word_byte(bp_scan_before(scan)) &&
               (bp_redact_secret(scan) || bp_redact_setting(scan) || bp_redact_identifier(scan) ||
                bp_redact_address(scan) || bp_redact_name(scan));
    }
    switch (at) {
    case '/':
        return bp_redact_root(scan) || bp_redact_in_url(scan) || bp_redact_name(scan);
    case ':':
        return bp_redact_in_url(scan) || bp_redact_address(scan);
    case '?':
        return bp_redact_in_url(scan);
    case '-':
        return bp_redact_secret(scan);
    case '\\':
        return bp_redact_name(scan);
    default:
        return false;
    }
}

static void redact_into(struct bp_redactor *redactor, const char *text, enum bp_redact_kind kind,
                        bool is_version, struct bp_str *out) {
    struct bp_scan scan = {redactor, text, 0, kind, is_version, out};
    while (text[scan.at]) {
        if (!redact_here(&scan)) {
            copy_to_boundary(&scan);
        }
    }
}

static char *redact(struct bp_redactor *redactor, const char *text, enum bp_redact_kind kind) {
    struct bp_str out = BP_STR_EMPTY;
    redact_into(redactor, text, kind, false, &out);
    return bp_str_detach(&out);
}

char *bp_redact_text(struct bp_redactor *redactor, const char *text) {
    char *redacted = redact(redactor, text, BP_REDACT_FOREIGN);
    bp_redact_known_tokens(redactor, &redacted);
    return redacted;
}

static enum bp_redact_kind kind_of(enum bp_fact_type type) {
    switch (type) {
    case BP_FACT_PATH:
        return BP_REDACT_PATH;
    case BP_FACT_SENTENCE:
        return BP_REDACT_PROSE;
    case BP_FACT_COMMAND:
        return BP_REDACT_COMMAND;
    case BP_FACT_WORD:
    case BP_FACT_HEXADECIMAL:
    case BP_FACT_TIME:
    case BP_FACT_ADDRESS:
    case BP_FACT_POINTER:
        return BP_REDACT_FIXED;
    default:
        return BP_REDACT_FOREIGN;
    }
}

/* What is not what its type says is free text. */
static void redact_string(struct bp_redactor *redactor, cJSON *item, const cJSON *node) {
    enum bp_fact_type type = bp_fact_type_of(node, item->valuestring);
    if (type == BP_FACT_ENUM) {
        return; /* one of the schema's own words */
    }
    bool numbered = type == BP_FACT_VERSION || type == BP_FACT_FILE || type == BP_FACT_ADDRESS;
    struct bp_str *text = &redactor->scratch;
    bp_str_truncate(text, 0);
    redact_into(redactor, item->valuestring, kind_of(type), numbered, text);
    if (strcmp(text->data, item->valuestring) != 0) {
        cJSON_SetValuestring(item, text->data);
    }
}

/* Only four-part versions are of interest, which look like addresses elsewhere. */
static bool has_four_parts(const char *version) {
    size_t points = 0;
    for (const char *at = version; *at; at++) {
        points += *at == '.';
    }
    return points >= 3;
}

/*
 * The type of what is in an object or an array; a fact's value is of the type of the fact it was
 * taken from. (What stands in an array may still have a name from where it was before.)
 */
static const cJSON *node_inside(const cJSON *schema, const cJSON *item, const cJSON *node,
                                const cJSON *child) {
    const cJSON *inside = bp_fact_inside(schema, node, cJSON_IsObject(item) ? child->string : NULL);
    if (bp_fact_type(inside) == BP_FACT_FACT) {
        const char *pointer = bp_json_text(item, "pointer");
        return pointer ? bp_fact_at(schema, pointer) : NULL;
    }
    return inside;
}

void bp_redactor_keep_version(struct bp_redactor *redactor, const char *version) {
    if (has_four_parts(version)) {
        bp_strs_add_once(&redactor->versions, version);
    }
}

/* The type is looked up of nothing that could not hold such a version: there is much of it. */
static void learn_versions(struct bp_redactor *redactor, const cJSON *item, const cJSON *node) {
    if (cJSON_IsString(item) && bp_fact_type_of(node, item->valuestring) == BP_FACT_VERSION) {
        bp_redactor_keep_version(redactor, item->valuestring);
    }
    for (const cJSON *child = item->child; child; child = child->next) {
        if (child->child || (cJSON_IsString(child) && has_four_parts(child->valuestring))) {
            learn_versions(redactor, child, node_inside(redactor->schema, item, node, child));
        }
    }
}

/* Of a map, such as of packages, names are words as long as they look like one. */
static bool is_word_of_map(const cJSON *node, const char *name) {
    static const char others[] = "_.+:~/-";
    bool word = cJSON_IsObject(bp_json_get(node, "additionalProperties"));
    for (const char *at = name; word && *at; at++) {
        word = bp_is_word_byte(*at) || strchr(others, *at);
    }
    return word;
}

/* A name that the schema knows is one of its own words. */
static void redact_member_name(struct bp_redactor *redactor, cJSON *item, const cJSON *node) {
    if (bp_fact_names(node, item->string) || node == redactor->schema ||
        (item->type & cJSON_StringIsConst)) {
        return;
    }
    bool word = is_word_of_map(node, item->string);
    char *name = redact(redactor, item->string, word ? BP_REDACT_FIXED : BP_REDACT_FOREIGN);
    cJSON_free(item->string);
    item->string = name;
}

static bool is_pointer(const cJSON *item, const cJSON *child) {
    return cJSON_IsObject(item) && bp_equal(child->string, "pointer");
}

static void redact_members(struct bp_redactor *redactor, cJSON *item, const cJSON *node,
                           bool pointers) {
    for (cJSON *child = item->child; child; child = child->next) {
        if (is_pointer(item, child) == pointers) {
            bp_redact_item(redactor, child, node_inside(redactor->schema, item, node, child));
        }
    }
}

static void redact_ghosts(struct bp_redactor *redactor, cJSON *ghosts, const cJSON *node) {
    for (cJSON *ghost = ghosts->child; ghost; ghost = ghost->next) {
        if (cJSON_IsObject(ghost)) {
            bp_redact_ghost(redactor, ghost, bp_fact_inside(redactor->schema, node, NULL));
        } else {
            bp_redact_item(redactor, ghost, NULL);
        }
    }
}

void bp_redact_item(struct bp_redactor *redactor, cJSON *item, const cJSON *node) {
    if (cJSON_IsString(item)) {
        redact_string(redactor, item, node);
    } else if (cJSON_IsArray(item) && bp_equal(item->string, "ghosts")) {
        redact_ghosts(redactor, item, node);
    } else {
        /* A pointer that is redacted already would not lead to the type of its value any more. */
        redact_members(redactor, item, node, false);
        redact_members(redactor, item, node, true);
    }
    for (cJSON *child = item->child; child && cJSON_IsObject(item); child = child->next) {
        redact_member_name(redactor, child, node);
    }
}

/* A token that was found in one place may stand in another where it could not be told. */
static void redact_known_tokens_in(struct bp_redactor *redactor, cJSON *item) {
    if (cJSON_IsString(item)) {
        bp_redact_known_tokens(redactor, &item->valuestring);
    }
    if (item->string && !(item->type & cJSON_StringIsConst)) {
        bp_redact_known_tokens(redactor, &item->string);
    }
    for (cJSON *child = item->child; child; child = child->next) {
        redact_known_tokens_in(redactor, child);
    }
}

static void redact_whole(struct bp_redactor *redactor, cJSON *part, const cJSON *node) {
    bp_roots_learn(redactor, part);
    learn_versions(redactor, part, node);
    bp_redact_item(redactor, part, node);
    redact_known_tokens_in(redactor, part);
}

void bp_redact_part(struct bp_redactor *redactor, cJSON *part, const char *place) {
    bp_strs_free(&redactor->people);
    redact_whole(redactor, part, bp_fact_node(redactor->schema, place));
}

void bp_redact_document(struct bp_redactor *redactor, cJSON *document) {
    redact_whole(redactor, document, redactor->schema);
}

char *bp_redact_log(struct bp_redactor *redactor, const cJSON *document, const char *log) {
    bp_roots_learn(redactor, document);
    learn_versions(redactor, document, redactor->schema);
    return bp_redact_text(redactor, log);
}

/* Where the folders are whose names were used. */
static cJSON *named_folders(struct bp_redactor *redactor) {
    cJSON *paths = cJSON_CreateObject();
    for (size_t i = 0; i < redactor->root_count; i++) {
        struct bp_redact_root *root = &redactor->roots[i];
        if (root->used) {
            char *path = root->is_home ? NULL : bp_redact_text(redactor, root->path);
            bp_json_set_text(paths, root->name, path);
            free(path);
        }
    }
    return paths;
}

void bp_redactor_sign(struct bp_redactor *redactor, cJSON *document) {
    cJSON_AddItemToObject(document, "paths", named_folders(redactor));
    cJSON_AddItemToObject(document, "withheld", bp_withheld_receipt(&redactor->withheld));
}

struct bp_withheld *bp_redactor_withheld(struct bp_redactor *redactor) {
    return &redactor->withheld;
}
