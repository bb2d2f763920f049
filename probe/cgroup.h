/*
 * What the control groups leave to this process: memory and CPU time, whichever version
 * of the hierarchy is mounted, inside containers too.
 * https://docs.kernel.org/admin-guide/cgroup-v2.html and cgroup-v1/.
 */
#ifndef BP_PROBE_CGROUP_H
#define BP_PROBE_CGROUP_H

#include <stdbool.h>

#include "probe/os/files.h"

struct bp_cgroup_limits {
    int version;         /* of the hierarchy that limits memory; 0: no control group is known */
    char *path;          /* of this process's group in it, as /proc/self/cgroup says; owned */
    bool memory_known;   /* the group's folder was found: no limit means that there is none */
    double memory_bytes; /* the least limit on the way to the top; negative: none */
    bool cpu_known;
    double cpus; /* processors' worth of time; negative: no limit */
};

/* Reads the limits of the process that /proc/self is about. Free with bp_cgroup_limits_free. */
struct bp_cgroup_limits bp_cgroup_limits_read(const struct bp_root *root);
void bp_cgroup_limits_free(struct bp_cgroup_limits *limits);

#endif
