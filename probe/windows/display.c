#include "probe/windows/display.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/memory.h"

/* The `digits` hexadecimal digits behind `label` in a hardware id, from `skip` on, as 0x10de. */
static char *number_behind(const char *id, const char *label, size_t skip, size_t digits) {
    const char *at = strstr(id, label);
    if (!at || strlen(at) < strlen(label) + skip + digits) {
        return NULL;
    }
    at += strlen(label) + skip;
    for (size_t i = 0; i < digits; i++) {
        if (!isxdigit((unsigned char)at[i])) {
            return NULL;
        }
    }
    char *number = bp_format("0x%.*s", (int)digits, at);
    for (char *letter = number; *letter; letter++) {
        *letter = (char)tolower((unsigned char)*letter);
    }
    return number;
}

static void add_number(cJSON *entry, const char *key, char *number) {
    bp_json_set_text(entry, key, number);
    free(number);
}

cJSON *bp_windows_pci_entry(const struct bp_display_device *device) {
    const char *id = device->hardware_id;
    if (!id || strncasecmp(id, "PCI\\", 4) != 0) {
        return NULL; /* a remote desktop's, a virtual one */
    }
    cJSON *entry = cJSON_CreateObject();
    char *address = device->bus >= 0 ? bp_format("0000:%02x:%02x.%x", device->bus, device->slot,
                                                 device->function)
                                     : NULL;
    bp_json_set_text(entry, "address", address);
    bp_json_set_text(entry, "class", "0x030000"); /* what Windows lists as a display adapter */
    add_number(entry, "vendor", number_behind(id, "VEN_", 0, 4));
    add_number(entry, "device", number_behind(id, "DEV_", 0, 4));
    /* The board's id comes before its vendor's: SUBSYS_16F410DE. */
    add_number(entry, "subsystem_vendor", number_behind(id, "SUBSYS_", 4, 4));
    add_number(entry, "subsystem_device", number_behind(id, "SUBSYS_", 0, 4));
    bp_json_set_text(entry, "driver", device->service);
    bp_json_set_text(entry, "driver_version", device->driver_version);
    bp_json_set_text(entry, "name", device->name);
    free(address);
    return entry;
}

void bp_windows_collect_pci(const struct bp_probe *probe, struct bp_facts *facts) {
    struct bp_display_devices devices = {0};
    struct bp_err err = {0};
    if (!probe->root->live) {
        bp_facts_unknown(facts, "/hardware/pci", "a drive does not tell the machine it is in");
    } else if (bp_display_devices_read(&devices, &err) != 0) {
        bp_facts_unknown(facts, "/hardware/pci", "%s", bp_err_text(&err));
    } else {
        cJSON *found = cJSON_CreateArray();
        for (size_t i = 0; i < devices.count; i++) {
            cJSON *entry = bp_windows_pci_entry(&devices.items[i]);
            if (entry) {
                cJSON_AddItemToArray(found, entry);
            }
        }
        bp_facts_put(facts, "/hardware/pci", found);
    }
    bp_display_devices_free(&devices);
    bp_err_clear(&err);
}
