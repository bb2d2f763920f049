/* Lines about GPUs: NVIDIA's driver and libraries, AMD's. */
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
        const char *vendor = bp_json_text(device, "vendor");
        const char *name = vendor_name(vendor);
        const char *id = bp_json_text(device, "device");
        const char *address = bp_json_text(device, "address");
        const char *driver = bp_json_text(device, "driver");
        bp_facts_view_add(view, BP_TOPIC_GPU, label, "%s %s at %s, %s%s",
                          name     ? name
                          : vendor ? vendor
                                   : "unknown maker",
                          id ? id : "", address ? address : "unknown place",
                          driver ? "driver " : "no driver", driver ? driver : "");
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

static void add_closed_nodes(struct bp_facts_view *view, enum bp_fact_topic topic,
                             const cJSON *nodes, const char *label) {
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

static void add_toolkits(struct bp_facts_view *view) {
    const cJSON *toolkits = bp_json_at(view->snapshot, "/cuda/toolkits");
    const char *label = "Toolkits";
    const cJSON *toolkit;
    if (!cJSON_IsArray(toolkits)) {
        bp_facts_view_add_unknown(view, BP_TOPIC_CUDA, label, "/cuda/toolkits", false);
    } else if (!toolkits->child) {
        bp_facts_view_add(view, BP_TOPIC_CUDA, label, "none found");
    }
    cJSON_ArrayForEach(toolkit, toolkits) {
        const char *version = bp_json_text(toolkit, "version");
        const char *path = bp_json_text(toolkit, "path");
        const char *from = bp_json_text(toolkit, "found_from");
        bp_facts_view_add(view, BP_TOPIC_CUDA, label, "%s, %s%s%s%s",
                          version ? version : "of unknown version", path ? path : "unknown place",
                          from ? " (found by " : "", from ? from : "", from ? ")" : "");
        label = "";
    }
}

static const char *family_of(const cJSON *library) {
    const char *family = bp_json_text(library, "family");
    return family ? family : bp_json_text(library, "soname");
}

static char *describe_library(const cJSON *library, bool verbose) {
    const char *version = bp_json_text(library, "version");
    const char *soname = bp_json_text(library, "soname");
    const char *path = bp_json_text(library, "path");
    const char *from = bp_json_text(library, "found_from");
    const char *what = version ? version : soname ? soname : "of unknown version";
    return verbose ? bp_format("%s, %s (%s)", what, path ? path : "unknown place",
                               from ? from : "unknown way")
                   : bp_format("%s (%s)", what, from ? from : "unknown way");
}

/* One line a family, or in the long form one a file. */
static void add_family(struct bp_facts_view *view, const cJSON *libraries, const char *family) {
    struct bp_strs lines = {0};
    struct bp_str all = BP_STR_EMPTY;
    const cJSON *library;
    cJSON_ArrayForEach(library, libraries) {
        if (bp_equal(family_of(library), family)) {
            char *line = describe_library(library, view->verbose);
            bp_strs_add_once(&lines, line);
            free(line);
        }
    }
    for (size_t i = 0; i < lines.count; i++) {
        if (view->verbose) {
            bp_facts_view_add(view, BP_TOPIC_CUDA, i == 0 ? family : "", "%s", lines.items[i]);
        } else {
            bp_str_addf(&all, "%s%s", i == 0 ? "" : ", ", lines.items[i]);
        }
    }
    if (!view->verbose) {
        bp_facts_view_add(view, BP_TOPIC_CUDA, family, "%s", all.data);
    }
    bp_str_free(&all);
    bp_strs_free(&lines);
}

static void add_cuda_libraries(struct bp_facts_view *view) {
    const cJSON *libraries = bp_json_at(view->snapshot, "/cuda/libraries");
    struct bp_strs families = {0};
    const cJSON *library;
    if (!cJSON_IsArray(libraries)) {
        bp_facts_view_add_unknown(view, BP_TOPIC_CUDA, "Libraries", "/cuda/libraries", true);
    } else if (!libraries->child) {
        bp_facts_view_add(view, BP_TOPIC_CUDA, "Libraries", "none that a loader could find");
    }
    cJSON_ArrayForEach(library, libraries) {
        if (family_of(library) && bp_strs_add_once(&families, family_of(library))) {
            add_family(view, libraries, family_of(library));
        }
    }
    bp_strs_free(&families);
}

static char *join_array(const cJSON *array) {
    struct bp_str line = BP_STR_EMPTY;
    const cJSON *item;
    cJSON_ArrayForEach(item, array) {
        if (cJSON_IsString(item)) {
            bp_str_addf(&line, "%s%s", line.length ? ", " : "", item->valuestring);
        }
    }
    return bp_str_detach(&line);
}

static void add_rocm_installations(struct bp_facts_view *view, const cJSON *rocm) {
    const char *label = "Installations";
    const cJSON *item;
    cJSON_ArrayForEach(item, bp_json_get(rocm, "installations")) {
        const char *version = bp_json_text(item, "version");
        const char *path = bp_json_text(item, "path");
        char *missing = join_array(bp_json_get(item, "missing"));
        bp_facts_view_add(view, BP_TOPIC_ROCM, label, "%s, %s%s%s",
                          version ? version : "of unknown version", path ? path : "unknown place",
                          *missing ? ", without " : "", missing);
        free(missing);
        label = "";
    }
    cJSON_ArrayForEach(item, bp_json_get(rocm, "variables")) {
        const char *name = bp_json_text(item, "name");
        const char *value = bp_json_text(item, "value");
        char *missing = join_array(bp_json_get(item, "missing"));
        bool gone = cJSON_IsFalse(bp_json_get(item, "exists"));
        bp_facts_view_add(view, BP_TOPIC_ROCM, name ? name : "variable", "%s%s%s%s",
                          value ? value : "", gone ? ", which does not exist" : "",
                          *missing ? ", without " : "", missing);
        free(missing);
    }
}

static void add_rocm(struct bp_facts_view *view) {
    const cJSON *rocm = bp_json_get(view->snapshot, "rocm");
    const cJSON *gpus = bp_json_get(rocm, "gpus");
    const cJSON *kfd = bp_json_get(rocm, "kfd");
    const char *label = "GPUs";
    const cJSON *gpu;
    add_rocm_installations(view, rocm);
    cJSON_ArrayForEach(gpu, gpus) {
        const char *gfx = bp_json_text(gpu, "gfx");
        const char *name = bp_json_text(gpu, "name");
        bp_facts_view_add(view, BP_TOPIC_ROCM, label, "%s%s%s", gfx ? gfx : "unknown gfx",
                          name ? ", " : "", name ? name : "");
        label = "";
    }
    bool any = view->groups[BP_TOPIC_ROCM].count > 0 || bp_json_is_true(kfd, "present");
    if (!any && !view->verbose) {
        return;
    }
    if (cJSON_IsBool(bp_json_get(kfd, "present"))) {
        bool present = bp_json_is_true(kfd, "present");
        bool closed = cJSON_IsFalse(bp_json_get(kfd, "may_use"));
        bp_facts_view_add(view, BP_TOPIC_ROCM, "/dev/kfd", "%s",
                          !present ? "not there"
                          : closed ? "this user may not use it"
                                   : "usable");
    }
    add_closed_nodes(view, BP_TOPIC_ROCM, bp_json_get(rocm, "render_nodes"), "Render nodes");
}

void bp_facts_view_gpu(struct bp_facts_view *view) {
    add_devices(view);
    add_pci(view);
    add_kernel_module(view);
    add_driver(view);
    add_closed_nodes(view, BP_TOPIC_GPU, bp_json_at(view->snapshot, "/cuda/device_nodes"),
                     "Device files");
    add_toolkits(view);
    add_cuda_libraries(view);
    add_rocm(view);
}
