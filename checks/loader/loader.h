/*
 * The loader model: what `import bitsandbytes` would do on the machine of a snapshot.
 * Which library each release chooses is described in checks/loader/era.h; how a needed
 * library is found, in ld.so(8).
 */
#ifndef BP_CHECKS_LOADER_H
#define BP_CHECKS_LOADER_H

#include <cjson/cJSON.h>

/* The `loader` object of the report (see its JSON Schema). The caller deletes it. */
cJSON *bp_loader_judge(const cJSON *snapshot);

/* The same with the chosen library alone among `files`: for trying what would be, at less cost. */
cJSON *bp_loader_judge_chosen(const cJSON *snapshot);

/* The id of the era that a version belongs to, or NULL where it is none or not known. */
const char *bp_era_of_version(const char *version);

#endif
