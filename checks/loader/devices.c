#include "checks/loader/devices.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"

void bp_devices_add(struct bp_devices *devices, enum bp_device_kind kind, const char *name,
                    char *target) {
    struct bp_device device = {
        .kind = kind, .ordinal = (int)devices->count, .name = name, .target = target};
    devices->items = bp_realloc_array(devices->items, devices->count + 1, sizeof *devices->items);
    devices->items[devices->count++] = device;
}

void bp_devices_free(struct bp_devices *devices) {
    for (size_t i = 0; i < devices->count; i++) {
        free(devices->items[i].target);
    }
    free(devices->items);
    *devices = (struct bp_devices){0};
}

/* What the driver lists is what CUDA_VISIBLE_DEVICES leaves, in its order. */
static void add_cuda(const struct bp_machine *machine, struct bp_devices *devices) {
    const cJSON *list = bp_json_at(machine->snapshot, "/cuda/driver/devices");
    const cJSON *device;
    devices->known = cJSON_IsArray(list);
    cJSON_ArrayForEach(device, list) {
        const char *capability = bp_json_text(device, "compute_capability");
        bp_devices_add(devices, BP_DEVICE_CUDA, bp_json_text(device, "name"),
                       capability ? bp_strdup(capability) : NULL);
        devices->items[devices->count - 1].ordinal =
            bp_small_number(device, "ordinal", (int)devices->count - 1);
    }
}

struct bp_devices bp_devices_visible(const struct bp_machine *machine,
                                     const struct bp_torch *torch) {
    struct bp_devices devices = {.exact = BP_YES};
    if (torch->hip) {
        bp_devices_add_hip(machine, &devices);
    } else {
        add_cuda(machine, &devices);
    }
    return devices;
}
