/* Why a fact is not known. */
#ifndef BP_CHECKS_UNKNOWN_H
#define BP_CHECKS_UNKNOWN_H

#include <cjson/cJSON.h>

/*
 * The reason that some collector gives for the fact at `pointer` or, failing that, for what it
 * lies in; NULL where none does. Points into the snapshot.
 */
const char *bp_unknown_reason(const cJSON *snapshot, const char *pointer);

#endif
