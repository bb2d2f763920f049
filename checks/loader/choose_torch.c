/* The eras that go by torch.version.cuda: 0.40.1 to 0.45.5, and the multi-backend previews. */
#include "checks/loader/choose.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"

static enum bp_answer below_7_5(const char *capability) {
    int major;
    int minor;
    if (!bp_two_numbers(capability, &major, &minor)) {
        return BP_UNKNOWN;
    }
    return major < 7 || (major == 7 && minor < 5) ? BP_YES : BP_NO;
}

static bool later_by_number(const char *left, const char *right) {
    int major[2] = {0, 0};
    int minor[2] = {0, 0};
    bp_two_numbers(left, &major[0], &minor[0]);
    bp_two_numbers(right, &major[1], &minor[1]);
    return major[0] != major[1] ? major[0] > major[1] : minor[0] > minor[1];
}

/*
 * The capability that a release goes by where there are several devices: up to 0.40.0 they take
 * the last in device order, the others up to 0.42.0 sort them as text (so that 8.6 comes after
 * 12.0), and later ones take the real maximum.
 */
static const char *capability_gone_by(const struct bp_asking *asking) {
    const struct bp_era *era = asking->found->era;
    bool in_order = era->selection == BP_SELECT_CUDART;
    bool by_number = era->own_suffix; /* since 0.43.0 */
    const char *chosen = NULL;
    const cJSON *device;
    cJSON_ArrayForEach(device, asking->torch->devices) {
        const char *capability = bp_json_text(device, "compute_capability");
        if (!capability) {
            return NULL;
        }
        if (!chosen || in_order ||
            (by_number ? later_by_number(capability, chosen) : strcmp(capability, chosen) > 0)) {
            chosen = capability;
        }
    }
    return chosen;
}

enum bp_answer bp_choice_nocublaslt(const struct bp_asking *asking, struct bp_choice *choice) {
    const struct bp_era *era = asking->found->era;
    const char *capability = capability_gone_by(asking);
    enum bp_answer answer;
    if (!era->nocublaslt) {
        return BP_NO;
    }
    if (capability && era->failure == BP_FAILURE_IMPORT) {
        /* 0.35.x lists three capabilities and takes every other for an old one. */
        bool listed = strcmp(capability, "7.5") == 0 || strcmp(capability, "8.0") == 0 ||
                      strcmp(capability, "8.6") == 0;
        answer = listed ? BP_NO : BP_YES;
    } else {
        answer = below_7_5(capability);
    }
    if (answer == BP_UNKNOWN) {
        choice->state = BP_CHOICE_UNKNOWN;
        bp_strs_add(&choice->because, "The file depends on the GPU's compute capability, which is "
                                      "not known.");
    } else if (answer == BP_YES) {
        bp_strs_add_owned(&choice->because,
                          bp_format("The GPU's compute capability %s makes it take the file "
                                    "without cublasLt.",
                                    capability));
    }
    return answer;
}

static void choose_cuda_file(const struct bp_asking *asking, int major, int minor,
                             struct bp_choice *choice) {
    enum bp_answer without = bp_choice_nocublaslt(asking, choice);
    if (without == BP_UNKNOWN) {
        return;
    }
    char *name = bp_format("libbitsandbytes_cuda%d%d%s%s", major, minor,
                           without == BP_YES ? "_nocublaslt" : "", asking->suffix);
    bp_choice_ask(asking, bp_choice_override(asking, name, choice), choice);
}

/* The ROCm builds of before the preview wheels name their file without a version. */
static bool holds_hip_file(const struct bp_asking *asking) {
    return bp_machine_has_library(asking->machine, "libbitsandbytes_hip.so") == BP_YES ||
           bp_machine_has_library(asking->machine, "libbitsandbytes_hip_nohipblaslt.so") == BP_YES;
}

/* A ROCm torch has no torch.version.cuda, and these releases take None apart. */
static void choose_without_cuda(const struct bp_asking *asking, struct bp_choice *choice) {
    const char *hip = asking->torch->hip;
    int major;
    int minor;
    bool old = bp_two_numbers(hip, &major, &minor) && (major < 6 || (major == 6 && minor < 1));
    choice->backend = "ROCm";
    if (holds_hip_file(asking)) {
        bp_strs_add(&choice->because, "The package is an early ROCm build of its own.");
        bp_choice_ask(asking, bp_format("libbitsandbytes_hip%s.so", old ? "_nohipblaslt" : ""),
                      choice);
    } else if (asking->found->era->selection != BP_SELECT_FORK) {
        bp_choice_refuse(
            choice, bp_strdup("'NoneType' object has no attribute 'split'"),
            bp_format("torch is built for ROCm %s, which this release does not know: it takes "
                      "torch.version.cuda apart, which is None.",
                      hip));
    } else if (bp_two_numbers(hip, &major, &minor)) {
        bp_choice_ask(asking,
                      bp_format("libbitsandbytes_rocm%d%d%s%s", major, minor,
                                old ? "_nohipblaslt" : "", asking->suffix),
                      choice);
    } else {
        bp_strs_add_owned(&choice->because,
                          bp_format("torch.version.hip is \"%s\", which is no version.", hip));
    }
}

/*
 * The previews take libbitsandbytes_npu where torch_npu sees an Ascend device, which no fact of
 * a snapshot tells.
 */
static bool may_take_npu(const struct bp_asking *asking) {
    char *name = bp_format("libbitsandbytes_npu%s", asking->suffix);
    bool may = asking->found->era->selection == BP_SELECT_FORK &&
               bp_machine_has_library(asking->machine, name) == BP_YES &&
               bp_machine_has_package(asking->machine, "torch-npu") != BP_NO;
    free(name);
    return may;
}

void bp_choose_by_torch(const struct bp_asking *asking, struct bp_choice *choice) {
    int major;
    int minor;
    if (may_take_npu(asking)) {
        bp_strs_add(&choice->because, "The package holds an NPU library, and whether torch_npu "
                                      "sees a device for it is not known.");
    } else if (asking->torch->sees_gpu == BP_NO) {
        bp_choice_ask_cpu(asking, choice);
    } else if (asking->torch->sees_gpu == BP_UNKNOWN) {
        bp_strs_add(&choice->because, "Which file it asks for depends on that.");
    } else if (!asking->torch->cuda) {
        choose_without_cuda(asking, choice);
    } else if (bp_two_numbers(asking->torch->cuda, &major, &minor)) {
        choice->backend = "CUDA";
        choose_cuda_file(asking, major, minor, choice);
    } else {
        bp_strs_add_owned(&choice->because, bp_format("torch.version.cuda is \"%s\", which is no "
                                                      "version.",
                                                      asking->torch->cuda));
    }
}
