/* Processors and memory of a Mac: its kernel tells them, files do not. */
#include <stdlib.h>

#include "base/json.h"
#include "probe/macos/macos.h"
#include "probe/os/mac_values.h"

static void set_number(cJSON *object, const char *key, double number) {
    if (number >= 0) {
        bp_json_set_number(object, key, number);
    } else {
        cJSON_AddNullToObject(object, key);
    }
}

void bp_macos_hardware(const struct bp_probe *probe, struct bp_facts *facts) {
    static const char reason[] = "only a running Mac tells it";
    if (!probe->root->live) {
        bp_facts_unknown(facts, "/hardware/memory/total_bytes", "%s", reason);
        bp_facts_unknown(facts, "/hardware/cpu/threads", "%s", reason);
        return;
    }
    struct bp_mac_values values = bp_mac_values_read();
    cJSON *memory = cJSON_CreateObject();
    set_number(memory, "total_bytes", values.memory_bytes);
    bp_facts_put(facts, "/hardware/memory", memory);
    cJSON *cpu = cJSON_CreateObject();
    bp_json_set_text(cpu, "model", values.chip);
    set_number(cpu, "packages", values.packages);
    set_number(cpu, "cores", values.cores);
    set_number(cpu, "threads", values.threads);
    bp_facts_put(facts, "/hardware/cpu", cpu);
    bp_mac_values_free(&values);
}
