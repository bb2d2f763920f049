/* Requirements of the GPUs that a process sees. */
#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/version.h"
#include "checks/gate/parts.h"
#include "checks/loader/devices.h"
#include "checks/loader/torch.h"

static const char *pointer_of(enum bp_device_kind kind) {
    return kind == BP_DEVICE_HIP ? "/rocm/gpus" : "/cuda/driver/devices";
}

/* The GPUs of the kind that torch is built for; of the only kind there is where it is for none. */
static struct bp_devices visible(const struct bp_gate *gate, bool wants_amd,
                                 enum bp_device_kind *kind) {
    struct bp_torch torch = bp_torch_of(&gate->machine);
    const cJSON *amd = bp_json_at(gate->snapshot, "/rocm/gpus");
    bool only_amd = !torch.cuda && amd && amd->child;
    *kind = wants_amd || torch.hip || only_amd ? BP_DEVICE_HIP : BP_DEVICE_CUDA;
    torch.hip = *kind == BP_DEVICE_HIP ? "" : NULL;
    struct bp_devices devices = bp_devices_visible(&gate->machine, &torch);
    free(torch.because);
    return devices;
}

/* What shows that there is none, though no list of GPUs was made. */
static bool has_no_cuda(const struct bp_gate *gate, struct bp_met *met) {
    const cJSON *driver = bp_json_at(gate->snapshot, "/cuda/driver");
    const char *status = bp_json_text_at(driver, "/library/status");
    const cJSON *code = bp_json_at(driver, "/init/code");
    if (bp_equal(status, "not-found") || bp_equal(status, "unloadable")) {
        bp_met_show(met, gate, "/cuda/driver/library/status",
                    bp_equal(status, "not-found") ? "there is no CUDA driver library"
                                                  : "the CUDA driver library cannot be loaded");
        return true;
    }
    if (cJSON_IsNumber(code) && (code->valuedouble < 0 || code->valuedouble > 0)) {
        bp_met_show(met, gate, "/cuda/driver/init/name", "the CUDA driver refuses to start");
        return true;
    }
    return false;
}

static bool has_no_amd(const struct bp_gate *gate, struct bp_met *met) {
    bool absent = cJSON_IsFalse(bp_json_at(gate->snapshot, "/rocm/kfd/present"));
    if (absent) {
        bp_met_show(met, gate, "/rocm/kfd/present", "there is no /dev/kfd");
    }
    return absent;
}

/*
 * Says so and returns true where no GPU is visible, or where it is not known which are:
 * everything but a list of them.
 */
static bool answer_without_devices(const struct bp_gate *gate, const struct bp_devices *devices,
                                   enum bp_device_kind kind, struct bp_met *met) {
    bool absent =
        !devices->known && (kind == BP_DEVICE_HIP ? has_no_amd(gate, met) : has_no_cuda(gate, met));
    if (absent || (devices->known && devices->count == 0)) {
        bp_met_say(met, BP_NOT_MET, "No GPU is visible.");
        if (!absent) {
            bp_met_show(met, gate, pointer_of(kind), "the list of GPUs is empty");
        }
        return true;
    }
    if (!devices->known || devices->exact != BP_YES) {
        bp_met_cannot_tell(met, gate, "which GPUs are visible", pointer_of(kind));
        return true;
    }
    return false;
}

static enum bp_meets suits(const struct bp_requirement *requirement, const char *target) {
    bool meets = false;
    if (!target) {
        return BP_CANNOT_TELL;
    }
    if (!requirement->specifier) {
        return bp_requirement_wants(requirement, target) ? BP_MET : BP_NOT_MET;
    }
    if (bp_starts_with(target, "gfx")) {
        return BP_NOT_MET; /* it has no compute capability */
    }
    return !bp_version_meets(target, requirement->specifier, &meets) ? BP_CANNOT_TELL
           : meets                                                   ? BP_MET
                                                                     : BP_NOT_MET;
}

/* "GPU 0, NVIDIA H100 is 9.0". The caller frees it. */
static char *device_words(const struct bp_device *device) {
    return bp_format("GPU %d%s%s is %s", device->ordinal, device->name ? ", " : "",
                     device->name ? device->name : "",
                     device->target ? device->target : "of a kind that is not known");
}

static void show_device(struct bp_met *met, const struct bp_gate *gate, enum bp_device_kind kind,
                        size_t index, const char *words) {
    char *pointer = kind == BP_DEVICE_HIP
                        ? bp_strdup("/rocm/gpus")
                        : bp_format("/cuda/driver/devices/%zu/compute_capability", index);
    bp_met_show(met, gate, pointer, "%s", words);
    free(pointer);
}

/* The least of all: one that does not suit decides, then one that is not known. */
static void judge_each(const struct bp_gate *gate, const struct bp_requirement *requirement,
                       const struct bp_devices *devices, enum bp_device_kind kind,
                       struct bp_met *met) {
    enum bp_meets least = BP_MET;
    struct bp_str list = BP_STR_EMPTY;
    for (size_t i = 0; i < devices->count; i++) {
        enum bp_meets meets_it = suits(requirement, devices->items[i].target);
        least = meets_it < least ? meets_it : least;
    }
    for (size_t i = 0; i < devices->count; i++) {
        const struct bp_device *device = &devices->items[i];
        if (suits(requirement, device->target) == least) {
            char *words = device_words(device);
            bp_str_addf(&list, "%s%s", list.length ? ", " : "", words);
            show_device(met, gate, kind, i, words);
            free(words);
        }
    }
    bp_met_say(met, least, "%s.", list.data);
    bp_str_free(&list);
}

void bp_judge_gpu(const struct bp_gate *gate, const struct bp_requirement *requirement,
                  struct bp_met *met) {
    bool wants_amd = !requirement->specifier && requirement->words.count &&
                     bp_starts_with(requirement->words.items[0], "gfx");
    enum bp_device_kind kind;
    struct bp_devices devices = visible(gate, wants_amd, &kind);
    if (!answer_without_devices(gate, &devices, kind, met)) {
        judge_each(gate, requirement, &devices, kind, met);
    }
    bp_devices_free(&devices);
}

void bp_judge_gpu_count(const struct bp_gate *gate, const struct bp_requirement *requirement,
                        struct bp_met *met) {
    enum bp_device_kind kind;
    struct bp_devices devices = visible(gate, false, &kind);
    bool none = answer_without_devices(gate, &devices, kind, met);
    if (!none || met->meets == BP_NOT_MET) {
        bool meets = false;
        char *count = bp_format("%zu", devices.count);
        bool told =
            !*requirement->specifier || bp_version_meets(count, requirement->specifier, &meets);
        meets = *requirement->specifier ? meets : devices.count > 0;
        bp_met_say(met,
                   !told   ? BP_CANNOT_TELL
                   : meets ? BP_MET
                           : BP_NOT_MET,
                   "%s GPU%s visible.", count, devices.count == 1 ? " is" : "s are");
        if (!none) {
            bp_met_show(met, gate, pointer_of(kind), "%s in the list of GPUs", count);
        }
        free(count);
    }
    bp_devices_free(&devices);
}

/* No library that works holds no code that works; what kept it from loading is told elsewhere. */
static enum bp_meets suits_code(const struct bp_gate *gate,
                                const struct bp_requirement *requirement, const char *code) {
    const char *outcome = bp_json_text(gate->loader, "outcome");
    if (code && !bp_equal(code, "unknown")) {
        return bp_requirement_wants(requirement, code) ? BP_MET : BP_NOT_MET;
    }
    bool told = outcome && !bp_equal(outcome, "cannot-tell");
    return told && !bp_outcome_loads(outcome) ? BP_NOT_MET : BP_CANNOT_TELL;
}

void bp_judge_code(const struct bp_gate *gate, const struct bp_requirement *requirement,
                   struct bp_met *met) {
    const cJSON *devices = bp_json_get(gate->loader, "devices");
    const cJSON *device;
    enum bp_meets least = BP_MET;
    struct bp_str list = BP_STR_EMPTY;
    size_t index = 0;
    if (!devices || !devices->child) {
        enum bp_device_kind kind;
        struct bp_devices seen = visible(gate, false, &kind);
        if (!answer_without_devices(gate, &seen, kind, met)) {
            bp_met_cannot_tell(met, gate, "what code there is for each GPU", "/loader/devices");
        }
        bp_devices_free(&seen);
        return;
    }
    cJSON_ArrayForEach(device, devices) {
        const char *code = bp_json_text(device, "code");
        const char *says = bp_json_text(device, "says");
        enum bp_meets meets = suits_code(gate, requirement, code);
        char *pointer = bp_format("/loader/devices/%zu/code", index++);
        bp_met_show(met, gate, pointer, "%s", says ? says : "code for a GPU");
        bp_str_addf(&list, "%sGPU %.0f: %s", list.length ? "; " : "",
                    bp_json_number(device, "ordinal", 0),
                    says   ? says
                    : code ? code
                           : "unknown");
        least = meets < least ? meets : least;
        free(pointer);
    }
    bp_met_say(met, least, "%s.", list.data);
    bp_str_free(&list);
}
