/*
 * 0.35.0 to 0.40.0.post4: the version of a libcudart that is searched for through
 * environment variables decides, whatever torch is built for.
 */
#include "checks/loader/choose.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"

/* The places in the order in which they are searched; the first with a hit decides. */
static const char *const places[] = {"conda", "ld_library_path", "toolkit"};

static bool is_cudart(const cJSON *candidate) {
    const char *path = bp_json_text(candidate, "path");
    return bp_equal(bp_json_text(candidate, "family"), "cudart") ||
           (path && bp_starts_with(bp_base_name(path), "libcudart.so"));
}

/* Of the toolkits, only the one at /usr/local/cuda is looked into. */
static bool lies_in(const cJSON *candidate, const char *place) {
    const char *path = bp_json_text(candidate, "path");
    return path && bp_equal(bp_json_text(candidate, "found_from"), place) &&
           (strcmp(place, "toolkit") != 0 || bp_starts_with(path, "/usr/local/cuda/lib64/"));
}

/* Whether this release looks for a file of that name. */
static enum bp_answer is_looked_for(const struct bp_asking *asking, const char *name) {
    if (strcmp(name, "libcudart.so") == 0) {
        return BP_YES;
    }
    bool later = strcmp(name, "libcudart.so.11.0") == 0 || strcmp(name, "libcudart.so.12.0") == 0;
    return later ? bp_era_at_least(asking->found, "0.38.0") : BP_NO;
}

struct hit {
    const cJSON *candidate;
    bool unsure; /* a libcudart lies there, under another name than those looked for */
};

static struct hit look_in(const struct bp_asking *asking, const cJSON *libraries,
                          const char *place) {
    struct hit hit = {0};
    const cJSON *candidate;
    cJSON_ArrayForEach(candidate, libraries) {
        if (!is_cudart(candidate) || !lies_in(candidate, place)) {
            continue;
        }
        const char *name = bp_base_name(bp_json_text(candidate, "path"));
        if (is_looked_for(asking, name) == BP_YES) {
            hit.candidate = candidate;
            hit.unsure = false;
            return hit;
        }
        /* The plain name is a link that a listing by soname need not show. */
        hit.unsure = true;
    }
    return hit;
}

/*
 * cudaRuntimeGetVersion tells major and minor. A soname does not: every 11.x is called
 * libcudart.so.11.0 and every 12.x libcudart.so.12, so the version must have three parts.
 */
static bool runtime_version(const cJSON *candidate, int *major, int *minor) {
    const char *version = bp_json_text(candidate, "version");
    const char *dot = version ? strchr(version, '.') : NULL;
    return dot && strchr(dot + 1, '.') && bp_two_numbers(version, major, minor);
}

static void unknown(struct bp_choice *choice, const char *because) {
    choice->state = BP_CHOICE_UNKNOWN;
    bp_strs_add(&choice->because, because);
}

static void choose_by_version(const struct bp_asking *asking, const cJSON *candidate,
                              struct bp_choice *choice) {
    const char *path = bp_json_text(candidate, "path");
    int major;
    int minor;
    if (!runtime_version(candidate, &major, &minor)) {
        bp_strs_add_owned(&choice->because, bp_format("The first libcudart it finds is %s.", path));
        unknown(choice, "Its exact version decides, and is not known.");
        return;
    }
    bp_strs_add_owned(&choice->because,
                      bp_format("The first libcudart it finds is %s of CUDA %d.%d, "
                                "which decides, whatever torch is built for.",
                                path, major, minor));
    enum bp_answer without = bp_choice_nocublaslt(asking, choice);
    if (without != BP_UNKNOWN) {
        choice->backend = "CUDA";
        bp_choice_ask(asking,
                      bp_format("libbitsandbytes_cuda%d%d%s.so", major, minor,
                                without == BP_YES ? "_nocublaslt" : ""),
                      choice);
    }
}

/* These releases open the driver by its unversioned name, which only some installs have. */
static enum bp_answer has_unversioned_driver(const struct bp_asking *asking) {
    const cJSON *list = bp_json_get(asking->machine->candidates, "libcuda.so");
    const char *status = bp_json_text_at(asking->machine->snapshot, "/cuda/driver/library/status");
    if (cJSON_IsArray(list)) {
        return cJSON_GetArraySize(list) > 0 ? BP_YES : BP_NO;
    }
    return bp_equal(status, "not-found") ? BP_NO : BP_UNKNOWN;
}

static void search(const struct bp_asking *asking, struct bp_choice *choice) {
    const cJSON *libraries = bp_json_at(asking->machine->snapshot, "/cuda/libraries");
    if (!cJSON_IsArray(libraries)) {
        unknown(choice, "Which libcudart it finds decides, and none was looked for.");
        return;
    }
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct hit hit = look_in(asking, libraries, places[i]);
        if (hit.candidate) {
            choose_by_version(asking, hit.candidate, choice);
            return;
        }
        if (hit.unsure) {
            unknown(choice,
                    "A libcudart lies in a place that it searches, but whether it lies there "
                    "under a name that this release looks for is not known.");
            return;
        }
    }
    bp_strs_add(&choice->because,
                "There is no libcudart.so in the conda environment, on LD_LIBRARY_PATH or in "
                "/usr/local/cuda/lib64, so this release settles for the CPU library.");
    bp_choice_ask_cpu(asking, choice);
}

void bp_choose_by_cudart(const struct bp_asking *asking, struct bp_choice *choice) {
    /* 0.35.x does not ask torch; what it asks, the driver, answers alike. */
    if (asking->torch->sees_gpu == BP_NO) {
        if (bp_era_at_least(asking->found, "0.35.4") == BP_YES &&
            bp_era_at_least(asking->found, "0.38.0") == BP_NO) {
            bp_strs_add(&choice->because, "It asks for \"libsbitsandbytes_cpu.so\" first, a slip "
                                          "of these releases that does no harm.");
        }
        bp_choice_ask_cpu(asking, choice);
        return;
    }
    if (asking->torch->sees_gpu == BP_UNKNOWN) {
        bp_strs_add(&choice->because, "Which file it asks for depends on that.");
        return;
    }
    switch (has_unversioned_driver(asking)) {
    case BP_NO:
        bp_strs_add(&choice->because, "This release opens the driver as libcuda.so, which is not "
                                      "there, and settles for the CPU library.");
        bp_choice_ask_cpu(asking, choice);
        break;
    case BP_UNKNOWN:
        unknown(choice, "This release opens the driver as libcuda.so; whether there is a file of "
                        "that name is not known.");
        break;
    case BP_YES:
        search(asking, choice);
        break;
    }
}
