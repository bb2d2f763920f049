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

/* A listing of libraries shows libcudart.so beside the name that is the soname. */
static const cJSON *look_in(const struct bp_asking *asking, const cJSON *libraries,
                            const char *place) {
    const cJSON *candidate;
    cJSON_ArrayForEach(candidate, libraries) {
        if (is_cudart(candidate) && lies_in(candidate, place) &&
            is_looked_for(asking, bp_base_name(bp_json_text(candidate, "path"))) == BP_YES) {
            return candidate;
        }
    }
    return NULL;
}

/* Whether `path` lies below `folder`. */
static bool lies_below(const char *path, const char *folder) {
    size_t length = folder ? strlen(folder) : 0;
    return path && length && strncmp(path, folder, length) == 0 && path[length] == '/';
}

/* The version of the toolkit that the file belongs to, or NULL. */
static const char *toolkit_version(const struct bp_asking *asking, const cJSON *candidate) {
    const cJSON *toolkits = bp_json_at(asking->machine->snapshot, "/cuda/toolkits");
    const cJSON *toolkit;
    cJSON_ArrayForEach(toolkit, toolkits) {
        const char *folder = bp_json_text(toolkit, "path");
        if (lies_below(bp_json_text(candidate, "real_path"), folder) ||
            lies_below(bp_json_text(candidate, "path"), folder)) {
            return bp_json_text(toolkit, "version");
        }
    }
    return NULL;
}

/*
 * cudaRuntimeGetVersion tells major and minor. A soname does not: every 11.x is called
 * libcudart.so.11.0 and every 12.x libcudart.so.12, so the version in a file name must have
 * three parts. Where it has not, the toolkit knows its own.
 */
static bool runtime_version(const struct bp_asking *asking, const cJSON *candidate, int *major,
                            int *minor) {
    const char *version = bp_json_text(candidate, "version");
    const char *dot = version ? strchr(version, '.') : NULL;
    bool exact = dot && strchr(dot + 1, '.');
    return bp_two_numbers(exact ? version : toolkit_version(asking, candidate), major, minor);
}

static void unknown(struct bp_choice *choice, const char *because) {
    choice->state = BP_CHOICE_UNKNOWN;
    bp_strs_add(&choice->because, because);
}

/* 0.36 alone has the slip in its warning about such devices; the import ends with it. */
static bool trips_over_old_devices(const struct bp_asking *asking) {
    return bp_era_at_least(asking->found, "0.36.0") == BP_YES &&
           bp_era_at_least(asking->found, "0.37.0") == BP_NO;
}

static void choose_by_version(const struct bp_asking *asking, const cJSON *candidate,
                              struct bp_choice *choice) {
    const char *path = bp_json_text(candidate, "path");
    int major;
    int minor;
    choice->opens = candidate;
    if (!runtime_version(asking, candidate, &major, &minor)) {
        bp_strs_add_owned(&choice->because, bp_format("The first libcudart it finds is %s.", path));
        unknown(choice, "Its exact version decides, and is not known.");
        return;
    }
    bp_strs_add_owned(&choice->because,
                      bp_format("The first libcudart it finds is %s of CUDA %d.%d, "
                                "which decides, whatever torch is built for.",
                                path, major, minor));
    enum bp_answer without = bp_choice_nocublaslt(asking, choice);
    if (without == BP_YES && trips_over_old_devices(asking)) {
        bp_choice_refuse(
            choice, bp_strdup("name 'cuda_setup' is not defined"),
            bp_strdup("This release means to warn of a device below 7.5 and trips over "
                      "a name that it has not defined."));
    } else if (without != BP_UNKNOWN) {
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
        const cJSON *candidate = look_in(asking, libraries, places[i]);
        if (candidate) {
            choose_by_version(asking, candidate, choice);
            return;
        }
    }
    bp_strs_add(&choice->because,
                "There is no libcudart.so in the conda environment, on LD_LIBRARY_PATH or in "
                "/usr/local/cuda/lib64, so this release settles for the CPU library.");
    bp_choice_ask_cpu(asking, choice);
}

/*
 * 0.35.4 to 0.37.2 misspell the CPU library. From 0.36.0 on they then open it under its right
 * name all the same.
 */
static void choose_without_gpu(const struct bp_asking *asking, struct bp_choice *choice) {
    if (asking->found->era->failure == BP_FAILURE_IMPORT &&
        bp_era_at_least(asking->found, "0.35.4") == BP_YES) {
        choice->backend = "CPU";
        bp_choice_ask(asking, bp_strdup("libsbitsandbytes_cpu.so"), choice);
        return;
    }
    if (bp_era_at_least(asking->found, "0.36.0") == BP_YES &&
        bp_era_at_least(asking->found, "0.38.0") == BP_NO) {
        bp_strs_add(&choice->because, "It asks for \"libsbitsandbytes_cpu.so\" first, a slip of "
                                      "these releases that does no harm.");
    }
    bp_choice_ask_cpu(asking, choice);
}

void bp_choose_by_cudart(const struct bp_asking *asking, struct bp_choice *choice) {
    /* 0.35.x does not ask torch; what it asks, the driver, answers alike. */
    if (asking->torch->sees_gpu == BP_NO) {
        choose_without_gpu(asking, choice);
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
