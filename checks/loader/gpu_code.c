#include "checks/loader/gpu_code.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"

const char *bp_code_word(enum bp_code code) {
    switch (code) {
    case BP_CODE_NATIVE:
        return "native";
    case BP_CODE_PTX:
    case BP_CODE_PTX_ONLY:
        return "ptx";
    case BP_CODE_NONE:
        return "none";
    case BP_CODE_UNKNOWN:
        break;
    }
    return "unknown";
}

bool bp_cuda_version_of_name(const char *name, int *major, int *minor) {
    const char *at = name ? strstr(name, "_cuda") : NULL;
    const char *digits = at ? at + strlen("_cuda") : NULL;
    /* Two digits of a major version and at least one of a minor. */
    for (size_t i = 0; i < 3; i++) {
        if (!digits || !isdigit((unsigned char)digits[i])) {
            return false;
        }
    }
    *major = (digits[0] - '0') * 10 + (digits[1] - '0');
    *minor = digits[2] - '0';
    if (isdigit((unsigned char)digits[3])) {
        *minor = *minor * 10 + (digits[3] - '0');
    }
    return true;
}

static bool is_for_gpus(const char *name) {
    return strstr(name, "_cuda") || strstr(name, "_rocm") || strstr(name, "_hip");
}

struct bp_code_verdict bp_gpu_code(const struct bp_machine *machine, const cJSON *library,
                                   const struct bp_device *device) {
    const char *name = bp_json_text(library, "name");
    const cJSON *code = bp_json_get(library, "gpu_code");
    const char *error = bp_json_text(library, "gpu_code_error");
    struct bp_code_verdict verdict = {.code = BP_CODE_UNKNOWN};
    if (name && !is_for_gpus(name)) {
        verdict.code = BP_CODE_NONE;
        verdict.says = bp_strdup("it is no library for such a GPU");
    } else if (!cJSON_IsArray(code)) {
        verdict.says = error ? bp_format("the code inside could not be listed: %s", error)
                             : bp_strdup("the code inside was not listed");
    } else if (!device->target) {
        verdict.says = bp_strdup("what GPU this is, is not known");
    } else {
        verdict = device->kind == BP_DEVICE_HIP ? bp_hip_code(library, device)
                                                : bp_cuda_code(machine, library, device);
        /* A list that breaks off proves what it holds, not what it lacks. */
        if (error && verdict.code != BP_CODE_NATIVE) {
            free(verdict.says);
            verdict.code = BP_CODE_UNKNOWN;
            verdict.says = bp_format("the code inside could not all be listed: %s", error);
        }
    }
    return verdict;
}
