/*
 * Reading issues, logs and reports, one at a time, so that a whole tracker takes no more
 * memory than its largest issue. What is understood, by its content:
 *
 *   a bnb-probe/1 report               its snapshot is judged
 *   an object with "title" and "body"  an issue; "number" or "id" names it, "comments" is an
 *                                      array of objects with "body", or {"nodes": [...]}
 *   an array of such objects, one object a line, or a document that holds them anywhere
 *   anything else                      the text of one issue or log
 */
#ifndef BP_REPORT_ISSUES_H
#define BP_REPORT_ISSUES_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "base/str.h"
#include "checks/text/facts.h"

/* Largest single issue or log, in bytes. */
#define BP_ISSUE_LIMIT ((size_t)256 << 20)

/* One that was read; what it points to lasts until the taker returns. */
struct bp_issue_read {
    const char *file; /* as it was named; "-" for standard input */
    const cJSON *id;  /* a number or a text; NULL: it has none */
    struct bp_issue text;
    const cJSON *attached; /* the snapshot of a bnb-probe/1 report that came with it, or NULL */
};

typedef void bp_issue_taker(void *context, const struct bp_issue_read *issue);

/*
 * Calls `take` for every issue of the file, in order. What cannot be read is left out, with
 * a message for each in *problems that names the file and, in a file with one object a
 * line, the line.
 */
void bp_issues_read(const char *path, bp_issue_taker *take, void *context,
                    struct bp_strs *problems);

#endif
