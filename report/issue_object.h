/* From a JSON object, or a text, to an issue. */
#ifndef BP_REPORT_ISSUE_OBJECT_H
#define BP_REPORT_ISSUE_OBJECT_H

#include "report/issues.h"

/*
 * Hands every issue and every report that the document is or holds to `take`; returns how
 * many there were.
 */
size_t bp_issue_objects(const char *file, const cJSON *document, bp_issue_taker *take,
                        void *context);

/* Hands the bytes of a file that is no JSON to `take`. */
void bp_issue_of_bytes(const char *file, const char *bytes, size_t length, bp_issue_taker *take,
                       void *context);

#endif
