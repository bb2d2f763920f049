/*
 * The parts of the snapshot's "host" section, one file each. All put their facts at
 * their own pointer and say why where they could not learn one.
 */
#ifndef BP_PROBE_HOST_H
#define BP_PROBE_HOST_H

#include "probe/collector.h"

/* "/host/distribution": https://www.freedesktop.org/software/systemd/man/os-release.html */
void bp_collect_distribution(const struct bp_probe *probe, struct bp_facts *facts);

/*
 * "/host/libc" and "/host/libstdcxx": those that programs of the inspected system are
 * started with, whatever this program was built against. `machine` (may be NULL) is
 * the architecture, for multiarch folders.
 */
void bp_collect_libc(const struct bp_probe *probe, struct bp_facts *facts, const char *machine);

/*
 * "/host/libstdcxx": the one that a program gets which brings none of its own. `libc_path`
 * (may be NULL) is where the system's libc lies.
 */
void bp_collect_libstdcxx(const struct bp_probe *probe, struct bp_facts *facts,
                          const char *libc_path, const char *kernel_machine);

/* "/host/container" */
void bp_collect_container(const struct bp_probe *probe, struct bp_facts *facts);

/* "/host/wsl" and "/host/virtualization"; `release` (may be NULL) is the kernel's. */
void bp_collect_virtualization(const struct bp_probe *probe, struct bp_facts *facts,
                               const char *release);

/*
 * The architecture as /proc/cpuinfo's form tells it, or NULL where it does not.
 * `release` (may be NULL) is the kernel's, which often ends in it. The caller frees it.
 */
char *bp_machine_of_cpuinfo(const struct bp_str *cpuinfo, const char *release);

#endif
