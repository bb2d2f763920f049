/*
 * Paths in a redacted report start with $HOME, $VENV or $CONDA where they lie below such a
 * folder. The report's member "paths" says where each of them is: of the home folder nothing
 * (null), of an environment its path, which may start with $HOME. Read again, such a report gets
 * paths that start with "/", so that all that is said of paths holds as it did before.
 */
#ifndef BP_REPORT_ROOTED_PATHS_H
#define BP_REPORT_ROOTED_PATHS_H

#include <cjson/cJSON.h>

/* What stands for the home folder in what was read. */
#define BP_HOME_STAND_IN "/home/me"

/* Puts folders in place of their names in every string of `snapshot`. `paths`: see above. */
void bp_rooted_paths_expand(cJSON *snapshot, const cJSON *paths);

#endif
