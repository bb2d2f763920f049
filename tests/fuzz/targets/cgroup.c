/* Reads the limits of a control group, of both versions. */
#include "probe/cgroup.h"

#include "tests/fuzz/fuzz.h"

#define GROUP "/sys/fs/cgroup/user.slice"
#define OLD "/sys/fs/cgroup/memory/docker/abc"

void fuzz_one(const uint8_t *data, size_t size) {
    static const char *const paths[] = {"/proc/self/cgroup",
                                        "/proc/self/mountinfo",
                                        GROUP "/memory.max",
                                        GROUP "/cpu.max",
                                        "/sys/fs/cgroup/memory.max",
                                        OLD "/memory.limit_in_bytes",
                                        OLD "/memory.stat",
                                        "/sys/fs/cgroup/cpu/cpu.cfs_quota_us",
                                        "/sys/fs/cgroup/cpu/cpu.cfs_period_us",
                                        NULL};
    fuzz_write_tree(paths, data, size);
    struct bp_cgroup_limits limits = bp_cgroup_limits_read(fuzz_root());
    bp_cgroup_limits_free(&limits);
}
