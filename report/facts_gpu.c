/* Lines about GPUs and NVIDIA's driver. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "report/facts_view.h"

static const char *vendor_name(const char *vendor) {
    return bp_equal(vendor, "0x10de")   ? "NVIDIA"
           : bp_equal(vendor, "0x1002") ? "AMD"
           : bp_equal(vendor, "0x8086") ? "Intel"
                                        : NULL;
}

/* "NVIDIA 0x2684", or "NVIDIA GeForce RTX 4090 (0x2684)" where a driver names it. Owned. */
static char *kind_of(const cJSON *device) {
    const char *vendor = bp_json_text(device, "vendor");
    const char *maker = vendor_name(vendor);
    const char *id = bp_json_text(device, "device");
    const char *name = bp_json_text(device, "name");
    if (name) {
        return bp_format("%s%s%s%s", name, id ? " (" : "", id ? id : "", id ? ")" : "");
    }
    return bp_format("%s %s", maker ? maker : vendor ? vendor : "unknown maker", id ? id : "");
}

static void add_pci(struct bp_facts_view *view) {
    const cJSON *pci = bp_json_at(view->snapshot, "/hardware/pci");
    const char *label = "PCI devices";
    const cJSON *device;
    if (!cJSON_IsArray(pci)) {
        bp_facts_view_add_unknown(view, BP_TOPIC_GPU, label, "/hardware/pci", true);
    } else if (!pci->child) {
        bp_facts_view_add(view, BP_TOPIC_GPU, label, "no display, 3D or accelerator device");
    }
    cJSON_ArrayForEach(device, pci) {
        const char *address = bp_json_text(device, "address");
        const char *driver = bp_json_text(device, "driver");
        const char *version = bp_json_text(device, "driver_version");
        char *kind = kind_of(device);
        bp_facts_view_add(view, BP_TOPIC_GPU, label, "%s at %s, %s%s%s%s", kind,
                          address ? address : "unknown place", driver ? "driver " : "no driver",
                          driver ? driver : "", version ? " " : "", version ? version : "");
        free(kind);
        label = "";
    }
}

static void add_kernel_module(struct bp_facts_view *view) {
    const cJSON *module = bp_json_at(view->snapshot, "/cuda/kernel_module");
    const cJSON *loaded = bp_json_get(module, "loaded");
    const char *version = bp_json_text(module, "version");
    if (cJSON_IsBool(loaded)) {
        bp_facts_view_add(view, BP_TOPIC_GPU, "NVIDIA kernel module", "%s%s%s",
                          cJSON_IsTrue(loaded) ? (version ? version : "loaded") : "not loaded",
                          cJSON_IsFalse(loaded) && version ? ", installed: " : "",
                          cJSON_IsFalse(loaded) && version  ? version
                          : bp_json_is_true(module, "open") ? " (open)"
                                                            : "");
    } else if (version) {
        bp_facts_view_add(view, BP_TOPIC_GPU, "NVIDIA kernel module",
                          "%s installed, whether it is loaded is not known", version);
    } else {
        bp_facts_view_add_unknown(view, BP_TOPIC_GPU, "NVIDIA kernel module",
                                  "/cuda/kernel_module/loaded", false);
    }
}

static void add_driver_library(struct bp_facts_view *view, const cJSON *library) {
    const char *status = bp_json_text(library, "status");
    const char *path = bp_json_text(library, "path");
    const char *error = bp_json_text(library, "error");
    const char *version = bp_json_text_at(view->snapshot, "/cuda/driver/version");
    if (!status) {
        bp_facts_view_add_unknown(view, BP_TOPIC_GPU, "CUDA driver", "/cuda/driver/library", true);
    } else if (bp_equal(status, "loaded")) {
        bp_facts_view_add(view, BP_TOPIC_GPU, "CUDA driver", "%s%s%s%s%s",
                          version ? "up to CUDA " : "version not told", version ? version : "",
                          path ? ", " : "", path ? path : "",
                          bp_json_is_true(library, "stub") ? " (a toolkit's stub, no driver)" : "");
    } else {
        bp_facts_view_add(view, BP_TOPIC_GPU, "CUDA driver", "%s%s%s",
                          bp_equal(status, "not-found") ? "not found" : "cannot be loaded",
                          error ? ": " : "", error ? error : "");
    }
}

static void add_driver(struct bp_facts_view *view) {
    const cJSON *driver = bp_json_at(view->snapshot, "/cuda/driver");
    const cJSON *init = bp_json_get(driver, "init");
    const char *name = bp_json_text(init, "name");
    const char *text = bp_json_text(init, "text");
    const char *visible = bp_json_text(driver, "visible_devices");
    add_driver_library(view, bp_json_get(driver, "library"));
    if (name && !bp_equal(name, "CUDA_SUCCESS")) {
        bp_facts_view_add(view, BP_TOPIC_GPU, "CUDA start", "%s%s%s", name, text ? ": " : "",
                          text ? text : "");
    } else if (!name && bp_equal(bp_json_text_at(driver, "/library/status"), "loaded")) {
        bp_facts_view_add_unknown(view, BP_TOPIC_GPU, "CUDA start", "/cuda/driver/init", false);
    }
    if (visible) {
        bp_facts_view_add(view, BP_TOPIC_GPU, "CUDA_VISIBLE_DEVICES", "\"%s\"", visible);
    }
}

static void add_devices(struct bp_facts_view *view) {
    const cJSON *devices = bp_json_at(view->snapshot, "/cuda/driver/devices");
    const char *label = "CUDA devices";
    const cJSON *device;
    cJSON_ArrayForEach(device, devices) {
        const char *name = bp_json_text(device, "name");
        const char *capability = bp_json_text(device, "compute_capability");
        struct bp_str line = BP_STR_EMPTY;
        bp_str_addf(&line, "%.0f: %s, compute capability %s", bp_json_number(device, "ordinal", 0),
                    name ? name : "unnamed", capability ? capability : "unknown");
        double bytes = bp_json_number(device, "memory_bytes", -1);
        if (bytes >= 0) {
            char *shown = bp_facts_view_bytes(bytes);
            bp_str_addf(&line, ", %s", shown);
            free(shown);
        }
        bp_str_add(&line, bp_json_is_true(device, "mig") ? ", MIG" : "");
        bp_facts_view_add(view, BP_TOPIC_GPU, label, "%s", line.data);
        bp_str_free(&line);
        label = "";
    }
}

void bp_facts_view_nodes(struct bp_facts_view *view, enum bp_fact_topic topic, const cJSON *nodes,
                         const char *label) {
    const cJSON *node;
    cJSON_ArrayForEach(node, nodes) {
        const char *path = bp_json_text(node, "path");
        bool closed = cJSON_IsFalse(bp_json_get(node, "may_use"));
        if (path && (closed || view->verbose)) {
            bp_facts_view_add(view, topic, label, "%s: %s", path,
                              closed ? "this user may not use it" : "usable");
            label = "";
        }
    }
}

/* Of a Mac, which has neither NVIDIA's driver nor graphics cards to speak of. */
static bool add_mps(struct bp_facts_view *view) {
    const char *says = bp_json_text_at(view->loader, "/mps/says");
    if (says) {
        bp_facts_view_add(view, BP_TOPIC_GPU, "MPS", "%s", says);
    }
    return bp_equal(bp_json_text_at(view->snapshot, "/host/os"), "macos");
}

void bp_facts_view_gpu(struct bp_facts_view *view) {
    if (add_mps(view)) {
        return;
    }
    add_devices(view);
    add_pci(view);
    add_kernel_module(view);
    add_driver(view);
    bp_facts_view_nodes(view, BP_TOPIC_GPU, bp_json_at(view->snapshot, "/cuda/device_nodes"),
                        "Device files");
}
