/*
 * The ROCm devices of a process. ROCR_VISIBLE_DEVICES cuts the kernel's list, and
 * HIP_VISIBLE_DEVICES (or, where that is not set, CUDA_VISIBLE_DEVICES) cuts what is left.
 * https://rocm.docs.amd.com/en/latest/conceptual/gpu-isolation.html
 */
#include "checks/loader/devices.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"

/*
 * HSA_OVERRIDE_GFX_VERSION "10.3.0" makes the runtime take every device for gfx1030; minor
 * and stepping are one hexadecimal digit each in the name. NULL: not set, or no version.
 */
static char *overridden(const struct bp_machine *machine) {
    const char *value = bp_machine_variable(machine, "HSA_OVERRIDE_GFX_VERSION");
    char *end;
    if (!value || *value < '0' || *value > '9') {
        return NULL;
    }
    unsigned long parts[3];
    for (size_t i = 0; i < 3; i++) {
        parts[i] = strtoul(value, &end, 10);
        if (end == value || *end != (i < 2 ? '.' : '\0') || parts[i] > (i == 0 ? 99 : 15)) {
            return NULL;
        }
        value = end + 1;
    }
    return bp_format("gfx%lu%lx%lx", parts[0], parts[1], parts[2]);
}

static void add_all(const struct bp_machine *machine, struct bp_devices *devices) {
    const cJSON *list = bp_json_at(machine->snapshot, "/rocm/gpus");
    const cJSON *device;
    char *forced = overridden(machine);
    devices->known = cJSON_IsArray(list);
    cJSON_ArrayForEach(device, list) {
        const char *own = bp_json_text(device, "gfx");
        const char *target = forced ? forced : own;
        bp_devices_add(devices, BP_DEVICE_HIP, bp_json_text(device, "name"),
                       target ? bp_strdup(target) : NULL);
    }
    free(forced);
}

/* The index that one entry of a list is, or -1 for a UUID or anything else. */
static long index_of(const char *entry) {
    char *end;
    if (*entry < '0' || *entry > '9') {
        return -1;
    }
    long index = strtol(entry, &end, 10);
    return *end == '\0' && index < 1000 ? index : -1;
}

/* Keeps the devices that `list` names, in its order; the list ends at the first bad entry. */
static void cut(struct bp_devices *devices, const char *list) {
    struct bp_strs entries = {0};
    struct bp_devices left = {.known = devices->known, .exact = devices->exact};
    bp_strs_split(&entries, list, ',', true);
    for (size_t i = 0; i < entries.count && left.exact == BP_YES; i++) {
        const char *entry = bp_trim(entries.items[i]);
        long index = index_of(entry);
        if (index < 0 && bp_starts_with(entry, "GPU-")) {
            left.exact = BP_UNKNOWN; /* by UUID, which the kernel's list does not hold */
        } else if (index < 0 || (size_t)index >= devices->count) {
            break;
        } else {
            const struct bp_device *device = &devices->items[index];
            bp_devices_add(&left, device->kind, device->name,
                           device->target ? bp_strdup(device->target) : NULL);
        }
    }
    bp_strs_free(&entries);
    if (left.exact == BP_YES) {
        bp_devices_free(devices);
        *devices = left;
    } else {
        bp_devices_free(&left);
        devices->exact = BP_UNKNOWN;
    }
}

void bp_devices_add_hip(const struct bp_machine *machine, struct bp_devices *devices) {
    const char *runtime = bp_machine_variable(machine, "ROCR_VISIBLE_DEVICES");
    const char *hip = bp_machine_variable(machine, "HIP_VISIBLE_DEVICES");
    if (!hip) {
        hip = bp_machine_variable(machine, "CUDA_VISIBLE_DEVICES");
    }
    add_all(machine, devices);
    if (runtime) {
        cut(devices, runtime);
    }
    if (hip && devices->exact == BP_YES) {
        cut(devices, hip);
    }
}
