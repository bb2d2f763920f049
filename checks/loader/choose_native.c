/* The eras from 0.46.0 on, which know ROCm and, later, XPU. */
#include "checks/loader/choose.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/version.h"

/* The file of an XPU torch: since 0.50.0 by the year of its oneAPI, if there is such a file. */
static void choose_xpu(const struct bp_asking *asking, struct bp_choice *choice) {
    choice->backend = "XPU";
    bp_strs_add_owned(&choice->because,
                      bp_format("torch is built for XPU (oneAPI %s).", asking->torch->xpu));
    if (asking->found->era->selection == BP_SELECT_BEST_MATCH) {
        char *name = bp_format("libbitsandbytes_xpu%.4s%s", asking->torch->xpu, asking->suffix);
        if (bp_machine_has_library(asking->machine, name) != BP_NO) {
            bp_choice_ask(asking, name, choice);
            return;
        }
        bp_strs_add_owned(&choice->because, bp_format("The package holds no %s.", name));
        free(name);
    }
    bp_choice_ask(asking, bp_format("libbitsandbytes_xpu%s", asking->suffix), choice);
}

/*
 * Up to 0.49.2 the version in the name is major * 10 + minor, which is right for CUDA and
 * turns ROCm 7.10 into "80" (bitsandbytes #1799, #1890).
 */
static void choose_exact(const struct bp_asking *asking, int major, int minor,
                         struct bp_choice *choice) {
    bool rocm = !asking->torch->cuda;
    const char *value = bp_machine_variable(asking->machine, "BNB_CUDA_VERSION");
    if (rocm && value && *value && asking->found->era->override == BP_OVERRIDE_REPLACE_NOT_ROCM) {
        bp_choice_refuse(
            choice, bp_format("BNB_CUDA_VERSION=%s detected for ROCm!!", value),
            bp_format("BNB_CUDA_VERSION=%s is set, which this release refuses with a ROCm "
                      "build of torch.",
                      value));
        return;
    }
    if (rocm && minor >= 10) {
        bp_strs_add_owned(&choice->because,
                          bp_format("It makes one number of ROCm %d.%d by tens and ones: %d.",
                                    major, minor, major * 10 + minor));
    }
    char *name = bp_format("libbitsandbytes_%s%d%s", rocm ? "rocm" : "cuda", major * 10 + minor,
                           asking->suffix);
    bp_choice_ask(asking, bp_choice_override(asking, name, choice), choice);
}

/* Since 0.50.0: digits or nothing, and nothing means not set at all. */
static bool choose_by_digits(const struct bp_asking *asking, const char *prefix,
                             struct bp_choice *choice) {
    const char *variable = asking->torch->hip ? "BNB_ROCM_VERSION" : "BNB_CUDA_VERSION";
    const char *value = bp_machine_variable(asking->machine, variable);
    if (!value) {
        return false;
    }
    if (!*value || strspn(value, "0123456789") != strlen(value)) {
        bp_choice_refuse(
            choice,
            bp_format("%s='%s': value must be digits only (e.g. '124' for 12.4).", variable, value),
            bp_format("%s is set to \"%s\"; since 0.50.0 it must be digits, and even an empty "
                      "value is an error.",
                      variable, value));
        return true;
    }
    bp_strs_add_owned(&choice->because,
                      bp_format("%s=%s decides alone, without a fallback.", variable, value));
    bp_choice_ask(asking, bp_format("libbitsandbytes_%s%s%s", prefix, value, asking->suffix),
                  choice);
    return true;
}

static void choose_native_gpu(const struct bp_asking *asking, struct bp_choice *choice) {
    const struct bp_torch *torch = asking->torch;
    const char *version = torch->cuda ? torch->cuda : torch->hip;
    int major;
    int minor;
    if (!bp_two_numbers(version, &major, &minor)) {
        bp_strs_add_owned(&choice->because, bp_format("torch's version \"%s\" is no version.",
                                                      version ? version : ""));
        return;
    }
    bool best = asking->found->era->selection == BP_SELECT_BEST_MATCH;
    bool hip_named = torch->hip && asking->found->era->override != BP_OVERRIDE_REPLACE;
    choice->backend = hip_named ? "ROCm" : "CUDA";
    if (!best) {
        choose_exact(asking, major, minor, choice);
    } else if (!choose_by_digits(asking, torch->hip ? "rocm" : "cuda", choice)) {
        bp_choose_best_match(asking, torch->hip ? "rocm" : "cuda", major, minor, choice);
    }
}

/*
 * From 0.48.0 on bitsandbytes asks torch._C._has_xpu, which torch has since 2.3. With a GPU it
 * does so once the file is found; without one the import ends there (python_needs.c).
 */
static bool trips_over_old_torch(const struct bp_asking *asking) {
    int order;
    return asking->found->era->xpu && asking->torch->version &&
           bp_version_compare(asking->torch->version, "2.3.dev0", &order) && order < 0;
}

static void refuse_old_torch(const struct bp_asking *asking, struct bp_choice *choice) {
    free(choice->chosen);
    choice->chosen = NULL;
    bp_choice_refuse(choice, bp_strdup("module 'torch._C' has no attribute '_has_xpu'"),
                     bp_format("This release asks torch whether it is built for XPU, and torch %s "
                               "is too old to be asked.",
                               asking->torch->version));
}

void bp_choose_native(const struct bp_asking *asking, struct bp_choice *choice) {
    if (asking->found->era->xpu && asking->torch->xpu) {
        choose_xpu(asking, choice);
    } else if (asking->torch->sees_gpu == BP_NO) {
        bp_choice_ask_cpu(asking, choice);
        /* A ROCm torch stays ROCm for this release even where it sees no device. */
        if (asking->torch->hip) {
            choice->backend = "ROCm";
        }
    } else if (asking->torch->sees_gpu == BP_UNKNOWN) {
        bp_strs_add(&choice->because, "Which file it asks for depends on that.");
    } else {
        choose_native_gpu(asking, choice);
        if (choice->state == BP_CHOICE_FILE && trips_over_old_torch(asking)) {
            refuse_old_torch(asking, choice);
        }
    }
}
