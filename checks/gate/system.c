/* Requirements of the system: C library, NVIDIA's driver, tools. */
#include "base/json.h"
#include "checks/gate/parts.h"

void bp_judge_libc(const struct bp_gate *gate, const struct bp_requirement *requirement,
                   struct bp_met *met) {
    const char *wanted = requirement->subject->name;
    const char *name = gate->machine.libc;
    if (name && !bp_equal(name, wanted)) {
        bp_met_say(met, BP_NOT_MET, "The C library is %s, not %s.", name, wanted);
        bp_met_show(met, gate, "/host/libc/name", "the C library is %s", name);
    } else if (gate->machine.os && !bp_equal(gate->machine.os, "linux")) {
        bp_met_say(met, BP_NOT_MET, "The operating system is %s, which has no %s.",
                   gate->machine.os, wanted);
        bp_met_show(met, gate, "/host/os", "the operating system is %s", gate->machine.os);
    } else {
        bp_met_version(met, gate, requirement, name ? gate->machine.libc_version : NULL,
                       "/host/libc/version");
    }
}

void bp_judge_libstdcxx(const struct bp_gate *gate, const struct bp_requirement *requirement,
                        struct bp_met *met) {
    const char *pointer = requirement->subject->pointer;
    bp_met_version(met, gate, requirement, bp_json_text_at(gate->snapshot, pointer), pointer);
}

/* Under WSL the driver is Windows's, and no kernel module of it is loaded. */
void bp_judge_driver(const struct bp_gate *gate, const struct bp_requirement *requirement,
                     struct bp_met *met) {
    const cJSON *module = bp_json_at(gate->snapshot, "/cuda/kernel_module");
    bool wsl = bp_small_number(bp_json_get(gate->snapshot, "host"), "wsl", 0) > 0;
    if (cJSON_IsFalse(bp_json_get(module, "loaded")) && !wsl) {
        bp_met_say(met, BP_NOT_MET, "No NVIDIA kernel driver is loaded.");
        bp_met_show(met, gate, "/cuda/kernel_module/loaded", "it is not loaded");
    } else {
        bp_met_version(met, gate, requirement, bp_json_text(module, "version"),
                       "/cuda/kernel_module/version");
    }
}

void bp_judge_driver_cuda(const struct bp_gate *gate, const struct bp_requirement *requirement,
                          struct bp_met *met) {
    const char *status = bp_json_text_at(gate->snapshot, "/cuda/driver/library/status");
    const char *version = bp_json_text_at(gate->snapshot, "/cuda/driver/version");
    if (!version && (bp_equal(status, "not-found") || bp_equal(status, "unloadable"))) {
        bp_met_say(met, BP_NOT_MET, "The CUDA driver library is %s.",
                   bp_equal(status, "not-found") ? "not there" : "there and cannot be loaded");
        bp_met_show(met, gate, "/cuda/driver/library/status", "no driver can be asked");
    } else {
        bp_met_version(met, gate, requirement, version, "/cuda/driver/version");
    }
}

void bp_judge_tool(const struct bp_gate *gate, const struct bp_requirement *requirement,
                   struct bp_met *met) {
    const char *pointer = requirement->subject->pointer;
    const cJSON *tool = bp_json_at(gate->snapshot, pointer);
    struct bp_str version = BP_STR_EMPTY;
    bp_str_addf(&version, "%s/version", pointer);
    if (tool && cJSON_IsNull(bp_json_get(tool, "path"))) {
        bp_met_say(met, BP_NOT_MET, "%s is not installed.", requirement->name);
        bp_met_show(met, gate, pointer, "it is not installed");
    } else {
        bp_met_version(met, gate, requirement, bp_json_text(tool, "version"), version.data);
    }
    bp_str_free(&version);
}
