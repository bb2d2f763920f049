#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "probe/collector.h"
#include "probe/macos/macos.h"
#include "probe/windows/display.h"

/*
 * PCI devices as the kernel keeps them in /sys/bus/pci/devices
 * (Documentation/ABI/testing/sysfs-bus-pci). Only attribute files that answer from the
 * kernel's memory are read. The "config" file is not among them: reading it goes to the
 * device, costs about a millisecond each and wakes a sleeping GPU.
 */
#define DEVICES "/sys/bus/pci/devices"

static char *attribute(const struct bp_root *root, const char *device, const char *name) {
    char *path = bp_format(DEVICES "/%s/%s", device, name);
    char *value = bp_root_read_line(root, path, NULL);
    free(path);
    return value;
}

static void add_attribute(cJSON *entry, const struct bp_root *root, const char *device,
                          const char *name, const char *key) {
    char *value = attribute(root, device, name);
    bp_json_set_text(entry, key, value);
    free(value);
}

/* -1 is the kernel's word for "no node in particular", which is no node's number. */
static void add_numa_node(cJSON *entry, const struct bp_root *root, const char *device) {
    char *value = attribute(root, device, "numa_node");
    char *end = NULL;
    long node = value ? strtol(value, &end, 10) : -1;
    if (value && end != value && node >= 0) {
        bp_json_set_number(entry, "numa_node", (double)node);
    } else {
        cJSON_AddNullToObject(entry, "numa_node");
    }
    free(value);
}

static void add_driver(cJSON *entry, const struct bp_root *root, const char *device) {
    char *path = bp_format(DEVICES "/%s/driver", device);
    char *target = bp_root_link(root, path, NULL);
    bp_json_set_text(entry, "driver", target ? bp_base_name(target) : NULL);
    free(target);
    free(path);
}

/* Base classes 03 (display controller, which holds VGA, 3D and other) and 12 (accelerator). */
static bool is_of_interest(const char *class) {
    return bp_starts_with(class, "0x03") || bp_starts_with(class, "0x12");
}

static cJSON *describe(const struct bp_root *root, const char *device, const char *class) {
    cJSON *entry = cJSON_CreateObject();
    bp_json_set_text(entry, "address", device);
    bp_json_set_text(entry, "class", class);
    add_attribute(entry, root, device, "vendor", "vendor");
    add_attribute(entry, root, device, "device", "device");
    add_attribute(entry, root, device, "subsystem_vendor", "subsystem_vendor");
    add_attribute(entry, root, device, "subsystem_device", "subsystem_device");
    add_numa_node(entry, root, device);
    add_driver(entry, root, device);
    add_attribute(entry, root, device, "power/runtime_status", "power");
    return entry;
}

void bp_collect_pci(const struct bp_probe *probe, struct bp_facts *facts) {
    if (bp_macos_is(probe->root)) {
        bp_facts_unknown(facts, "/hardware/pci", "devices of a Mac are not looked for");
        return;
    }
    if (probe->root->drive) {
        bp_windows_collect_pci(probe, facts);
        return;
    }
    struct bp_err err = {0};
    struct bp_strs devices = {0};
    cJSON *found = cJSON_CreateArray();
    if (bp_root_list(probe->root, DEVICES, 0, &devices, &err) != 0 && devices.count == 0) {
        if (err.code == BP_E_ABSENT && bp_root_is_folder(probe->root, "/sys/bus")) {
            bp_facts_put(facts, "/hardware/pci", found);
            bp_facts_status(facts, BP_STATUS_ABSENT, "no PCI bus");
        } else {
            cJSON_Delete(found);
            bp_facts_unknown(facts, "/hardware/pci", "%s", bp_err_text(&err));
        }
        bp_err_clear(&err);
        return;
    }
    if (err.code != BP_OK) {
        bp_facts_unknown(facts, "/hardware/pci", "not all devices are listed: %s",
                         bp_err_text(&err));
    }
    for (size_t i = 0; i < devices.count; i++) {
        char *class = attribute(probe->root, devices.items[i], "class");
        if (is_of_interest(class)) {
            cJSON_AddItemToArray(found, describe(probe->root, devices.items[i], class));
        }
        free(class);
    }
    bp_facts_put(facts, "/hardware/pci", found);
    bp_strs_free(&devices);
    bp_err_clear(&err);
}
