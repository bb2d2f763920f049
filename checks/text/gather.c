#include "checks/text/gather.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/version.h"

/* Longer numbers are no versions; longer lists are a machine's own output. */
enum { VERSION_MOST = 40, LIST_MOST = 24 };

static void count_lines(struct bp_gather *gather, size_t at) {
    while (gather->line_at < at) {
        const char *next = memchr(gather->text + gather->line_at, '\n', at - gather->line_at);
        if (!next) {
            gather->line_at = at;
            return;
        }
        gather->line++;
        gather->line_at = (size_t)(next - gather->text) + 1;
    }
}

static cJSON *find_learned(const struct bp_gather *gather, const char *pointer) {
    return bp_json_find(gather->learned, "pointer", pointer);
}

/* "3.11.4" says all that "3.11" does, and more. */
static bool is_finer(const char *value, const char *than) {
    size_t length = strlen(than);
    return strncmp(value, than, length) == 0 && value[length] == '.';
}

/* Writes down where a fact was learned; false where a plainer or earlier one stands. */
static bool note(struct bp_gather *gather, const char *pointer, const char *value, size_t at,
                 enum bp_plainness plainness) {
    cJSON *old = find_learned(gather, pointer);
    double stands = bp_json_number(old, "plainness", 0);
    bool finer = old && stands <= (double)plainness && is_finer(value, bp_json_text(old, "value"));
    if (old && stands >= (double)plainness && !finer) {
        return false;
    }
    cJSON *fact = cJSON_CreateObject();
    count_lines(gather, at);
    bp_json_set_text(fact, "pointer", pointer);
    bp_json_set_text(fact, "value", value);
    bp_json_set_number(fact, "line", (double)gather->line);
    bp_json_set_number(fact, "plainness", (double)plainness);
    if (old) {
        cJSON_ReplaceItemViaPointer(gather->learned, old, fact);
    } else {
        cJSON_AddItemToArray(gather->learned, fact);
    }
    return true;
}

/* Puts a value where a snapshot has it: "0" is the first element of an array. */
static void put(cJSON *document, const char *pointer, const char *value) {
    for (const char *at = pointer; (at = strstr(at, "/0/")); at++) {
        char *list = bp_strndup(pointer, (size_t)(at - pointer));
        if (!bp_json_at(document, list)) {
            cJSON *array = cJSON_CreateArray();
            cJSON_AddItemToArray(array, cJSON_CreateObject());
            bp_json_put(document, list, array);
        }
        free(list);
    }
    bp_json_put(document, pointer, cJSON_CreateString(value));
}

void bp_gather_text(struct bp_gather *gather, const char *pointer, const char *value, size_t at,
                    enum bp_plainness plainness) {
    if (note(gather, pointer, value, at, plainness)) {
        put(gather->snapshot, pointer, value);
    }
}

void bp_gather_about(struct bp_gather *gather, const char *pointer, const char *value, size_t at,
                     enum bp_plainness plainness) {
    char *whole = bp_format("/text%s", pointer);
    if (note(gather, whole, value, at, plainness)) {
        bp_json_put(gather->about, pointer, cJSON_CreateString(value));
    }
    free(whole);
}

void bp_gather_list(struct bp_gather *gather, const char *key, const char *value) {
    cJSON *list = cJSON_GetObjectItemCaseSensitive(gather->about, key);
    list = list ? list : cJSON_AddArrayToObject(gather->about, key);
    const cJSON *at;
    int count = 0;
    cJSON_ArrayForEach(at, list) {
        count++;
        if (bp_equal(cJSON_GetStringValue(at), value)) {
            return;
        }
    }
    if (count < LIST_MOST) {
        cJSON_AddItemToArray(list, cJSON_CreateString(value));
    }
}

static bool is_word(char character) {
    return isalnum((unsigned char)character) || character == '_' || (character & 0x80);
}

bool bp_word_alone(const struct bp_gather *gather, size_t start, size_t end) {
    return (start == 0 || !is_word(gather->text[start - 1])) &&
           (end >= gather->length || !is_word(gather->text[end]));
}

const char *bp_line_around(const struct bp_gather *gather, size_t at, size_t *length) {
    /* A line that is no line for a person is looked at near the place only. */
    size_t start = at;
    while (start > 0 && gather->text[start - 1] != '\n' && at - start < 1024) {
        start--;
    }
    size_t end = at;
    while (end < gather->length && gather->text[end] != '\n' && end - at < 1024) {
        end++;
    }
    *length = end - start;
    return gather->text + start;
}

bool bp_line_holds(const char *line, size_t length, const char *words) {
    size_t size = strlen(words);
    for (size_t at = 0; at + size <= length; at++) {
        if (memcmp(line + at, words, size) == 0) {
            return true;
        }
    }
    return false;
}

bool bp_text_has_at(const struct bp_gather *gather, size_t at, const char *words) {
    size_t size = strlen(words);
    return at <= gather->length && gather->length - at >= size &&
           strncasecmp(gather->text + at, words, size) == 0;
}

static size_t version_length(const char *text, size_t length) {
    size_t at = 0;
    while (at < length && at < VERSION_MOST &&
           (isalnum((unsigned char)text[at]) || strchr(".+-_", text[at]))) {
        at++;
    }
    return at;
}

/* Cuts what is no part of a version off its end, as in "0.39.0-py3.10.egg". */
static bool shorten_to_version(char *text) {
    for (size_t length = strlen(text); length > 2; text[--length] = '\0') {
        if (bp_version_valid(text)) {
            return true;
        }
    }
    return false;
}

char *bp_version_at(const struct bp_gather *gather, size_t at, size_t *end) {
    if (at >= gather->length) {
        return NULL;
    }
    const char *text = gather->text + at;
    size_t skip = (text[0] == 'v' || text[0] == 'V') && gather->length - at > 1;
    size_t length = version_length(text + skip, gather->length - at - skip);
    if (!length || !isdigit((unsigned char)text[skip])) {
        return NULL;
    }
    char *version = bp_strndup(text + skip, length);
    char *dash = strpbrk(version, "-_");
    if (dash) {
        *dash = '\0'; /* a wheel's or an egg's name goes on there */
    }
    if (!shorten_to_version(version) || !strchr(version, '.')) {
        free(version);
        return NULL;
    }
    *end = at + skip + strlen(version);
    return version;
}
