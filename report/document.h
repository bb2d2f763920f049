/* The report document: what `--format json` prints and what every other format shows. */
#ifndef BP_REPORT_DOCUMENT_H
#define BP_REPORT_DOCUMENT_H

#include <cjson/cJSON.h>
#include <time.h>

/*
 * Puts a document together (report/bnb-probe-1.schema.json). `snapshot` and `judgement`
 * (the answer of bp_check) belong to the document afterwards. `collected_at` is when the
 * snapshot was taken, NULL where that is not known. The caller deletes the document.
 */
cJSON *bp_document_make(cJSON *snapshot, cJSON *judgement, const char *collected_at);

/* `moment` in UTC as RFC 3339 writes it. The caller frees it. */
char *bp_document_time(time_t moment);

#endif
