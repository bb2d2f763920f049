#include "probe/windows/cuda_driver_version.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/os/registry.h"
#include "probe/windows/drive.h"

static bool is_number(const char *text) {
    return *text && !text[strspn(text, "0123456789")];
}

char *bp_nvidia_driver_version(const char *four_numbers) {
    enum { DIGITS = 5 };
    struct bp_strs parts = {0};
    char *version = NULL;
    bp_strs_split(&parts, four_numbers ? four_numbers : "", '.', false);
    if (parts.count == 4 && is_number(parts.items[2]) && is_number(parts.items[3])) {
        char *digits = bp_format("%s%04d", parts.items[2], (int)strtol(parts.items[3], NULL, 10));
        size_t length = strlen(digits);
        const char *last = digits + length - (length < DIGITS ? length : DIGITS);
        if (length >= DIGITS && *last != '0') { /* there was no driver below 100 */
            version = bp_format("%.3s.%.2s", last, last + 3);
        }
        free(digits);
    }
    bp_strs_free(&parts);
    return version;
}

/* Whether the driver's part in the kernel runs: the service has a device. -1: not known. */
static int is_running(const struct bp_probe *probe) {
    uint32_t devices = 0;
    if (!probe->root->live) {
        return -1;
    }
    bool known = bp_registry_number(BP_REGISTRY_MACHINE,
                                    "SYSTEM\\CurrentControlSet\\Services\\nvlddmkm\\Enum", "Count",
                                    &devices);
    return known && devices > 0;
}

void bp_windows_collect_cuda_kernel(const struct bp_probe *probe, struct bp_facts *facts) {
    static const char *const files[] = {"nvcuda.dll", "nvml.dll", "nvapi64.dll"};
    char *version = NULL;
    char *from = NULL;
    for (size_t i = 0; i < sizeof files / sizeof *files && !version; i++) {
        free(from);
        from = bp_drive_in_system(probe, files[i]);
        struct bp_pe_version said = bp_drive_file_version(probe->root, from);
        version = bp_nvidia_driver_version(said.file_version);
        bp_pe_version_free(&said);
    }
    int running = is_running(probe);
    cJSON *module = cJSON_CreateObject();
    if (running < 0) {
        cJSON_AddNullToObject(module, "loaded");
        bp_facts_unknown(facts, "/cuda/kernel_module/loaded", "nothing runs in another root");
    } else {
        bp_json_set_bool(module, "loaded", running);
    }
    bp_json_set_text(module, "version", version);
    cJSON_AddNullToObject(module, "open");
    bp_json_set_text(module, "from", version ? from : NULL);
    bp_facts_put(facts, "/cuda/kernel_module", module);
    bp_facts_put(facts, "/cuda/device_nodes", cJSON_CreateArray());
    if (!version && running != 1) {
        bp_facts_status(facts, BP_STATUS_ABSENT, "no NVIDIA driver is installed");
    }
    free(from);
    free(version);
}
