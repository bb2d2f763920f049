/* Files that a process has opened by path before it opens bitsandbytes' own. */
#ifndef BP_PROBE_OPENED_FILES_H
#define BP_PROBE_OPENED_FILES_H

#include <cjson/cJSON.h>

#include "probe/collector.h"
#include "probe/library_search.h"

/*
 * The JSON Schema's /libraries/opened: the interpreter's program, what LD_PRELOAD and
 * /etc/ld.so.preload name by path, torch's first library and its module, and what torch may
 * open of the nvidia wheels. The caller deletes it.
 */
cJSON *bp_opened_files(struct bp_library_search *search, const struct bp_probe *probe,
                       const cJSON *interpreter, const struct bp_strs *preload_file);

/* Takes the header facts of those away that are among the candidates, by path. */
void bp_opened_files_trim(cJSON *opened, const cJSON *candidates);

/* The names in /etc/ld.so.preload. */
void bp_preload_file_names(const struct bp_root *root, struct bp_strs *names);

#endif
