/* What a redacted report says of its redaction, in sentences. */
#ifndef BP_REPORT_RECEIPT_H
#define BP_REPORT_RECEIPT_H

#include <cjson/cJSON.h>

#include "base/str.h"

/*
 * "Withheld from this report: 3 home folders, 1 token." `withheld` is the receipt (report/
 * withheld.h); NULL where there is none, as with --no-redact. The caller frees it.
 */
char *bp_receipt_withheld(const cJSON *withheld);

/*
 * "In paths, $HOME is the home folder and $VENV is $HOME/venv." `paths` is the report's list of
 * named folders; NULL where it names none. The caller frees it.
 */
char *bp_receipt_paths(const cJSON *paths);

/*
 * Both of them, of a document that has "paths" and "withheld"; nothing of one that has not. The
 * caller frees the list.
 */
struct bp_strs bp_receipt_lines(const cJSON *document);

#endif
