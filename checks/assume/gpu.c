/* GPUs, the driver, and the variables that hide the one or lead to the other's libraries. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/assume/parts.h"

enum { CUDA_ERROR_NO_DEVICE = 100 };

static bool is_of_vendor(const cJSON *device, const char *vendor) {
    return bp_equal(bp_json_text(device, "vendor"), vendor);
}

/* --- what a driver says --- */

static void set_driver_found(struct bp_assuming *assuming) {
    const char *os = bp_json_text_at(assuming->snapshot, "/host/os");
    cJSON *library = cJSON_CreateObject();
    if (cJSON_IsTrue(bp_json_at(assuming->snapshot, "/cuda/driver/library/stub"))) {
        bp_assuming_forget(assuming, "/cuda/driver/version", "what was found here is a stub");
    }
    bp_json_set_text(library, "status", "loaded");
    bp_json_set_text(library, "name", bp_equal(os, "windows") ? "nvcuda.dll" : "libcuda.so.1");
    bp_json_set_bool(library, "stub", false);
    bp_assuming_put(assuming, "/cuda/driver/library", library);
    bp_assuming_put(assuming, "/cuda/kernel_module/loaded", cJSON_CreateTrue());
}

static void set_init(struct bp_assuming *assuming, int code, const char *name) {
    cJSON *init = cJSON_CreateObject();
    bp_json_set_number(init, "code", code);
    bp_json_set_text(init, "name", name);
    bp_assuming_put(assuming, "/cuda/driver/init", init);
}

static void set_devices(struct bp_assuming *assuming, cJSON *devices) {
    bp_assuming_put(assuming, "/cuda/driver/device_count",
                    cJSON_CreateNumber(cJSON_GetArraySize(devices)));
    bp_assuming_put(assuming, "/cuda/driver/devices", devices);
}

static void set_no_driver(struct bp_assuming *assuming) {
    cJSON *library = cJSON_CreateObject();
    cJSON *driver = cJSON_CreateObject();
    cJSON *module = cJSON_CreateObject();
    bp_json_set_text(library, "status", "not-found");
    cJSON_AddItemToObject(driver, "library", library);
    cJSON_AddItemToObject(driver, "devices", cJSON_CreateArray());
    bp_json_set_number(driver, "device_count", 0);
    bp_json_set_bool(module, "loaded", false);
    bp_assuming_put(assuming, "/cuda/driver", driver);
    bp_assuming_put(assuming, "/cuda/kernel_module", module);
}

/* --- GPUs --- */

static void remove_cards(struct bp_assuming *assuming) {
    cJSON *hardware = bp_assuming_section(assuming, "hardware");
    cJSON *cards = cJSON_GetObjectItemCaseSensitive(hardware, "pci");
    cJSON *next;
    for (cJSON *card = cards ? cards->child : NULL; card; card = next) {
        next = card->next;
        if (is_of_vendor(card, "0x10de") || is_of_vendor(card, "0x1002")) {
            cJSON_Delete(cJSON_DetachItemViaPointer(cards, card));
        }
    }
}

/* Cards of a vendor, whatever driver or none there is for them. */
static void add_cards(struct bp_assuming *assuming, const char *vendor, size_t count) {
    cJSON *hardware = bp_assuming_section(assuming, "hardware");
    cJSON *cards = cJSON_GetObjectItemCaseSensitive(hardware, "pci");
    if (!cJSON_IsArray(cards)) {
        cards = cJSON_CreateArray();
        bp_json_put(hardware, "/pci", cards);
    }
    for (size_t i = 0; i < count; i++) {
        cJSON *card = cJSON_CreateObject();
        bp_json_set_text(card, "class", "0x030200");
        bp_json_set_text(card, "vendor", vendor);
        cJSON_AddItemToArray(cards, card);
    }
}

static void set_no_rocm(struct bp_assuming *assuming) {
    cJSON *kfd = cJSON_CreateObject();
    bp_json_set_bool(kfd, "present", false);
    bp_json_set_bool(kfd, "may_use", false);
    bp_assuming_put(assuming, "/rocm/gpus", cJSON_CreateArray());
    bp_assuming_put(assuming, "/rocm/kfd", kfd);
}

static void set_rocm(struct bp_assuming *assuming, const struct bp_strs *targets) {
    cJSON *gpus = cJSON_CreateArray();
    cJSON *kfd = cJSON_CreateObject();
    for (size_t i = 0; i < targets->count; i++) {
        cJSON *gpu = cJSON_CreateObject();
        bp_json_set_text(gpu, "gfx", targets->items[i]);
        cJSON_AddItemToArray(gpus, gpu);
    }
    add_cards(assuming, "0x1002", targets->count);
    bp_json_set_text(kfd, "path", "/dev/kfd");
    bp_json_set_bool(kfd, "present", true);
    bp_json_set_bool(kfd, "may_use", true);
    bp_assuming_put(assuming, "/rocm/gpus", gpus);
    bp_assuming_put(assuming, "/rocm/kfd", kfd);
}

static void set_cuda(struct bp_assuming *assuming, const struct bp_strs *targets) {
    cJSON *devices = cJSON_CreateArray();
    for (size_t i = 0; i < targets->count; i++) {
        cJSON *device = cJSON_CreateObject();
        bp_json_set_number(device, "ordinal", (double)i);
        bp_json_set_text(device, "compute_capability", targets->items[i]);
        cJSON_AddItemToArray(devices, device);
    }
    add_cards(assuming, "0x10de", targets->count);
    set_driver_found(assuming);
    set_init(assuming, 0, "CUDA_SUCCESS");
    set_devices(assuming, devices);
}

void bp_assume_gpu(struct bp_assuming *assuming) {
    const char *value = assuming->assumed->values[BP_ASSUME_GPU];
    struct bp_strs given = {0};
    struct bp_strs targets = {0};
    if (!value) {
        return;
    }
    remove_cards(assuming);
    if (strcmp(value, "none") != 0) {
        bp_strs_split(&given, value, ',', true);
        for (size_t i = 0; i < given.count; i++) {
            bp_strs_add_owned(&targets, bp_gpu_target(given.items[i]));
        }
    }
    bool amd = targets.count && bp_starts_with(targets.items[0], "gfx");
    if (targets.count == 0 || amd) {
        set_no_driver(assuming);
    } else {
        set_cuda(assuming, &targets);
    }
    if (amd) {
        set_rocm(assuming, &targets);
    } else {
        set_no_rocm(assuming);
    }
    bp_strs_free(&targets);
    bp_strs_free(&given);
}

/* --- driver --- */

/*
 * What a driver that starts would say of devices, where none told: the cards that are there,
 * their compute capabilities unknown.
 */
static void find_devices(struct bp_assuming *assuming) {
    static const char reason[] = "the driver that is assumed was not asked";
    const cJSON *code = bp_json_at(assuming->snapshot, "/cuda/driver/init/code");
    const cJSON *count = bp_json_at(assuming->snapshot, "/cuda/driver/device_count");
    if (cJSON_IsNumber(code) && code->valuedouble == 0 && cJSON_IsNumber(count) &&
        count->valuedouble > 0) {
        return;
    }
    int cards = 0;
    const cJSON *list = bp_json_at(assuming->snapshot, "/hardware/pci");
    bool none = bp_equal(assuming->assumed->values[BP_ASSUME_GPU], "none");
    const cJSON *card;
    cJSON_ArrayForEach(card, list) {
        const char *class = bp_json_text(card, "class");
        cards += is_of_vendor(card, "0x10de") &&
                 (bp_starts_with(class, "0x03") || bp_starts_with(class, "0x12"));
    }
    bp_assuming_put(assuming, "/cuda/driver/devices", cJSON_CreateNull());
    if (cards) {
        set_init(assuming, 0, "CUDA_SUCCESS");
        bp_assuming_put(assuming, "/cuda/driver/device_count", cJSON_CreateNumber(cards));
        bp_assuming_forget(assuming, "/cuda/driver/devices", reason);
    } else if (none || cJSON_IsArray(list)) {
        set_init(assuming, CUDA_ERROR_NO_DEVICE, "CUDA_ERROR_NO_DEVICE");
        set_devices(assuming, cJSON_CreateArray());
    } else {
        bp_assuming_forget(assuming, "/cuda/driver/init", reason);
        bp_assuming_forget(assuming, "/cuda/driver/device_count", reason);
    }
}

void bp_assume_driver(struct bp_assuming *assuming) {
    const char *driver = assuming->assumed->values[BP_ASSUME_DRIVER];
    const char *given = assuming->assumed->values[BP_ASSUME_DRIVER_CUDA];
    if (!driver && !given) {
        return;
    }
    if (bp_equal(driver, "none")) {
        set_no_driver(assuming);
        return;
    }
    char *cuda =
        given ? bp_cuda_version(given) : bp_strdup(driver ? bp_cuda_of_driver(driver) : NULL);
    set_driver_found(assuming);
    find_devices(assuming);
    bp_assuming_put(assuming, "/cuda/kernel_module/version",
                    driver ? cJSON_CreateString(driver) : cJSON_CreateNull());
    bp_assuming_put(assuming, "/cuda/driver/version",
                    cuda ? cJSON_CreateString(cuda) : cJSON_CreateNull());
    free(cuda);
}

/* --- variables --- */

/* The search list of the variable, and the candidates that were found through the old one. */
static void set_library_path(struct bp_assuming *assuming, const char *value) {
    cJSON *libraries = bp_assuming_section(assuming, "libraries");
    struct bp_strs parts = {0};
    cJSON *list;
    bp_strs_split(&parts, value, ':', false);
    bp_assuming_put(assuming, "/libraries/search/ld_library_path", bp_json_of_strs(&parts));
    bp_strs_free(&parts);
    cJSON_ArrayForEach(list, cJSON_GetObjectItemCaseSensitive(libraries, "candidates")) {
        cJSON *next;
        for (cJSON *candidate = list->child; candidate; candidate = next) {
            next = candidate->next;
            if (bp_equal(bp_json_text(candidate, "found_from"), "ld_library_path")) {
                cJSON_Delete(cJSON_DetachItemViaPointer(list, candidate));
            }
        }
    }
}

/* The driver was asked under the old value: what it hid is not known, what it showed stays. */
static void set_visible_devices(struct bp_assuming *assuming, const char *value) {
    bp_assuming_put(assuming, "/cuda/driver/visible_devices",
                    *value ? cJSON_CreateString(value) : cJSON_CreateNull());
    if (bp_equal(bp_json_text_at(assuming->snapshot, "/cuda/driver/library/status"), "loaded") &&
        !*value) {
        find_devices(assuming);
    }
}

void bp_assume_variables(struct bp_assuming *assuming) {
    const struct bp_strs *variables = &assuming->assumed->variables;
    for (size_t i = 0; i < variables->count; i++) {
        const char *equals = strchr(variables->items[i], '=');
        if (!equals) {
            continue; /* taken in as NAME=VALUE: keys.c */
        }
        const char *value = equals + 1;
        char *name = bp_strndup(variables->items[i], (size_t)(equals - variables->items[i]));
        cJSON *environment = bp_assuming_section(assuming, "environment");
        cJSON_DeleteItemFromObjectCaseSensitive(environment, name);
        if (*value) {
            bp_json_set_text(environment, name, value);
        }
        if (strcmp(name, "LD_LIBRARY_PATH") == 0) {
            set_library_path(assuming, value);
        } else if (strcmp(name, "LD_PRELOAD") == 0) {
            bp_assuming_put(assuming, "/libraries/search/ld_preload", cJSON_CreateArray());
        } else if (strcmp(name, "CUDA_VISIBLE_DEVICES") == 0) {
            set_visible_devices(assuming, value);
        }
        free(name);
    }
}
