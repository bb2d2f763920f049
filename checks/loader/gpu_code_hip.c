/* Code objects of HIP bundles against an AMD processor. */
#include "checks/loader/gpu_code.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"

/* Which processors a generic target is for (LLVM's AMDGPU usage page). */
static const struct {
    const char *generic;
    const char *processors; /* each with a blank on both sides */
} generics[] = {
    {"gfx9-generic", " gfx900 gfx902 gfx904 gfx906 gfx909 gfx90c "},
    {"gfx9-4-generic", " gfx940 gfx941 gfx942 gfx950 "},
    {"gfx10-1-generic", " gfx1010 gfx1011 gfx1012 gfx1013 "},
    {"gfx10-3-generic", " gfx1030 gfx1031 gfx1032 gfx1033 gfx1034 gfx1035 gfx1036 "},
    {"gfx11-generic", " gfx1100 gfx1101 gfx1102 gfx1103 gfx1150 gfx1151 gfx1152 gfx1153 "},
    {"gfx12-generic", " gfx1200 gfx1201 "},
};

static bool covers(const char *processor, const char *device) {
    if (strcmp(processor, device) == 0) {
        return true;
    }
    char *word = bp_format(" %s ", device);
    bool found = false;
    for (size_t i = 0; i < sizeof generics / sizeof *generics && !found; i++) {
        found = strcmp(generics[i].generic, processor) == 0 && strstr(generics[i].processors, word);
    }
    free(word);
    return found;
}

/* Whether the modes asked for ("sramecc+:xnack-") are those of the device, where it tells them. */
static enum bp_answer modes_fit(const char *wanted, const char *device) {
    struct bp_strs modes = {0};
    enum bp_answer answer = BP_YES;
    bp_strs_split(&modes, wanted, ':', false);
    for (size_t i = 0; i < modes.count && answer != BP_NO; i++) {
        char *mode = modes.items[i];
        size_t length = strlen(mode);
        char sign = mode[length - 1];
        char *with = bp_format(":%s", mode);
        mode[length - 1] = sign == '+' ? '-' : '+';
        char *against = bp_format(":%s", mode);
        if (strstr(device, against)) {
            answer = BP_NO;
        } else if (!strstr(device, with)) {
            answer = BP_UNKNOWN;
        }
        free(against);
        free(with);
    }
    bp_strs_free(&modes);
    return answer;
}

/* Both settings of xnack are there, and nothing else is asked for: one of them fits. */
static bool has_both_xnack(const cJSON *list, const char *processor) {
    bool on = false;
    bool off = false;
    const cJSON *entry;
    cJSON_ArrayForEach(entry, list) {
        const char *target = bp_json_text(entry, "target");
        if (target && bp_starts_with(target, processor)) {
            on = on || strcmp(target + strlen(processor), ":xnack+") == 0;
            off = off || strcmp(target + strlen(processor), ":xnack-") == 0;
        }
    }
    return on && off;
}

struct bp_code_verdict bp_hip_code(const cJSON *library, const struct bp_device *device) {
    const cJSON *list = bp_json_get(library, "gpu_code");
    char *processor = bp_strndup(device->target, strcspn(device->target, ":"));
    struct bp_code_verdict verdict = {.code = BP_CODE_NONE};
    const cJSON *entry;
    cJSON_ArrayForEach(entry, list) {
        const char *target = bp_json_text(entry, "target");
        if (!target || !bp_equal(bp_json_text(entry, "kind"), "hip") ||
            verdict.code == BP_CODE_NATIVE) {
            continue;
        }
        char *wanted = bp_strndup(target, strcspn(target, ":"));
        enum bp_answer fits =
            covers(wanted, processor) ? modes_fit(target + strlen(wanted), device->target) : BP_NO;
        if (fits != BP_NO) {
            free(verdict.says);
            verdict.code = fits == BP_YES ? BP_CODE_NATIVE : BP_CODE_UNKNOWN;
            verdict.says =
                fits == BP_YES
                    ? bp_format("native code (%s)", target)
                    : bp_format("code for %s alone, and which mode the GPU is in is not known",
                                target);
        }
        free(wanted);
    }
    if (verdict.code == BP_CODE_UNKNOWN && has_both_xnack(list, processor)) {
        free(verdict.says);
        verdict.code = BP_CODE_NATIVE;
        verdict.says = bp_format("native code (%s with xnack on and off)", processor);
    }
    if (!verdict.says) {
        verdict.says = bp_strdup("no code for it");
    }
    free(processor);
    return verdict;
}
