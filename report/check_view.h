/*
 * The check document ($defs/check of the JSON Schema) in words, and the formats that show it.
 * Each takes the document redacted and appends to *out; none adds a judgement of its own.
 */
#ifndef BP_REPORT_CHECK_VIEW_H
#define BP_REPORT_CHECK_VIEW_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/str.h"
#include "report/render.h"

enum bp_check_result { BP_CHECK_PASS, BP_CHECK_FAIL, BP_CHECK_UNKNOWN, BP_CHECK_NOTE };

enum bp_check_result bp_check_result_of(const cJSON *check);

/* "eol-glibc" where that finding, which is in the list as well, says why; or NULL. */
const char *bp_check_explained_by(const cJSON *check);

/* What the whole came to: "PASSED", "FAILED" or "UNKNOWN", and the tone for it. */
const char *bp_check_word(const cJSON *document);

/*
 * What a check has to say beyond its sentence, one fact or step a line: where the facts stand,
 * what to do. The caller frees the list.
 */
struct bp_strs bp_check_details(const cJSON *check);

/* The finding that a check is about, or NULL. */
const cJSON *bp_check_finding(const cJSON *document, const cJSON *check);

/* The exit code that the result stands for (enum bp_exit). */
int bp_check_exit(const cJSON *document);

void bp_check_text(const cJSON *document, const struct bp_text_style *style, bool quiet,
                   struct bp_str *out);

/* A table and what to do, in GitHub's Markdown: a job's summary. */
void bp_check_markdown(const cJSON *document, struct bp_str *out);

/*
 * Workflow commands, which GitHub Actions shows as annotations.
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
void bp_check_github(const cJSON *document, struct bp_str *out);

/* JUnit XML as Jenkins, GitLab and Ant's schema have it: what cannot be told is an error. */
void bp_check_junit(const cJSON *document, struct bp_str *out);

/* SARIF 2.1.0: https://docs.oasis-open.org/sarif/sarif/v2.1.0/ */
void bp_check_sarif(const cJSON *document, struct bp_str *out);

/* TAP 13, which readers of TAP 14 take, too: https://testanything.org */
void bp_check_tap(const cJSON *document, struct bp_str *out);

#endif
