#include "probe/os/name_match.h"

#include <fnmatch.h>

bool bp_name_matches(const char *pattern, const char *name) {
    return fnmatch(pattern, name, FNM_PERIOD) == 0;
}
