#include "report/compare_view.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"

/* Of fewer reports each fact is shown with the names of those that have it. */
enum { FEW = 9 };

struct bp_compare_limits bp_compare_limits(bool verbose) {
    struct bp_compare_limits some = {.clusters = 20, .facts = 12, .values = 8, .names = 3};
    struct bp_compare_limits all = {SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX};
    return verbose ? all : some;
}

static size_t size_of(const cJSON *object, const char *member) {
    return (size_t)bp_json_number(object, member, 0);
}

size_t bp_compare_clusters(const cJSON *comparison) {
    size_t count = (size_t)cJSON_GetArraySize(bp_json_get(comparison, "clusters"));
    return size_of(comparison, "reports") < FEW || count < 2 ? 0 : count;
}

static int count_of(const cJSON *comparison, const char *list) {
    return cJSON_GetArraySize(bp_json_get(comparison, list));
}

char *bp_compare_headline(const cJSON *comparison) {
    size_t reports = size_of(comparison, "reports");
    int clusters = count_of(comparison, "clusters");
    int facts = count_of(comparison, "differences");
    const char *odd = bp_json_text(comparison, "odd_one_out");
    const char *many = facts == 1 ? "" : "s";
    if (bp_json_is_true(comparison, "alike")) {
        return bp_format("%zu reports are alike in all that can matter to bitsandbytes.", reports);
    }
    if (odd) {
        return bp_format("%s is the odd one out of %zu reports: it differs in %d fact%s.", odd,
                         reports, facts, many);
    }
    if (reports == 2) {
        return bp_format("2 reports differ in %d fact%s.", facts, many);
    }
    return bp_format("%zu reports are in %d clusters, which differ in %d fact%s.", reports,
                     clusters, facts, many);
}

/* The titles of those entries of a list for which the member is true; of all where it is NULL. */
static char *titles(const cJSON *list, const char *member) {
    struct bp_str line = BP_STR_EMPTY;
    const cJSON *one;
    cJSON_ArrayForEach(one, list) {
        const char *title = bp_json_text(one, "title");
        if (title && (!member || bp_json_is_true(one, member))) {
            bp_str_addf(&line, "%s%s", line.length ? ", " : "", title);
        }
    }
    return line.length ? bp_str_detach(&line) : NULL;
}

char *bp_compare_explaining(const cJSON *comparison) {
    return titles(bp_json_get(comparison, "differences"), "goes_with_outcome");
}

char *bp_compare_scattered(const cJSON *comparison) {
    return titles(bp_json_get(comparison, "scattered"), NULL);
}

const char *bp_compare_value_words(const cJSON *value) {
    const char *text = bp_json_text(value, "value");
    return text                                         ? text
           : cJSON_IsFalse(bp_json_get(value, "known")) ? "could not be learned"
                                                        : "none";
}

/* Appends names until there are `most`. */
static void add_names(struct bp_str *line, const cJSON *names, size_t most, size_t *shown) {
    const cJSON *name;
    cJSON_ArrayForEach(name, names) {
        if (*shown < most && cJSON_IsString(name)) {
            bp_str_addf(line, "%s%s", *shown ? ", " : "", name->valuestring);
            ++*shown;
        }
    }
}

/* The names alone where they are all. */
static char *members_words(const struct bp_str *names, size_t shown, size_t count) {
    return shown >= count
               ? bp_strdup(names->data)
               : bp_format("%zu reports: %s%s...", count, names->data, shown ? ", " : "");
}

char *bp_compare_members(const cJSON *cluster, size_t names) {
    struct bp_str line = BP_STR_EMPTY;
    size_t shown = 0;
    add_names(&line, bp_json_get(cluster, "names"), names, &shown);
    char *words = members_words(&line, shown, size_of(cluster, "count"));
    bp_str_free(&line);
    return words;
}

char *bp_compare_who(const cJSON *comparison, const cJSON *difference, const cJSON *value,
                     size_t names) {
    const cJSON *clusters = bp_json_get(comparison, "clusters");
    size_t count = size_of(value, "count");
    size_t reports = size_of(comparison, "reports");
    bool first = value == bp_json_get(difference, "values")->child;
    if (reports >= FEW && first && cJSON_IsNumber(bp_json_get(difference, "majority"))) {
        return bp_format("%zu of %zu reports", count, reports);
    }
    struct bp_str line = BP_STR_EMPTY;
    size_t shown = 0;
    const cJSON *index;
    cJSON_ArrayForEach(index, bp_json_get(value, "clusters")) {
        if (shown >= names) {
            break;
        }
        const cJSON *cluster = cJSON_GetArrayItem(clusters, index->valueint);
        add_names(&line, bp_json_get(cluster, "names"), names, &shown);
    }
    char *words = members_words(&line, shown, count);
    bp_str_free(&line);
    return words;
}

static const cJSON *value_at(const cJSON *difference, const cJSON *cluster, int index) {
    const cJSON *number = cJSON_GetArrayItem(bp_json_get(cluster, "values"), index);
    return number ? cJSON_GetArrayItem(bp_json_get(difference, "values"), number->valueint) : NULL;
}

struct bp_strs bp_compare_apart(const cJSON *comparison, size_t cluster) {
    const cJSON *clusters = bp_json_get(comparison, "clusters");
    const cJSON *first = cJSON_GetArrayItem(clusters, 0);
    const cJSON *other = cJSON_GetArrayItem(clusters, (int)cluster);
    struct bp_strs lines = {0};
    int index = 0;
    const cJSON *difference;
    cJSON_ArrayForEach(difference, bp_json_get(comparison, "differences")) {
        const cJSON *usual = value_at(difference, first, index);
        const cJSON *own = value_at(difference, other, index);
        const char *title = bp_json_text(difference, "title");
        if (own != usual && title) {
            bp_strs_add_owned(&lines,
                              bp_format("%s: %s, not %s", title, bp_compare_value_words(own),
                                        bp_compare_value_words(usual)));
        }
        index++;
    }
    return lines;
}
