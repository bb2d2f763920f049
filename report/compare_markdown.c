/* A comparison as Markdown, to be put into an issue or a wiki. */
#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "report/compare_view.h"
#include "report/markup.h"

static void add_words_of(struct bp_str *out, const char *before, char *words, const char *after) {
    if (words) {
        bp_str_add(out, before);
        bp_markup_words(out, words);
        bp_str_add(out, after);
    }
    free(words);
}

static void add_cluster(struct bp_str *out, const cJSON *comparison, size_t number,
                        const struct bp_compare_limits *limits) {
    const cJSON *cluster = cJSON_GetArrayItem(bp_json_get(comparison, "clusters"), (int)number);
    struct bp_strs apart = bp_compare_apart(comparison, number);
    bp_str_addf(out, "%zu. ", number + 1);
    add_words_of(out, "", bp_compare_members(cluster, limits->names), "\n");
    for (size_t i = 0; i < apart.count && i < limits->facts; i++) {
        bp_str_add(out, "   - ");
        bp_markup_words(out, apart.items[i]);
        bp_str_add_char(out, '\n');
    }
    if (apart.count > limits->facts) {
        bp_str_addf(out, "   - and %zu more\n", apart.count - limits->facts);
    }
    bp_strs_free(&apart);
}

static void add_clusters(struct bp_str *out, const cJSON *comparison,
                         const struct bp_compare_limits *limits) {
    size_t count = bp_compare_clusters(comparison);
    if (!count) {
        return;
    }
    bp_str_add(out, "\n## Clusters, and what tells them apart from the first\n\n");
    for (size_t i = 0; i < count && i < limits->clusters; i++) {
        add_cluster(out, comparison, i, limits);
    }
    if (count > limits->clusters) {
        bp_str_addf(out, "\nand %zu more clusters\n", count - limits->clusters);
    }
}

static void add_difference(struct bp_str *out, const cJSON *comparison, const cJSON *difference,
                           const struct bp_compare_limits *limits) {
    const char *title = bp_json_text(difference, "title");
    const cJSON *values = bp_json_get(difference, "values");
    size_t shown = 0;
    const cJSON *value;
    bp_str_add(out, "- ");
    bp_markup_words(out, title ? title : "");
    bp_str_add_char(out, '\n');
    cJSON_ArrayForEach(value, values) {
        if (shown++ < limits->values) {
            bp_str_add(out, "  - ");
            bp_markup_code(out, bp_compare_value_words(value));
            add_words_of(out, ": ", bp_compare_who(comparison, difference, value, limits->names),
                         "\n");
        }
    }
    if (shown > limits->values) {
        bp_str_addf(out, "  - and %zu more values\n", shown - limits->values);
    }
}

void bp_render_compare_markdown(const cJSON *comparison, bool verbose, struct bp_str *out) {
    struct bp_compare_limits limits = bp_compare_limits(verbose);
    const char *group = NULL;
    const cJSON *one;
    add_words_of(out, "**", bp_compare_headline(comparison), "**\n");
    add_words_of(out, "\nFacts that go with the outcome: ", bp_compare_explaining(comparison),
                 "\n");
    add_clusters(out, comparison, &limits);
    cJSON_ArrayForEach(one, bp_json_get(comparison, "differences")) {
        const char *title = bp_json_text(one, "group_title");
        if (!bp_equal(title, group)) {
            bp_str_addf(out, "\n## %s\n\n", title ? title : "");
            group = title;
        }
        add_difference(out, comparison, one, &limits);
    }
    add_words_of(out, "\nDifferent nearly everywhere, so left out of the clusters: ",
                 bp_compare_scattered(comparison), "\n");
}
