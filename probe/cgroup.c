#include "probe/cgroup.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/cgroup_place.h"

void bp_cgroup_limits_free(struct bp_cgroup_limits *limits) {
    free(limits->path);
    *limits = (struct bp_cgroup_limits){0};
}

/*
 * A number of bytes, or -1 for no limit. Version 2 writes "max"; version 1 a number just
 * below 2^63, rounded to a page, whose size differs between machines.
 */
static double bytes_of(const char *text) {
    static const double endless = 4611686018427387904.0; /* 2^62 */
    if (!isdigit((unsigned char)*text)) {
        return -1;
    }
    double bytes = strtod(text, NULL);
    return bytes >= endless ? -1 : bytes;
}

static char *read_in(const struct bp_root *root, const char *folder, const char *name) {
    char *path = bp_join(folder, name);
    char *line = bp_root_read_line(root, path, NULL);
    free(path);
    return line;
}

/* One folder's memory limit in bytes, -1 for none. The top folder has no such file. */
static double memory_in(const struct bp_root *root, const char *folder, int version) {
    char *line = read_in(root, folder, version == 2 ? "memory.max" : "memory.limit_in_bytes");
    double bytes = line ? bytes_of(line) : -1;
    free(line);
    return bytes;
}

/* "quota period" in microseconds, "max" for no quota. */
static double cpus_of_pair(const char *line) {
    char *end;
    double quota = strtod(line, &end);
    double period = end != line ? strtod(end, NULL) : 0;
    return period > 0 && quota > 0 ? quota / period : -1;
}

/* One folder's CPU limit in processors, -1 for none. */
static double cpus_in(const struct bp_root *root, const char *folder, int version) {
    if (version == 2) {
        char *line = read_in(root, folder, "cpu.max");
        double cpus = line ? cpus_of_pair(line) : -1;
        free(line);
        return cpus;
    }
    char *quota = read_in(root, folder, "cpu.cfs_quota_us");
    char *period = read_in(root, folder, "cpu.cfs_period_us");
    double cpus = -1;
    if (quota && period && *quota != '-') {
        char *pair = bp_format("%s %s", quota, period);
        cpus = cpus_of_pair(pair);
        free(pair);
    }
    free(quota);
    free(period);
    return cpus;
}

typedef double limit_fn(const struct bp_root *root, const char *folder, int version);

/* A group is held by the limits of all groups above it, too: the least one counts. */
static double least_on_the_way_up(const struct bp_root *root, const struct bp_cgroup_place *place,
                                  limit_fn *limit_in) {
    double least = -1;
    char *folder = bp_strdup(place->folder);
    for (;;) {
        double limit = limit_in(root, folder, place->version);
        if (limit >= 0 && (least < 0 || limit < least)) {
            least = limit;
        }
        if (strlen(folder) <= strlen(place->mount)) {
            break;
        }
        char *parent = bp_dir_name(folder);
        free(folder);
        folder = parent;
    }
    free(folder);
    return least;
}

struct bp_cgroup_limits bp_cgroup_limits_read(const struct bp_root *root) {
    struct bp_cgroup_limits limits = {.memory_bytes = -1, .cpus = -1};
    struct bp_cgroup_place memory = bp_cgroup_place_find(root, "memory");
    limits.version = memory.version;
    limits.path = bp_strdup(memory.path);
    if (memory.folder) {
        limits.memory_known = bp_root_is_folder(root, memory.folder);
        limits.memory_bytes = least_on_the_way_up(root, &memory, memory_in);
    }
    struct bp_cgroup_place cpu = bp_cgroup_place_find(root, "cpu");
    if (cpu.folder) {
        limits.cpu_known = bp_root_is_folder(root, cpu.folder);
        limits.cpus = least_on_the_way_up(root, &cpu, cpus_in);
    }
    bp_cgroup_place_free(&cpu);
    bp_cgroup_place_free(&memory);
    return limits;
}
