#include "probe/windows/hardware.h"

#include <stdlib.h>

#include "base/json.h"
#include "probe/hardware.h"
#include "probe/os/machine_numbers.h"
#include "probe/os/registry.h"

static void collect_memory(struct bp_facts *facts) {
    struct bp_machine_memory read;
    if (!bp_machine_memory_read(&read)) {
        bp_facts_unknown(facts, "/hardware/memory", "Windows does not say");
        return;
    }
    cJSON *memory = cJSON_CreateObject();
    bp_json_set_number(memory, "total_bytes", read.total_bytes);
    bp_json_set_number(memory, "available_bytes", read.available_bytes);
    bp_json_set_number(memory, "swap_bytes", read.swap_bytes);
    bp_facts_put(facts, "/hardware/memory", memory);
}

static void collect_cpu(const struct bp_probe *probe, struct bp_facts *facts) {
    static const char key[] = "HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\0";
    struct bp_err err = {0};
    struct bp_strs flags = {0};
    cJSON *cpu = cJSON_CreateObject();
    char *model = bp_registry_text(BP_REGISTRY_MACHINE, key, "ProcessorNameString");
    bp_json_set_text(cpu, "model", model ? bp_trim(model) : NULL);
    bp_machine_processor_flags(&flags);
    cJSON_AddItemToObject(cpu, "flags", bp_json_of_strs(&flags));
    cJSON *nodes = bp_topology_describe(probe->root, cpu, &err);
    bp_facts_put(facts, "/hardware/cpu", cpu);
    if (nodes) {
        bp_facts_put(facts, "/hardware/numa", nodes);
    } else {
        bp_facts_unknown(facts, "/hardware/numa", "%s", bp_err_text(&err));
    }
    free(model);
    bp_strs_free(&flags);
    bp_err_clear(&err);
}

void bp_windows_collect_hardware(const struct bp_probe *probe, struct bp_facts *facts) {
    if (!probe->root->live) {
        bp_facts_unknown(facts, "/hardware", "a drive does not tell the machine it is in");
        return;
    }
    collect_memory(facts);
    collect_cpu(probe, facts);
}
