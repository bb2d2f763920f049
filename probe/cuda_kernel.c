/* The NVIDIA kernel module and its device nodes, from /proc, /sys and /dev alone. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/collector.h"
#include "probe/lines.h"
#include "probe/macos/macos.h"
#include "probe/windows/cuda_driver_version.h"

#define NVRM_FILE "/proc/driver/nvidia/version"

/* What is known of the module. `loaded` is 1, 0 or, where it cannot be told, -1. */
struct module {
    int loaded;
    char *version;
    int open; /* 1, 0 or -1 as well */
    const char *from;
};

/*
 * "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22 ..." or
 * "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  560.35.03  Release Build ...".
 */
static void read_nvrm(const struct bp_root *root, struct module *module) {
    struct bp_str text = BP_STR_EMPTY;
    if (bp_root_read(root, NVRM_FILE, 0, &text, NULL) == 0) {
        char *line = bp_lines_field(&text, "NVRM version");
        module->loaded = 1;
        module->from = NVRM_FILE;
        module->version = bp_text_version(line);
        module->open = line ? strstr(line, "Open Kernel Module") != NULL : -1;
        free(line);
    }
    bp_str_free(&text);
}

static void read_sysfs(const struct bp_root *root, struct module *module) {
    if (bp_root_is_folder(root, "/sys/module/nvidia")) {
        module->loaded = 1;
        module->from = "/sys/module/nvidia";
        char *line = bp_root_read_line(root, "/sys/module/nvidia/version", NULL);
        module->version = bp_text_version(line);
        free(line);
    } else if (bp_root_is_folder(root, "/proc/driver/nvidia")) {
        module->loaded = 1;
        module->from = "/proc/driver/nvidia";
    } else if (bp_root_is_folder(root, "/sys/module/nvgpu")) {
        module->loaded = 1; /* a Jetson's built-in GPU has a module of its own */
        module->from = "/sys/module/nvgpu";
    } else if (bp_root_is_folder(root, "/sys/module")) {
        module->loaded = 0;
        module->from = "/sys/module";
    }
}

static void add_truth(cJSON *object, const char *key, int truth) {
    if (truth < 0) {
        cJSON_AddNullToObject(object, key);
    } else {
        bp_json_set_bool(object, key, truth);
    }
}

static bool is_wsl(const struct bp_root *root) {
    struct bp_file_status status;
    return bp_root_status(root, "/dev/dxg", &status, NULL) == 0;
}

static void collect_module(const struct bp_root *root, struct bp_facts *facts) {
    struct module module = {.loaded = -1, .open = -1};
    read_nvrm(root, &module);
    if (module.loaded < 0) {
        read_sysfs(root, &module);
    }
    if (module.loaded != 1 && is_wsl(root)) {
        module = (struct module){.loaded = -1, .open = -1};
        bp_facts_unknown(facts, "/cuda/kernel_module/loaded",
                         "under WSL the kernel's part of the driver runs in Windows");
    } else if (module.loaded < 0) {
        bp_facts_unknown(facts, "/cuda/kernel_module/loaded",
                         "neither /proc/driver nor /sys/module can be seen");
    }
    cJSON *object = cJSON_CreateObject();
    add_truth(object, "loaded", module.loaded);
    bp_json_set_text(object, "version", module.version);
    add_truth(object, "open", module.open);
    bp_json_set_text(object, "from", module.from);
    bp_facts_put(facts, "/cuda/kernel_module", object);
    if (module.loaded == 0) {
        bp_facts_status(facts, BP_STATUS_ABSENT, "no NVIDIA kernel module is loaded");
    }
    free(module.version);
}

/* The nodes that the CUDA driver opens: nvidia0, nvidiactl, nvidia-uvm; WSL's; a Jetson's. */
static bool is_device_node(const char *name) {
    static const char *const names[] = {"nvidiactl", "nvidia-uvm", "dxg", "nvhost-gpu", "nvmap"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (bp_equal(name, names[i])) {
            return true;
        }
    }
    const char *number = bp_starts_with(name, "nvidia") ? name + strlen("nvidia") : "";
    return *number && number[strspn(number, "0123456789")] == '\0';
}

static void collect_nodes(const struct bp_root *root, struct bp_facts *facts) {
    struct bp_strs names = {0};
    struct bp_err err = {0};
    bool listed = bp_root_list(root, "/dev", 0, &names, &err) == 0;
    cJSON *nodes = cJSON_CreateArray();
    for (size_t i = 0; i < names.count; i++) {
        if (is_device_node(names.items[i])) {
            cJSON *node = cJSON_CreateObject();
            char *path = bp_join("/dev", names.items[i]);
            bp_json_set_text(node, "path", path);
            add_truth(node, "may_use",
                      root->live ? bp_root_may(root, path, BP_MAY_READ | BP_MAY_WRITE) : -1);
            cJSON_AddItemToArray(nodes, node);
            free(path);
        }
    }
    if (listed) {
        bp_facts_put(facts, "/cuda/device_nodes", nodes);
    } else {
        cJSON_Delete(nodes);
        bp_facts_unknown(facts, "/cuda/device_nodes", "%s", bp_err_text(&err));
    }
    bp_strs_free(&names);
    bp_err_clear(&err);
}

void bp_collect_cuda_kernel(const struct bp_probe *probe, struct bp_facts *facts) {
    if (bp_macos_is(probe->root)) {
        bp_facts_status(facts, BP_STATUS_ABSENT, "macOS has no driver of NVIDIA");
        return;
    }
    if (probe->root->drive) {
        bp_windows_collect_cuda_kernel(probe, facts);
        return;
    }
    collect_module(probe->root, facts);
    collect_nodes(probe->root, facts);
}
