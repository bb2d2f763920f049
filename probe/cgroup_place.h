/* Which control group folder holds the limits of one controller for this process. */
#ifndef BP_PROBE_CGROUP_PLACE_H
#define BP_PROBE_CGROUP_PLACE_H

#include "base/str.h"
#include "probe/os/files.h"

struct bp_cgroup_place {
    int version;  /* 1 or 2; 0: none was found */
    char *path;   /* of the group, as /proc/self/cgroup says */
    char *mount;  /* where the hierarchy is mounted; NULL: nowhere to be seen */
    char *folder; /* the group's folder, at or below `mount`; NULL like it */
};

/*
 * Finds the group of /proc/self for `controller` ("memory", "cpu"): in the hierarchy of
 * version 1 that has this controller, or else in the one of version 2.
 */
struct bp_cgroup_place bp_cgroup_place_find(const struct bp_root *root, const char *controller);
void bp_cgroup_place_free(struct bp_cgroup_place *place);

#endif
