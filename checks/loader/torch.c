#include "checks/loader/torch.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"

static void see(struct bp_torch *torch, enum bp_answer answer, char *because) {
    free(torch->because);
    torch->sees_gpu = answer;
    torch->because = because;
}

/*
 * Whether a list such as CUDA_VISIBLE_DEVICES hides every device: the list ends at its
 * first entry that names none, so "" and "-1" and "-1,0" hide all.
 */
static bool hides_all(const char *list) {
    if (!list) {
        return false;
    }
    while (*list == ' ') {
        list++;
    }
    return *list == '\0' || *list == '-' || strcmp(list, "NoDevFiles") == 0;
}

/* The driver supports CUDA up to `version`, which is of an older major version than torch's. */
static void see_old_driver(struct bp_torch *torch, const char *version) {
    torch->driver_too_old = true;
    see(torch, BP_NO,
        bp_format("torch sees no GPU: it is built for CUDA %s, and the driver supports up to "
                  "CUDA %s.",
                  torch->cuda, version));
}

/* The first driver with which each CUDA major version runs (NVIDIA's CUDA compatibility page). */
static const struct {
    int cuda;
    int driver;
} oldest_drivers[] = {{11, 450}, {12, 525}, {13, 580}};

/*
 * Where the driver library was not asked, the kernel module's version still tells. Where it
 * was asked, its own answer counts: a compatibility package lets an older module do.
 */
static bool see_old_kernel_module(struct bp_torch *torch, const struct bp_machine *machine) {
    const cJSON *module = bp_json_at(machine->snapshot, "/cuda/kernel_module");
    const char *version = bp_json_text(module, "version");
    int runtime;
    int driver;
    int minor;
    if (cJSON_IsFalse(bp_json_get(module, "loaded")) ||
        !bp_two_numbers(torch->cuda, &runtime, &minor) ||
        !bp_two_numbers(version, &driver, &minor)) {
        return false;
    }
    for (size_t i = 0; i < sizeof oldest_drivers / sizeof *oldest_drivers; i++) {
        if (oldest_drivers[i].cuda == runtime && driver < oldest_drivers[i].driver) {
            torch->driver_too_old = true;
            see(torch, BP_NO,
                bp_format("torch sees no GPU: it is built for CUDA %s, which needs an NVIDIA "
                          "driver of at least %d, and this one is %s.",
                          torch->cuda, oldest_drivers[i].driver, version));
            return true;
        }
    }
    return false;
}

/* The CUDA driver's own answer: it initialises, and there is a device. */
static void see_devices(struct bp_torch *torch, const struct bp_machine *machine,
                        const cJSON *driver) {
    const cJSON *code = bp_json_at(driver, "/init/code");
    const char *name = bp_json_text_at(driver, "/init/name");
    const cJSON *count = bp_json_get(driver, "device_count");
    const char *version = bp_json_text(driver, "version");
    int runtime = 0;
    int newest = 0;
    int minor;
    if (!cJSON_IsNumber(code)) {
        if (!see_old_kernel_module(torch, machine)) {
            see(torch, BP_UNKNOWN,
                bp_strdup("It is not known whether torch sees a GPU: the driver was not asked."));
        }
    } else if (code->valuedouble != 0) {
        see(torch, BP_NO,
            bp_format("torch sees no GPU: the CUDA driver refuses to start (%s).",
                      name ? name : "error not named"));
    } else if (!cJSON_IsNumber(count)) {
        see(torch, BP_UNKNOWN,
            bp_strdup("It is not known whether torch sees a GPU: the driver started, but did not "
                      "say how many devices there are."));
    } else if (count->valuedouble < 1) {
        see(torch, BP_NO, bp_strdup("torch sees no GPU: the CUDA driver has no device."));
    } else if (bp_two_numbers(version, &newest, &minor) &&
               bp_two_numbers(torch->cuda, &runtime, &minor) && newest < runtime) {
        see_old_driver(torch, version);
    } else if (version || !see_old_kernel_module(torch, machine)) {
        see(torch, BP_YES,
            bp_format("torch sees a GPU: the CUDA driver%s%s starts and has %d device%s.",
                      version ? " for CUDA " : "", version ? version : "",
                      bp_small_number(driver, "device_count", 0),
                      count->valuedouble > 1 ? "s" : ""));
    }
}

/* On Windows the driver's library lies in System32 or nowhere, which can be seen without asking. */
static bool lacks_driver(const struct bp_machine *machine) {
    const cJSON *candidates = bp_json_get(machine->candidates, "nvcuda.dll");
    return bp_equal(machine->os, "windows") && cJSON_IsArray(candidates) && !candidates->child;
}

static void see_cuda(struct bp_torch *torch, const struct bp_machine *machine) {
    const cJSON *driver = bp_json_at(machine->snapshot, "/cuda/driver");
    const char *status = bp_json_text_at(driver, "/library/status");
    const char *visible = bp_machine_variable(machine, "CUDA_VISIBLE_DEVICES");
    if (!visible) {
        visible = bp_json_text(driver, "visible_devices");
    }
    if (hides_all(visible)) {
        see(torch, BP_NO,
            bp_format("torch sees no GPU: CUDA_VISIBLE_DEVICES is \"%s\", which hides every one.",
                      visible));
    } else if (bp_equal(status, "not-found") || (!status && lacks_driver(machine))) {
        see(torch, BP_NO,
            bp_format("torch sees no GPU: there is no CUDA driver library (%s).",
                      bp_equal(machine->os, "windows") ? "nvcuda.dll" : "libcuda.so.1"));
    } else if (bp_equal(status, "unloadable")) {
        const char *error = bp_json_text_at(driver, "/library/error");
        see(torch, BP_NO,
            bp_format("torch sees no GPU: the CUDA driver library cannot be loaded (%s).",
                      error ? error : "reason not known"));
    } else if (cJSON_IsTrue(bp_json_at(driver, "/library/stub"))) {
        see(torch, BP_NO,
            bp_strdup("torch sees no GPU: what is found as the CUDA driver library is a toolkit's "
                      "stub for linking."));
    } else {
        see_devices(torch, machine, driver);
    }
}

/* Windows has no kfd: AMD's display driver does its part. */
static void see_rocm_on_windows(struct bp_torch *torch, const struct bp_machine *machine) {
    const cJSON *devices = bp_json_at(machine->snapshot, "/hardware/pci");
    const cJSON *device;
    int amd = 0;
    int driven = 0;
    cJSON_ArrayForEach(device, devices) {
        bool of_amd = bp_equal(bp_json_text(device, "vendor"), "0x1002");
        amd += of_amd;
        driven += of_amd && bp_json_text(device, "driver");
    }
    if (cJSON_IsArray(devices) && !amd) {
        see(torch, BP_NO, bp_strdup("torch sees no GPU: Windows has no display device of AMD's."));
    } else if (cJSON_IsArray(devices) && !driven) {
        see(torch, BP_NO, bp_strdup("torch sees no GPU: no driver is bound to AMD's device."));
    } else {
        see(torch, BP_UNKNOWN,
            bp_strdup("It is not known whether torch sees a GPU: whether ROCm supports the AMD "
                      "device here is not known."));
    }
}

static void see_rocm(struct bp_torch *torch, const struct bp_machine *machine) {
    static const char *const lists[] = {"HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES",
                                        "CUDA_VISIBLE_DEVICES"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const char *visible = bp_machine_variable(machine, lists[i]);
        if (hides_all(visible)) {
            see(torch, BP_NO,
                bp_format("torch sees no GPU: %s is \"%s\", which hides every one.", lists[i],
                          visible));
            return;
        }
    }
    if (bp_equal(machine->os, "windows")) {
        see_rocm_on_windows(torch, machine);
        return;
    }
    const cJSON *present = bp_json_at(machine->snapshot, "/rocm/kfd/present");
    const cJSON *may_use = bp_json_at(machine->snapshot, "/rocm/kfd/may_use");
    const cJSON *gpus = bp_json_at(machine->snapshot, "/rocm/gpus");
    if (cJSON_IsFalse(present)) {
        see(torch, BP_NO, bp_strdup("torch sees no GPU: there is no /dev/kfd."));
    } else if (cJSON_IsFalse(may_use)) {
        see(torch, BP_NO, bp_strdup("torch sees no GPU: this user may not use /dev/kfd."));
    } else if (cJSON_IsArray(gpus) && cJSON_GetArraySize(gpus) == 0) {
        see(torch, BP_NO, bp_strdup("torch sees no GPU: the kernel's compute driver lists none."));
    } else if (cJSON_IsArray(gpus) && cJSON_IsTrue(may_use)) {
        see(torch, BP_YES,
            bp_format("torch sees a GPU: the kernel's compute driver lists %d, and /dev/kfd may be "
                      "used.",
                      cJSON_GetArraySize(gpus)));
    } else {
        see(torch, BP_UNKNOWN,
            bp_strdup("It is not known whether torch sees a GPU: nothing is known about the ROCm "
                      "devices."));
    }
}

struct bp_torch bp_torch_of(const struct bp_machine *machine) {
    const cJSON *build = bp_json_get(machine->interpreter, "torch");
    struct bp_torch torch = {
        .installed = bp_machine_has_package(machine, "torch"),
        .build_known = bp_json_is_true(build, "build_known") ? BP_YES : BP_UNKNOWN,
        .version = bp_json_text(build, "version"),
        .cuda = bp_json_text(build, "cuda"),
        .hip = bp_json_text(build, "hip"),
        .xpu = bp_json_text(build, "xpu"),
        .devices = bp_json_at(machine->snapshot, "/cuda/driver/devices"),
    };
    if (torch.installed == BP_UNKNOWN && cJSON_IsObject(build) && torch.version) {
        torch.installed = BP_YES;
    }
    if (torch.cuda || torch.hip || torch.xpu) {
        torch.build_known = BP_YES;
    }
    if (!cJSON_IsArray(torch.devices)) {
        torch.devices = NULL;
    }
    if (torch.cuda) {
        see_cuda(&torch, machine);
    } else if (torch.hip) {
        see_rocm(&torch, machine);
    } else if (torch.build_known == BP_YES) {
        see(&torch, BP_NO,
            bp_format("torch %s is built without CUDA and without ROCm, so it sees no such GPU.",
                      torch.version ? torch.version : "(version not known)"));
    } else {
        see(&torch, BP_UNKNOWN,
            bp_strdup("It is not known whether torch sees a GPU: its build is not known."));
    }
    return torch;
}
