#include "checks/loader/mps.h"

#include <stddef.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "base/version.h"

/*
 * The oldest macOS on which a torch says that MPS is available: 12.3 from 1.12 on, which had it
 * first, 13.0 since its checks for 12.3 were removed (2.5), 14.0 since support of 13 was (2.10).
 * Of 2.9, which came in between, it is not known for macOS 13.
 */
static const struct {
    const char *torch; /* before this release */
    const char *lowest;
    const char *surely; /* from here on it is certain */
} needs[] = {
    {"2.5.dev0", "12.3", "12.3"},
    {"2.9.dev0", "13.0", "13.0"},
    {"2.10.dev0", "13.0", "14.0"},
    {NULL, "14.0", "14.0"},
};

static bool is_before(const char *version, const char *other) {
    int order;
    return version && other && bp_version_compare(version, other, &order) && order < 0;
}

static struct bp_mps answer(enum bp_answer available, char *says) {
    return (struct bp_mps){available, says};
}

static struct bp_mps by_system(const struct bp_machine *machine, const char *torch) {
    const char *macos = bp_json_text_at(machine->snapshot, "/host/distribution/version");
    const char *virtual = bp_json_text_at(machine->snapshot, "/host/virtualization/kind");
    size_t row = 0;
    while (needs[row].torch && !is_before(torch, needs[row].torch)) {
        row++;
    }
    if (!macos) {
        return answer(BP_UNKNOWN, bp_format("Whether torch %s can use the GPU depends on the "
                                            "version of macOS, which is not known.",
                                            torch));
    }
    if (is_before(macos, needs[row].lowest)) {
        return answer(BP_NO, bp_format("torch %s uses the GPU (MPS) from macOS %s on, and this is "
                                       "%s.",
                                       torch, needs[row].lowest, macos));
    }
    if (is_before(macos, needs[row].surely)) {
        return answer(BP_UNKNOWN, bp_format("Whether torch %s can use the GPU (MPS) with macOS %s "
                                            "is not known; with %s it can.",
                                            torch, macos, needs[row].surely));
    }
    if (virtual && strcmp(virtual, "none") != 0) {
        return answer(BP_UNKNOWN, bp_strdup("This is a virtual machine, which may be without a "
                                            "GPU that torch can use (MPS)."));
    }
    return answer(BP_YES, bp_format("torch %s can use the GPU (MPS): it is built for it, and "
                                    "macOS %s on Apple silicon is enough.",
                                    torch, macos));
}

struct bp_mps bp_mps_of(const struct bp_machine *machine, const struct bp_torch *torch) {
    const cJSON *built = bp_json_at(machine->interpreter, "/torch/mps");
    if (!bp_equal(machine->os, "macos")) {
        return answer(BP_UNKNOWN, NULL);
    }
    if (torch->installed == BP_NO) {
        return answer(BP_NO, bp_strdup("There is no torch, without which no GPU is used."));
    }
    if (!torch->version) {
        return answer(BP_UNKNOWN, bp_strdup("Which torch there is, is not known."));
    }
    if (is_before(torch->version, "1.12.dev0") || cJSON_IsFalse(built)) {
        return answer(BP_NO, bp_format("torch %s is built without MPS.", torch->version));
    }
    if (!bp_equal(bp_machine_kind(machine->machine), "aarch64")) {
        return answer(BP_UNKNOWN,
                      bp_format("This Python is for %s; MPS is a matter of Apple silicon, and "
                                "elsewhere depends on the graphics card.",
                                machine->machine ? machine->machine : "an unknown processor"));
    }
    if (!cJSON_IsTrue(built)) {
        return answer(BP_UNKNOWN, bp_format("Whether torch %s is built with MPS is not known.",
                                            torch->version));
    }
    return by_system(machine, torch->version);
}

const char *bp_mps_used_by(const struct bp_era_found *found) {
    if (bp_era_at_least(found, "0.50.0") == BP_YES) {
        return "computes on it with PyTorch's operations and, from macOS 26 on, with those of the "
               "package kernels";
    }
    if (bp_era_at_least(found, "0.46.0") == BP_YES) {
        return "computes on it with PyTorch's operations alone";
    }
    return NULL;
}
