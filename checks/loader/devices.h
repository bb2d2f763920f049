/*
 * The GPUs that a process sees, in the order in which it numbers them: for CUDA the
 * driver's own list, which CUDA_VISIBLE_DEVICES has already cut; for ROCm the kernel's list
 * as ROCR_VISIBLE_DEVICES and then HIP_VISIBLE_DEVICES cut it.
 */
#ifndef BP_CHECKS_LOADER_DEVICES_H
#define BP_CHECKS_LOADER_DEVICES_H

#include <stddef.h>

#include "checks/loader/machine.h"
#include "checks/loader/torch.h"

enum bp_device_kind { BP_DEVICE_CUDA, BP_DEVICE_HIP };

struct bp_device {
    enum bp_device_kind kind;
    int ordinal;      /* as the process counts */
    const char *name; /* points into the snapshot; NULL: not known */
    char *target;     /* owned: "9.0" or "gfx90a"; NULL: not known */
};

struct bp_devices {
    struct bp_device *items; /* owned */
    size_t count;
    bool known;           /* which devices there are is known */
    enum bp_answer exact; /* unknown: a list names devices in a way that cannot be followed here */
};

/* The devices of the kind that torch is built for. End with bp_devices_free. */
struct bp_devices bp_devices_visible(const struct bp_machine *machine,
                                     const struct bp_torch *torch);

void bp_devices_free(struct bp_devices *devices);

/* --- Between the files that make the list up --- */

/* Appends a device; `target` is owned afterwards. */
void bp_devices_add(struct bp_devices *devices, enum bp_device_kind kind, const char *name,
                    char *target);

/* Adds the ROCm devices. */
void bp_devices_add_hip(const struct bp_machine *machine, struct bp_devices *devices);

#endif
