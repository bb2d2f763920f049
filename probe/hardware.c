#include "probe/hardware.h"

#include <stdlib.h>

#include "base/json.h"
#include "probe/cgroup.h"
#include "probe/lines.h"
#include "probe/macos/macos.h"
#include "probe/windows/hardware.h"

/* /proc/meminfo counts in units of 1024 bytes, whatever its "kB" says. */
static void add_kilobytes(cJSON *memory, const char *key, const struct bp_str *text,
                          const char *field) {
    double number;
    if (bp_lines_number(text, field, &number)) {
        bp_json_set_number(memory, key, number * 1024);
    } else {
        cJSON_AddNullToObject(memory, key);
    }
}

static void add_limit(cJSON *object, const char *key, double limit) {
    if (limit >= 0) {
        bp_json_set_number(object, key, limit);
    } else {
        cJSON_AddNullToObject(object, key);
    }
}

static void collect_memory(const struct bp_root *root, struct bp_facts *facts,
                           const struct bp_cgroup_limits *limits) {
    struct bp_str text = BP_STR_EMPTY;
    struct bp_err err = {0};
    cJSON *memory = cJSON_CreateObject();
    if (bp_root_read(root, "/proc/meminfo", 0, &text, &err) != 0) {
        bp_facts_unknown(facts, "/hardware/memory/total_bytes", "%s", bp_err_text(&err));
    }
    add_kilobytes(memory, "total_bytes", &text, "MemTotal");
    add_kilobytes(memory, "available_bytes", &text, "MemAvailable");
    add_kilobytes(memory, "swap_bytes", &text, "SwapTotal");
    add_limit(memory, "cgroup_version", limits->version ? limits->version : -1);
    add_limit(memory, "cgroup_limit_bytes", limits->memory_bytes);
    bp_json_set_text(memory, "cgroup_path", limits->path);
    bp_facts_put(facts, "/hardware/memory", memory);
    if (!limits->memory_known) {
        bp_facts_unknown(facts, "/hardware/memory/cgroup_limit_bytes",
                         "this process's control group is not to be seen");
    }
    bp_str_free(&text);
    bp_err_clear(&err);
}

static void collect_cpu(const struct bp_root *root, struct bp_facts *facts,
                        const struct bp_cgroup_limits *limits) {
    struct bp_err err = {0};
    cJSON *cpu = cJSON_CreateObject();
    bp_cpu_describe(root, cpu);
    cJSON *nodes = bp_topology_describe(root, cpu, &err);
    add_limit(cpu, "quota_cpus", limits->cpus);
    bp_facts_put(facts, "/hardware/cpu", cpu);
    if (nodes) {
        bp_facts_put(facts, "/hardware/numa", nodes);
    } else {
        bp_facts_unknown(facts, "/hardware/cpu/threads", "%s", bp_err_text(&err));
        bp_facts_unknown(facts, "/hardware/numa", "%s", bp_err_text(&err));
    }
    if (!limits->cpu_known) {
        bp_facts_unknown(facts, "/hardware/cpu/quota_cpus",
                         "this process's control group is not to be seen");
    }
    bp_err_clear(&err);
}

void bp_collect_hardware(const struct bp_probe *probe, struct bp_facts *facts) {
    if (bp_macos_is(probe->root)) {
        bp_macos_hardware(probe, facts);
        return;
    }
    if (probe->root->drive) {
        bp_windows_collect_hardware(probe, facts);
        return;
    }
    struct bp_cgroup_limits limits = bp_cgroup_limits_read(probe->root);
    collect_memory(probe->root, facts, &limits);
    collect_cpu(probe->root, facts, &limits);
    bp_cgroup_limits_free(&limits);
}
