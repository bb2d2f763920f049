/* What mends an outcome that needs no known pattern to be understood. */
#ifndef BP_CHECKS_LOADER_REMEDY_H
#define BP_CHECKS_LOADER_REMEDY_H

#include <cjson/cJSON.h>

/*
 * Steps {"says", "command"} for the outcome, for the interpreter of the snapshot and the
 * operating system (either may be NULL); an empty array where a pattern has to say it. The caller
 * deletes it.
 */
cJSON *bp_loader_remedy(const char *outcome, const cJSON *interpreter, const char *os);

#endif
