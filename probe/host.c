#include "probe/host.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/binary/binary.h"
#include "probe/lines.h"
#include "probe/macos/macos.h"
#include "probe/os/kernel.h"
#include "probe/windows/host.h"

static void put_kernel(struct bp_facts *facts, const char *release, const char *version) {
    cJSON *kernel = cJSON_CreateObject();
    bp_json_set_text(kernel, "release", release);
    bp_json_set_text(kernel, "version", version);
    bp_facts_put(facts, "/host/kernel", kernel);
}

/* The parts of "Linux version RELEASE (builder) (compiler) #1 SMP ...". */
static void split_version_line(const char *line, char **release, char **version) {
    static const char start[] = "Linux version ";
    if (bp_starts_with(line, start)) {
        const char *at = line + sizeof start - 1;
        *release = bp_strndup(at, strcspn(at, " "));
        const char *number = strstr(at, " #");
        *version = number ? bp_strdup(number + 1) : NULL;
    }
}

/* The kernel that another root's /proc was taken from. Returns its release; caller frees. */
static char *collect_recorded_kernel(const struct bp_root *root, struct bp_facts *facts) {
    char *release = bp_root_read_line(root, "/proc/sys/kernel/osrelease", NULL);
    char *version = bp_root_read_line(root, "/proc/sys/kernel/version", NULL);
    char *line = release ? NULL : bp_root_read_line(root, "/proc/version", NULL);
    if (line) {
        free(version);
        version = NULL;
        split_version_line(line, &release, &version);
    }
    if (release) {
        put_kernel(facts, release, version);
    } else {
        bp_facts_unknown(facts, "/host/kernel", "this root holds no /proc of a running kernel");
    }
    free(line);
    free(version);
    return release;
}

/*
 * The architecture of the programs in a root, of which one is nearly always there; an image
 * made for one program alone still has its loader.
 */
static char *machine_of_programs(const struct bp_root *root, const char **from) {
    static const char *const programs[] = {"/bin/sh",
                                           "/usr/bin/env",
                                           "/bin/busybox",
                                           "/sbin/init",
                                           "/usr/bin/python3",
                                           "/lib64/ld-linux-x86-64.so.2",
                                           "/lib/ld-linux-aarch64.so.1",
                                           "/lib64/ld64.so.2",
                                           "/lib/ld-musl-x86_64.so.1",
                                           "/lib/ld-musl-aarch64.so.1"};
    char *machine = NULL;
    for (size_t i = 0; i < sizeof programs / sizeof programs[0] && !machine; i++) {
        machine = bp_binary_machine(root, programs[i]);
        *from = programs[i];
    }
    return machine;
}

static char *collect_recorded_machine(const struct bp_root *root, struct bp_facts *facts,
                                      const char *release) {
    const char *from = NULL;
    char *machine = machine_of_programs(root, &from);
    if (!machine) {
        struct bp_str cpuinfo = BP_STR_EMPTY;
        from = "/proc/cpuinfo";
        bp_root_read(root, from, (size_t)8192, &cpuinfo, NULL);
        machine = bp_machine_of_cpuinfo(&cpuinfo, release);
        bp_str_free(&cpuinfo);
    }
    if (machine) {
        bp_facts_put_text(facts, "/host/machine", machine);
        bp_facts_put_text(facts, "/host/machine_from", from);
    } else {
        bp_facts_unknown(facts, "/host/machine", "neither a program nor /proc/cpuinfo tells it");
    }
    return machine;
}

/* https://docs.nvidia.com/jetson/: "# R35 (release), REVISION: 4.1, GCID: ..., BOARD: ..." */
static void collect_tegra(const struct bp_root *root, struct bp_facts *facts) {
    struct bp_err err = {0};
    char *line = bp_root_read_line(root, "/etc/nv_tegra_release", &err);
    const char *text = line;
    if (line) {
        text += strspn(line, "# ");
        line[strcspn(line, "\n")] = '\0';
    }
    bp_facts_put_text(facts, "/host/tegra", text);
    if (!line && err.code != BP_E_ABSENT) {
        bp_facts_unknown(facts, "/host/tegra", "%s", bp_err_text(&err));
    }
    bp_err_clear(&err);
    free(line);
}

void bp_collect_host(const struct bp_probe *probe, struct bp_facts *facts) {
    const struct bp_root *root = probe->root;
    char *release = NULL;
    char *machine = NULL;
    if (bp_macos_is(root)) {
        bp_macos_host(probe, facts);
        return;
    }
    if (root->drive) {
        bp_windows_collect_host(probe, facts);
        return;
    }
    struct bp_kernel kernel = {0};
    bp_facts_put_text(facts, "/host/os", "linux");
    if (root->live && bp_kernel_read(&kernel) == 0) {
        put_kernel(facts, kernel.release, kernel.version);
        bp_facts_put_text(facts, "/host/machine", kernel.machine);
        bp_facts_put_text(facts, "/host/machine_from", "uname");
        release = bp_strdup(kernel.release);
        machine = bp_strdup(kernel.machine);
    } else {
        release = collect_recorded_kernel(root, facts);
        machine = collect_recorded_machine(root, facts, release);
    }
    bp_collect_distribution(probe, facts);
    bp_collect_virtualization(probe, facts, release);
    bp_collect_container(probe, facts);
    collect_tegra(root, facts);
    bp_collect_libc(probe, facts, machine);
    bp_kernel_free(&kernel);
    free(machine);
    free(release);
}
