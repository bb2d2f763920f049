/* Cubins and PTX against a compute capability. */
#include "checks/loader/gpu_code.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"

/* "sm_90a" or "compute_90a": 9, 0, 'a'. */
struct target {
    int major;
    int minor;
    char suffix; /* 'a', 'f' or zero */
};

static bool read_target(const char *text, struct target *target) {
    const char *at = text ? strrchr(text, '_') : NULL;
    int number = 0;
    int digits = 0;
    if (!at) {
        return false;
    }
    for (at++; isdigit((unsigned char)*at) && digits < 4; at++, digits++) {
        number = number * 10 + (*at - '0');
    }
    if (digits < 2 || (*at && at[1])) {
        return false;
    }
    *target = (struct target){.major = number / 10, .minor = number % 10, .suffix = *at};
    return *at == '\0' || *at == 'a' || *at == 'f';
}

/* Family code ("100f") fits its major version from its minor on; 10.1 is a family of its own. */
static bool in_family(const struct target *target, int major, int minor) {
    bool apart = target->major == 10 && (target->minor == 1) != (minor == 1);
    return target->major == major && target->minor <= minor && !apart;
}

static bool runs_cubin(const struct target *target, int major, int minor) {
    switch (target->suffix) {
    case 'a':
        return target->major == major && target->minor == minor;
    case 'f':
        return in_family(target, major, minor);
    default:
        return target->major == major && target->minor <= minor;
    }
}

static bool compiles_ptx(const struct target *target, int major, int minor) {
    if (target->suffix) {
        return runs_cubin(target, major, minor);
    }
    return target->major < major || (target->major == major && target->minor <= minor);
}

/* The entry of that kind that fits the device best, the highest; NULL: none does. */
static const char *best_of_kind(const cJSON *list, const char *kind, int major, int minor) {
    const char *best = NULL;
    struct target highest = {0};
    const cJSON *entry;
    cJSON_ArrayForEach(entry, list) {
        const char *text = bp_json_text(entry, "target");
        struct target target;
        bool ptx = strcmp(kind, "ptx") == 0;
        if (!bp_equal(bp_json_text(entry, "kind"), kind) || !read_target(text, &target) ||
            !(ptx ? compiles_ptx : runs_cubin)(&target, major, minor)) {
            continue;
        }
        if (!best || target.major > highest.major ||
            (target.major == highest.major && target.minor > highest.minor)) {
            best = text;
            highest = target;
        }
    }
    return best;
}

/* The driver compiles PTX of toolkits that are not newer than itself. */
static enum bp_answer driver_compiles(const struct bp_machine *machine, const char *library) {
    const char *version = bp_json_text_at(machine->snapshot, "/cuda/driver/version");
    int made[2];
    int driver[2];
    if (!bp_cuda_version_of_name(library, &made[0], &made[1]) ||
        !bp_two_numbers(version, &driver[0], &driver[1])) {
        return BP_UNKNOWN;
    }
    return driver[0] > made[0] || (driver[0] == made[0] && driver[1] >= made[1]) ? BP_YES : BP_NO;
}

static struct bp_code_verdict judge_ptx(const struct bp_machine *machine, const cJSON *library,
                                        const char *ptx) {
    const char *name = bp_json_text(library, "name");
    const char *driver = bp_json_text_at(machine->snapshot, "/cuda/driver/version");
    int major = 0;
    int minor = 0;
    bp_cuda_version_of_name(name, &major, &minor);
    switch (driver_compiles(machine, name)) {
    case BP_YES:
        return (struct bp_code_verdict){
            BP_CODE_PTX,
            bp_format("PTX only (%s), which the driver compiles at the first use", ptx)};
    case BP_NO:
        return (struct bp_code_verdict){
            BP_CODE_PTX_ONLY,
            bp_format("PTX only (%s) of CUDA %d.%d, which a driver for CUDA %s cannot compile", ptx,
                      major, minor, driver)};
    case BP_UNKNOWN:
        break;
    }
    return (struct bp_code_verdict){
        BP_CODE_UNKNOWN,
        bp_format("PTX only (%s); whether the driver is new enough to compile it is not known",
                  ptx)};
}

struct bp_code_verdict bp_cuda_code(const struct bp_machine *machine, const cJSON *library,
                                    const struct bp_device *device) {
    const cJSON *list = bp_json_get(library, "gpu_code");
    int major;
    int minor;
    if (!bp_two_numbers(device->target, &major, &minor)) {
        return (struct bp_code_verdict){
            BP_CODE_UNKNOWN, bp_format("\"%s\" is no compute capability", device->target)};
    }
    const char *cubin = best_of_kind(list, "cubin", major, minor);
    if (cubin) {
        return (struct bp_code_verdict){BP_CODE_NATIVE, bp_format("native code (%s)", cubin)};
    }
    const char *ptx = best_of_kind(list, "ptx", major, minor);
    if (ptx) {
        return judge_ptx(machine, library, ptx);
    }
    return (struct bp_code_verdict){BP_CODE_NONE, bp_strdup("no code for it")};
}
