#include "checks/loader/era.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "base/version.h"
#include "checks/loader/loader.h"

/* Oldest first. An era reaches to the first release of the next one, post releases included. */
static const struct bp_era eras[] = {
    {.id = "cudart-singleton",
     .first = "0.35.0",
     .last = "0.35.4",
     .selection = BP_SELECT_CUDART,
     .failure = BP_FAILURE_IMPORT,
     .nocublaslt = true,
     .says = "goes by a libcudart that it finds through environment variables"},
    {.id = "cudasetup-cudart",
     .first = "0.36.0",
     .last = "0.40.0.post4",
     .selection = BP_SELECT_CUDART,
     .failure = BP_FAILURE_IMPORT_GPU,
     .nocublaslt = true,
     .says = "goes by a libcudart that it finds through environment variables"},
    {.id = "cudasetup-torch",
     .first = "0.40.1",
     .last = "0.42.0",
     .selection = BP_SELECT_TORCH,
     .failure = BP_FAILURE_IMPORT_GPU,
     .override = BP_OVERRIDE_CUT_SIX,
     .nocublaslt = true,
     .says = "goes by torch.version.cuda and knows Linux file names only"},
    {.id = "cudasetup-torch-os",
     .first = "0.43.0",
     .last = "0.43.0",
     .selection = BP_SELECT_TORCH,
     .failure = BP_FAILURE_IMPORT_GPU,
     .override = BP_OVERRIDE_STRIP_DIGITS,
     .own_suffix = true,
     .nocublaslt = true,
     .says = "goes by torch.version.cuda"},
    {.id = "native-none-v1",
     .first = "0.43.1",
     .last = "0.43.3",
     .selection = BP_SELECT_TORCH,
     .failure = BP_FAILURE_NONE_LIB,
     .override = BP_OVERRIDE_STRIP_DIGITS,
     .own_suffix = true,
     .nocublaslt = true,
     .says = "goes by torch.version.cuda, then tries the CPU library"},
    {.id = "native-none-v2",
     .first = "0.44.0",
     .last = "0.44.1",
     .selection = BP_SELECT_TORCH,
     .failure = BP_FAILURE_NONE_LIB,
     .override = BP_OVERRIDE_REPLACE,
     .own_suffix = true,
     .nocublaslt = true,
     .says = "goes by torch.version.cuda, then tries the CPU library"},
    {.id = "native-none-v3",
     .first = "0.45.0",
     .last = "0.45.5",
     .selection = BP_SELECT_TORCH,
     .failure = BP_FAILURE_NONE_LIB,
     .override = BP_OVERRIDE_REPLACE,
     .own_suffix = true,
     .says = "goes by torch.version.cuda, then tries the CPU library"},
    {.id = "native-mock",
     .first = "0.46.0",
     .last = "0.46.1",
     .selection = BP_SELECT_NATIVE,
     .failure = BP_FAILURE_MOCK,
     .override = BP_OVERRIDE_REPLACE,
     .own_suffix = true,
     .says = "wants the file of exactly torch's CUDA or ROCm version"},
    {.id = "native-mock-rocm",
     .first = "0.47.0",
     .last = "0.47.0",
     .selection = BP_SELECT_NATIVE,
     .failure = BP_FAILURE_MOCK,
     .override = BP_OVERRIDE_REPLACE_NOT_ROCM,
     .own_suffix = true,
     .says = "wants the file of exactly torch's CUDA or ROCm version"},
    {.id = "native-mock-v2",
     .first = "0.48.0",
     .last = "0.48.2",
     .selection = BP_SELECT_NATIVE,
     .failure = BP_FAILURE_MOCK,
     .override = BP_OVERRIDE_REPLACE_NOT_ROCM,
     .own_suffix = true,
     .xpu = true,
     .silent_cpu = true,
     .says = "wants the file of exactly torch's CUDA or ROCm version, or the XPU file"},
    {.id = "native-mock-v3",
     .first = "0.49.0",
     .last = "0.49.2",
     .selection = BP_SELECT_NATIVE,
     .failure = BP_FAILURE_MOCK,
     .override = BP_OVERRIDE_REPLACE_NOT_ROCM,
     .own_suffix = true,
     .xpu = true,
     .silent_cpu = true,
     .says = "wants the file of exactly torch's CUDA or ROCm version, or the XPU file"},
    {.id = "native-best-match-v2",
     .first = "0.50.0",
     .last = NULL,
     .selection = BP_SELECT_BEST_MATCH,
     .failure = BP_FAILURE_MOCK,
     .override = BP_OVERRIDE_DIGITS_ONLY,
     .own_suffix = true,
     .xpu = true,
     .silent_cpu = true,
     .says = "takes the best match among the files that are there, within one major version"},
};

#define ERA_COUNT (sizeof eras / sizeof *eras)

/* The previews of the multi-backend branch and the ROCm fork: beside the line, not in it. */
static const struct bp_era fork_era = {
    .id = "multi-backend",
    .first = "0.43.2.dev0",
    .last = "0.45.2.dev0",
    .selection = BP_SELECT_FORK,
    .failure = BP_FAILURE_NONE_LIB,
    .override = BP_OVERRIDE_REPLACE,
    .own_suffix = true,
    .says = "goes by torch.version.cuda or torch.version.hip, then tries the CPU library",
};

/* In which releases each telling file stands; NULL: from the first, to the newest. */
static const struct {
    const char *file;
    const char *from;  /* first release with it */
    const char *until; /* first release without it again */
} markers[] = {
    {"cuda_setup_main", NULL, "0.43.1"},
    {"cuda_setup_paths", NULL, "0.36.0"},
    {"cuda_setup_asks_torch", "0.40.1", NULL},
    {"cuda_setup_own_suffix", "0.43.0", NULL},
    {"cuda_specs", "0.43.1", NULL},
    {"ops", "0.46.0", NULL},
    {"backends", "0.46.0", NULL},
    {"py_typed", "0.48.0", NULL},
    {"backends_mps", "0.50.0", NULL},
};

static int order_of(const char *left, const char *right) {
    int order = 0;
    bp_version_compare(left, right, &order);
    return order;
}

static enum bp_answer marker(const struct bp_machine *machine, const char *file) {
    const cJSON *value = bp_json_get(bp_json_get(machine->package, "markers"), file);
    return cJSON_IsBool(value) ? (cJSON_IsTrue(value) ? BP_YES : BP_NO) : BP_UNKNOWN;
}

/* Whether the telling files that are known allow this era. */
static bool admitted(const struct bp_machine *machine, const struct bp_era *era) {
    for (size_t i = 0; i < sizeof markers / sizeof *markers; i++) {
        enum bp_answer there = marker(machine, markers[i].file);
        bool expected = (!markers[i].from || order_of(era->first, markers[i].from) >= 0) &&
                        (!markers[i].until || order_of(era->first, markers[i].until) < 0);
        if (there != BP_UNKNOWN && (there == BP_YES) != expected) {
            return false;
        }
    }
    return true;
}

static bool any_marker_known(const struct bp_machine *machine) {
    for (size_t i = 0; i < sizeof markers / sizeof *markers; i++) {
        if (marker(machine, markers[i].file) != BP_UNKNOWN) {
            return true;
        }
    }
    return false;
}

/* The fork has backends/ without _ops.py, or the NPU file that only it ever had. */
static bool is_fork(const struct bp_machine *machine) {
    return marker(machine, "npu_specs") == BP_YES ||
           (marker(machine, "backends") == BP_YES && marker(machine, "ops") == BP_NO &&
            marker(machine, "cuda_specs") != BP_NO);
}

static const struct bp_era *era_of_release(const char *release) {
    const struct bp_era *era = NULL;
    for (size_t i = 0; i < ERA_COUNT && order_of(release, eras[i].first) >= 0; i++) {
        era = &eras[i];
    }
    return era;
}

/* The release that a version is or leads up to: 0.46.0.dev0 and 0.46.0+cu12 give 0.46.0. */
static char *release_of(const char *version, bool *development) {
    const char *dev = strstr(version, "dev");
    const char *local = strchr(version, '+');
    *development = dev && (!local || dev < local);
    size_t length = *development ? (size_t)(dev - version)
                                 : (local ? (size_t)(local - version) : strlen(version));
    while (length && *development && !isdigit((unsigned char)version[length - 1])) {
        length--;
    }
    return bp_strndup(version, length);
}

const char *bp_era_of_version(const char *version) {
    bool development;
    char *release = version ? release_of(version, &development) : NULL;
    const struct bp_era *era = release ? era_of_release(release) : NULL;
    free(release);
    return era ? era->id : NULL;
}

static struct bp_era_found known(const struct bp_era *era, const char *version, char *because) {
    return (struct bp_era_found){.era = era, .version = version, .because = because};
}

static bool chooses_alike(const struct bp_era *left, const struct bp_era *right) {
    return left->selection == right->selection && left->failure == right->failure &&
           left->override == right->override && left->nocublaslt == right->nocublaslt &&
           left->own_suffix == right->own_suffix && left->xpu == right->xpu;
}

/* From the telling files alone. */
static struct bp_era_found find_by_markers(const struct bp_machine *machine, const char *trouble) {
    const struct bp_era *first = NULL;
    const struct bp_era *last = NULL;
    for (size_t i = 0; i < ERA_COUNT; i++) {
        if (admitted(machine, &eras[i])) {
            first = first ? first : &eras[i];
            last = &eras[i];
        }
    }
    if (!any_marker_known(machine) || !first) {
        return known(NULL, NULL,
                     bp_format("%s, and the files of its package that were looked at do not tell "
                               "which release it is.",
                               trouble));
    }
    const char *until = last->last ? last->last : "today";
    if (!chooses_alike(first, last)) {
        return known(NULL, NULL,
                     bp_format("%s; the files of its package say that it is one of %s to %s, which "
                               "do not all choose alike.",
                               trouble, first->first, until));
    }
    return known(first, NULL,
                 bp_format("%s; the files of its package say that it is one of %s to %s: loader "
                           "era %s, which %s.",
                           trouble, first->first, until, first->id, first->says));
}

static struct bp_era_found find_by_version(const struct bp_machine *machine, const char *version) {
    bool development;
    char *release = release_of(version, &development);
    const struct bp_era *era = era_of_release(release);
    const struct bp_era *before = era && era > eras ? era - 1 : NULL;
    struct bp_era_found found;
    if (!era) {
        found = known(NULL, version,
                      bp_format("bitsandbytes %s is older than 0.35.0, the first release that this "
                                "model knows.",
                                version));
    } else if (admitted(machine, era)) {
        found = known(era, version,
                      bp_format("bitsandbytes %s belongs to the loader era %s, which %s.", version,
                                era->id, era->says));
    } else if (development && before && admitted(machine, before)) {
        found = known(before, version,
                      bp_format("bitsandbytes %s is a development version whose files are those of "
                                "the loader era %s, which %s.",
                                version, before->id, before->says));
    } else {
        char *trouble = bp_format("The version found is %s, but the files of the package are not "
                                  "that release's",
                                  version);
        found = find_by_markers(machine, trouble);
        free(trouble);
    }
    free(release);
    return found;
}

struct bp_era_found bp_era_find(const struct bp_machine *machine) {
    const char *version = bp_json_text(machine->package, "version");
    if (is_fork(machine)) {
        return known(
            &fork_era, version,
            bp_format("The package is a preview of the multi-backend branch%s%s, which %s.",
                      version ? ", version " : "", version ? version : "", fork_era.says));
    }
    if (!version || !bp_version_valid(version)) {
        return find_by_markers(machine, "The version of bitsandbytes is not known");
    }
    return find_by_version(machine, version);
}

enum bp_answer bp_era_at_least(const struct bp_era_found *found, const char *version) {
    int order;
    if (found->version && bp_version_compare(found->version, version, &order)) {
        return order >= 0 ? BP_YES : BP_NO;
    }
    return BP_UNKNOWN;
}
