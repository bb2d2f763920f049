/* Reports inside a JSON document, however a tool has wrapped them. */
#ifndef BP_REPORT_REPORT_OBJECTS_H
#define BP_REPORT_REPORT_OBJECTS_H

#include "report/reports.h"

/*
 * Calls `take` for each report in the document; `name` is for one without a name of its own.
 * How many there were.
 */
size_t bp_report_objects(const cJSON *document, const char *name, bp_report_taker *take,
                         void *context);

/* Why there is none, in words after "NAME: ". The caller frees it. */
char *bp_report_objects_lack(const cJSON *document);

#endif
