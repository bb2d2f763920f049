/* A comparison (bnb-probe-compare/1) in words, for text and Markdown alike. */
#ifndef BP_REPORT_COMPARE_VIEW_H
#define BP_REPORT_COMPARE_VIEW_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "report/render.h"

/* How much of a large fleet is shown. */
struct bp_compare_limits {
    size_t clusters;
    size_t facts;  /* of a cluster */
    size_t values; /* of a fact */
    size_t names;
};
struct bp_compare_limits bp_compare_limits(bool verbose);

/* How many reports there are and how they differ, in one sentence. The caller frees it. */
char *bp_compare_headline(const cJSON *comparison);

/*
 * How many clusters are shown: none of a few reports, of which the facts one by one say it all, and
 * none where there is only one.
 */
size_t bp_compare_clusters(const cJSON *comparison);

/* The titles of the facts that go with the outcome, or NULL. The caller frees it. */
char *bp_compare_explaining(const cJSON *comparison);

/* The titles of the facts that are another one nearly everywhere, or NULL. The caller frees it. */
char *bp_compare_scattered(const cJSON *comparison);

/* A value as a person reads it: "none" where there is none. */
const char *bp_compare_value_words(const cJSON *value);

/*
 * Who has the value: "a.json, b.json", "12 reports: n1, n2, n3, ..."; of what most of a fleet
 * have, how many. The caller frees it.
 */
char *bp_compare_who(const cJSON *comparison, const cJSON *difference, const cJSON *value,
                     size_t names);

/* Who is in the cluster; the same words. The caller frees it. */
char *bp_compare_members(const cJSON *cluster, size_t names);

/*
 * What tells a cluster apart from the first: "TITLE: VALUE, not VALUE", by fact. The caller frees
 * the list.
 */
struct bp_strs bp_compare_apart(const cJSON *comparison, size_t cluster);

/* For a person at a terminal, and as Markdown. */
void bp_render_compare_text(const cJSON *comparison, const struct bp_text_style *style,
                            struct bp_str *out);
void bp_render_compare_markdown(const cJSON *comparison, bool verbose, struct bp_str *out);

#endif
