/* A comparison for a person at a terminal. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "report/compare_view.h"
#include "report/layout.h"
#include "report/plain.h"

enum { INDENT = 3, LABEL_LIMIT = 22 };

static void heading(const struct bp_layout *layout, const char *text) {
    bp_str_add_char(layout->out, '\n');
    bp_layout_words(layout, BP_STRONG, text);
    bp_str_add_char(layout->out, '\n');
}

static void say_more(const struct bp_layout *layout, const char *start, size_t indent, size_t count,
                     const char *what) {
    char *line = bp_format("and %zu more %s; --verbose shows all", count, what);
    bp_layout_paragraph(layout, start, indent, line, BP_QUIET);
    free(line);
}

static void show_cluster(const struct bp_layout *layout, const cJSON *comparison, size_t number,
                         const struct bp_compare_limits *limits) {
    const cJSON *cluster = cJSON_GetArrayItem(bp_json_get(comparison, "clusters"), (int)number);
    char *start = bp_format("%3zu. ", number + 1);
    char *members = bp_compare_members(cluster, limits->names);
    struct bp_strs apart = bp_compare_apart(comparison, number);
    bp_layout_paragraph(layout, start, 5, members, BP_STRONG);
    for (size_t i = 0; i < apart.count && i < limits->facts; i++) {
        bp_layout_paragraph(layout, "     - ", 7, apart.items[i], BP_PLAIN);
    }
    if (apart.count > limits->facts) {
        say_more(layout, "     ", 5, apart.count - limits->facts, "facts");
    }
    bp_strs_free(&apart);
    free(members);
    free(start);
}

static void show_clusters(const struct bp_layout *layout, const cJSON *comparison,
                          const struct bp_compare_limits *limits) {
    size_t count = bp_compare_clusters(comparison);
    if (!count) {
        return;
    }
    heading(layout, "Clusters, and what tells them apart from the first");
    for (size_t i = 0; i < count && i < limits->clusters; i++) {
        show_cluster(layout, comparison, i, limits);
    }
    if (count > limits->clusters) {
        say_more(layout, "     ", 5, count - limits->clusters, "clusters");
    }
}

static size_t label_width(const cJSON *differences) {
    size_t widest = 0;
    const cJSON *one;
    cJSON_ArrayForEach(one, differences) {
        size_t columns = bp_utf8_columns(bp_json_text(one, "title"));
        widest = columns > widest && columns <= LABEL_LIMIT ? columns : widest;
    }
    return widest;
}

static void show_difference(const struct bp_layout *layout, const cJSON *comparison,
                            const cJSON *difference, size_t labels,
                            const struct bp_compare_limits *limits) {
    const char *label = bp_json_text(difference, "title");
    int majority = (int)bp_json_number(difference, "majority", -1);
    const cJSON *values = bp_json_get(difference, "values");
    size_t count = (size_t)cJSON_GetArraySize(values);
    for (size_t i = 0; i < count && i < limits->values; i++) {
        const cJSON *value = cJSON_GetArrayItem(values, (int)i);
        char *who = bp_compare_who(comparison, difference, value, limits->names);
        char *line = bp_format("%s (%s)", bp_compare_value_words(value), who);
        bp_layout_fact(layout, INDENT, labels, label, line,
                       majority >= 0 && (int)i != majority ? BP_DOUBT : BP_PLAIN);
        label = "";
        free(line);
        free(who);
    }
    if (count > limits->values) {
        char *line = bp_format("and %zu more values", count - limits->values);
        bp_layout_fact(layout, INDENT, labels, label, line, BP_QUIET);
        free(line);
    }
}

static void show_differences(const struct bp_layout *layout, const cJSON *comparison,
                             const struct bp_compare_limits *limits) {
    const cJSON *differences = bp_json_get(comparison, "differences");
    size_t labels = label_width(differences);
    const char *group = NULL;
    const cJSON *one;
    cJSON_ArrayForEach(one, differences) {
        const char *title = bp_json_text(one, "group_title");
        if (!bp_equal(title, group)) {
            heading(layout, title ? title : "");
            group = title;
        }
        show_difference(layout, comparison, one, labels, limits);
    }
}

static void show_sentence(const struct bp_layout *layout, const char *start, char *list) {
    if (list) {
        char *line = bp_format("%s %s.", start, list);
        bp_str_add_char(layout->out, '\n');
        bp_layout_paragraph(layout, "", INDENT, line, BP_PLAIN);
        free(line);
    }
    free(list);
}

void bp_render_compare_text(const cJSON *comparison, const struct bp_text_style *style,
                            struct bp_str *out) {
    struct bp_layout layout = {style, out};
    struct bp_compare_limits limits = bp_compare_limits(style->verbose);
    char *headline = bp_compare_headline(comparison);
    bp_layout_paragraph(&layout, "", 2, headline, BP_STRONG);
    show_sentence(&layout, "Facts that go with the outcome:", bp_compare_explaining(comparison));
    show_clusters(&layout, comparison, &limits);
    show_differences(&layout, comparison, &limits);
    show_sentence(&layout, "Different nearly everywhere, so left out of the clusters:",
                  bp_compare_scattered(comparison));
    free(headline);
}
