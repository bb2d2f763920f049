#include "checks/loader/gpu_outcome.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "checks/loader/gpu_code.h"

/* One judgement in the making. */
struct judging {
    const struct bp_machine *machine;
    const struct bp_torch *torch;
    const cJSON *library; /* the chosen one, or NULL */
    const char *name;     /* of it */
    struct bp_devices devices;
    enum bp_code *codes; /* of each device */
    struct bp_gpu_verdict *verdict;
};

void bp_gpu_verdict_free(struct bp_gpu_verdict *verdict) {
    free(verdict->says);
    free(verdict->others);
    free(verdict->unknown);
    cJSON_Delete(verdict->devices);
    *verdict = (struct bp_gpu_verdict){0};
}

const char *bp_gpu_outcome(enum bp_gpu_trouble trouble) {
    switch (trouble) {
    case BP_GPU_NO_CODE:
    case BP_GPU_JETSON:
        return "no-gpu-code";
    case BP_GPU_JIT:
        return "jit-from-ptx";
    case BP_GPU_TORCH_DRIVER:
    case BP_GPU_RUNTIME_DRIVER:
    case BP_GPU_PTX_DRIVER:
        return "driver-too-old";
    case BP_GPU_NONE:
        break;
    }
    return NULL;
}

static void decide(struct judging *judging, enum bp_gpu_trouble trouble, char *says) {
    judging->verdict->trouble = trouble;
    judging->verdict->says = says;
}

/* --- each device --- */

/*
 * The published aarch64 wheels are not made for Jetson boards (bitsandbytes #1930). From
 * compute capability 11.0 on these boards run the same code as Arm servers.
 */
static bool is_jetson_with_wheel(const struct bp_machine *machine, const struct bp_device *first) {
    const cJSON *tag;
    int major;
    int minor;
    if (!bp_json_text_at(machine->snapshot, "/host/tegra") ||
        (first && bp_two_numbers(first->target, &major, &minor) && major >= 11)) {
        return false;
    }
    cJSON_ArrayForEach(tag, bp_json_get(machine->package, "wheel_tags")) {
        const char *text = cJSON_GetStringValue(tag);
        if (text && strstr(text, "manylinux") && strstr(text, "aarch64")) {
            return true;
        }
    }
    return false;
}

static struct bp_code_verdict code_of(const struct judging *judging,
                                      const struct bp_device *device) {
    if (!judging->library) {
        return (struct bp_code_verdict){BP_CODE_UNKNOWN, bp_strdup("no library is opened")};
    }
    struct bp_code_verdict code = bp_gpu_code(judging->machine, judging->library, device);
    if (code.code != BP_CODE_NONE && is_jetson_with_wheel(judging->machine, device)) {
        free(code.says);
        code.code = BP_CODE_NONE;
        code.says = bp_strdup("the published wheel is not built for a Jetson");
    }
    return code;
}

static void list_devices(struct judging *judging) {
    if (!judging->devices.known) {
        return;
    }
    judging->verdict->devices = cJSON_CreateArray();
    for (size_t i = 0; i < judging->devices.count; i++) {
        const struct bp_device *device = &judging->devices.items[i];
        struct bp_code_verdict code = code_of(judging, device);
        cJSON *entry = cJSON_CreateObject();
        bp_json_set_number(entry, "ordinal", device->ordinal);
        bp_json_set_text(entry, "name", device->name);
        bp_json_set_text(entry, "target", device->target);
        bp_json_set_text(entry, "code", bp_code_word(code.code));
        bp_json_set_text(entry, "says", code.says);
        cJSON_AddItemToArray(judging->verdict->devices, entry);
        judging->codes[i] = code.code;
        free(code.says);
    }
}

cJSON *bp_gpu_codes(const struct bp_machine *machine, const struct bp_devices *devices,
                    const cJSON *library) {
    cJSON *codes = cJSON_CreateArray();
    for (size_t i = 0; i < devices->count; i++) {
        struct bp_code_verdict code = bp_gpu_code(machine, library, &devices->items[i]);
        cJSON_AddItemToArray(codes, cJSON_CreateString(bp_code_word(code.code)));
        free(code.says);
    }
    return codes;
}

/* --- in words --- */

/* "GPU 0 (NVIDIA L4, 8.9)" */
static void add_device(struct bp_str *text, const struct bp_device *device) {
    bp_str_addf(text, "GPU %d (%s%s%s)", device->ordinal, device->name ? device->name : "",
                device->name ? ", " : "", device->target ? device->target : "unknown");
}

/* Which targets the library holds, each once. */
static char *targets_of(const cJSON *library) {
    struct bp_str text = BP_STR_EMPTY;
    struct bp_strs targets = {0};
    const cJSON *entry;
    cJSON_ArrayForEach(entry, bp_json_get(library, "gpu_code")) {
        const char *target = bp_json_text(entry, "target");
        if (target && bp_strs_add_once(&targets, target)) {
            bp_str_addf(&text, "%s%s", text.length ? ", " : "", target);
        }
    }
    bp_strs_free(&targets);
    return bp_str_detach(&text);
}

static char *say_no_code(const struct judging *judging) {
    struct bp_str text = BP_STR_EMPTY;
    char *targets = targets_of(judging->library);
    bp_str_addf(&text, "%s loads, but holds no code for ", judging->name);
    add_device(&text, &judging->devices.items[0]);
    bp_str_addf(&text, "; it holds %s.", *targets ? targets : "none for any GPU");
    free(targets);
    return bp_str_detach(&text);
}

static char *say_of_first(const struct judging *judging, const char *after) {
    struct bp_str text = BP_STR_EMPTY;
    bp_str_addf(&text, "%s loads; for ", judging->name);
    add_device(&text, &judging->devices.items[0]);
    bp_str_addf(&text, " %s", after);
    return bp_str_detach(&text);
}

/* The devices after the first that fare worse than it. */
static char *say_others(const struct judging *judging) {
    struct bp_str text = BP_STR_EMPTY;
    for (size_t i = 1; i < judging->devices.count; i++) {
        enum bp_code code = judging->codes[i];
        if (code == BP_CODE_UNKNOWN || code <= judging->codes[0]) {
            continue;
        }
        bp_str_add(&text, text.length ? "; " : "");
        add_device(&text, &judging->devices.items[i]);
        bp_str_add(&text, code == BP_CODE_PTX    ? " needs the driver to compile its PTX first"
                          : code == BP_CODE_NONE ? " finds no code in it"
                                                 : " has only PTX that the driver cannot compile");
    }
    bp_str_add(&text, text.length ? "." : "");
    return text.length ? bp_str_detach(&text) : NULL;
}

/* --- the driver --- */

/* Whether the driver is too old for the CUDA runtime of the library's own major version. */
static bool runtime_is_too_new(struct judging *judging) {
    const char *driver = bp_json_text_at(judging->machine->snapshot, "/cuda/driver/version");
    int made;
    int newest;
    int minor;
    if (!bp_cuda_version_of_name(judging->name, &made, &minor) ||
        !bp_two_numbers(driver, &newest, &minor) || newest >= made) {
        return false;
    }
    decide(judging, BP_GPU_RUNTIME_DRIVER,
           bp_format("%s loads, but its CUDA runtime is of CUDA %d, and the driver supports up to "
                     "CUDA %s.",
                     judging->name, made, driver));
    return true;
}

/* --- the outcome --- */

/* Where it is not known which devices are left, all of them must agree. */
static enum bp_code code_that_counts(const struct judging *judging) {
    for (size_t i = 1; judging->devices.exact != BP_YES && i < judging->devices.count; i++) {
        if (judging->codes[i] != judging->codes[0]) {
            return BP_CODE_UNKNOWN;
        }
    }
    return judging->codes[0];
}

static void judge_code(struct judging *judging) {
    const char *says;
    switch (code_that_counts(judging)) {
    case BP_CODE_NATIVE:
        break;
    case BP_CODE_PTX:
        decide(judging, BP_GPU_JIT,
               say_of_first(judging, "it holds PTX only, which the driver compiles at the first "
                                     "use and keeps."));
        break;
    case BP_CODE_PTX_ONLY:
        decide(judging, BP_GPU_PTX_DRIVER,
               say_of_first(judging, "it holds PTX only, and the driver is older than the CUDA "
                                     "version that made it."));
        break;
    case BP_CODE_NONE:
        decide(judging, BP_GPU_NO_CODE, say_no_code(judging));
        break;
    case BP_CODE_UNKNOWN:
        says = bp_json_text_at(judging->verdict->devices, "/0/says");
        judging->verdict->unknown = bp_format(
            "Whether %s holds code for this GPU is not known: %s.", judging->name,
            judging->devices.exact == BP_YES ? says
                                             : "a list of visible devices names them by UUID");
        break;
    }
    judging->verdict->others = say_others(judging);
}

static void judge(struct judging *judging) {
    const struct bp_torch *torch = judging->torch;
    if (torch->driver_too_old) {
        decide(judging, BP_GPU_TORCH_DRIVER, bp_strdup(torch->because));
        return;
    }
    if (torch->sees_gpu != BP_YES || !judging->library ||
        bp_starts_with(judging->name, "libbitsandbytes_cpu") || !judging->devices.count) {
        return;
    }
    if (is_jetson_with_wheel(judging->machine, &judging->devices.items[0])) {
        decide(judging, BP_GPU_JETSON,
               bp_format("%s loads, but comes from the published wheel, which is not built for a "
                         "Jetson.",
                         judging->name));
    } else if (!runtime_is_too_new(judging)) {
        judge_code(judging);
    }
}

struct bp_gpu_verdict bp_gpu_judge(const struct bp_machine *machine, const struct bp_torch *torch,
                                   const struct bp_choice *choice) {
    struct bp_gpu_verdict verdict = {.trouble = BP_GPU_NONE};
    struct judging judging = {.machine = machine,
                              .torch = torch,
                              .library = bp_json_find(machine->libraries, "name", choice->chosen),
                              .name = choice->chosen,
                              .devices = bp_devices_visible(machine, torch),
                              .verdict = &verdict};
    judging.codes = bp_alloc_array(judging.devices.count, sizeof *judging.codes);
    list_devices(&judging);
    judge(&judging);
    free(judging.codes);
    bp_devices_free(&judging.devices);
    return verdict;
}
