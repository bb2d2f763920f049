/* The keys of assumptions, which values they take, and reading them. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/nearest.h"
#include "base/version.h"
#include "checks/assume.h"
#include "checks/assume/parts.h"

static bool is_platform(const char *value) {
    struct bp_platform platform;
    bool read = bp_platform_read(value, &platform);
    bp_platform_free(&platform);
    return read;
}

static bool is_version(const char *value) {
    return bp_version_valid(value);
}

static bool is_version_or_none(const char *value) {
    return bp_equal(value, "none") || is_version(value);
}

static bool is_torch(const char *value) {
    return bp_equal(value, "newest") || bp_equal(value, "again") || is_version_or_none(value);
}

static bool is_driver(const char *value) {
    return bp_equal(value, "none") || (strspn(value, "0123456789") == 3 && is_version(value));
}

static bool is_cuda(const char *value) {
    char *version = bp_cuda_version(value);
    free(version);
    return version != NULL;
}

static bool is_cuda_or_none(const char *value) {
    return bp_equal(value, "none") || is_cuda(value);
}

static bool is_gpu_list(const char *value) {
    struct bp_strs targets = {0};
    bool good = true;
    size_t amd = 0;
    bp_strs_split(&targets, value, ',', true);
    for (size_t i = 0; i < targets.count; i++) {
        char *target = bp_gpu_target(targets.items[i]);
        good = good && target;
        amd += target && bp_starts_with(target, "gfx");
        free(target);
    }
    /* One process sees the GPUs of one vendor. */
    good = good && (amd == 0 || amd == targets.count);
    bp_strs_free(&targets);
    return good || bp_equal(value, "none");
}

static bool is_release(const char *value) {
    return bp_equal(value, "newest") || bp_equal(value, "source") || is_version_or_none(value);
}

static const struct {
    const char *name;
    bool (*is_good)(const char *value);
    const char *expected; /* of the value, after "is" */
    const char *says;
} keys[BP_ASSUME_KEY_COUNT] = {
    [BP_ASSUME_PLATFORM] = {"platform", is_platform,
                            "a platform such as manylinux_2_28_x86_64, linux_aarch64, win_amd64, "
                            "win_arm64 or macosx_arm64",
                            "another operating system and machine, as in wheel tags"},
    [BP_ASSUME_GLIBC] = {"glibc", is_version, "a version such as 2.17", "glibc of that version"},
    [BP_ASSUME_MUSL] = {"musl", is_version, "a version such as 1.2.5", "musl in place of glibc"},
    [BP_ASSUME_PYTHON] = {"python", is_version, "a version such as 3.12", "Python's version"},
    [BP_ASSUME_GPU] = {"gpu", is_gpu_list,
                       "a compute capability such as 9.0 or sm_90, an AMD target such as gfx942, "
                       "several of one kind with commas between them, or none",
                       "GPUs: 9.0, sm_120, gfx942, several with commas; none"},
    [BP_ASSUME_DRIVER] = {"driver", is_driver, "a driver version such as 570.86, or none",
                          "NVIDIA's kernel driver, such as 570.86; none"},
    [BP_ASSUME_DRIVER_CUDA] = {"driver-cuda", is_cuda, "a CUDA version such as 12.8",
                               "CUDA version that the driver supports"},
    [BP_ASSUME_TORCH] = {"torch", is_torch, "a version such as 2.8.0+cu128, newest, again or none",
                         "torch's version, such as 2.8.0+cu128; newest; again; none"},
    [BP_ASSUME_TORCH_CUDA] = {"torch-cuda", is_cuda_or_none, "a CUDA version such as 13.0, or none",
                              "CUDA version that torch is built for; none"},
    [BP_ASSUME_TORCH_HIP] = {"torch-hip", is_version_or_none, "a ROCm version such as 6.4, or none",
                             "ROCm version that torch is built for; none"},
    [BP_ASSUME_BITSANDBYTES] = {"bitsandbytes", is_release,
                                "a release such as 0.49.2, newest, source or none",
                                "a release, newest, source (built here) or none"},
};

static const char *const allowed_variables[] = {
    "BNB_CUDA_VERSION",     "BNB_ROCM_VERSION",    "CUDA_VERSION",
    "CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES",
    "LD_LIBRARY_PATH",      "LD_PRELOAD",          NULL,
};

static const struct {
    const char *name;
    const char *says;
} further_keys[] = {
    {"library", "an nvidia-* wheel with that library, such as libcusparse.so.12"},
    {"env:NAME", "a variable set to a value; unset where the value is empty"},
};

enum { FURTHER_COUNT = sizeof further_keys / sizeof *further_keys };

const char *bp_assume_key(size_t index, const char **says) {
    if (index < BP_ASSUME_KEY_COUNT) {
        *says = keys[index].says;
        return keys[index].name;
    }
    index -= BP_ASSUME_KEY_COUNT;
    *says = index < FURTHER_COUNT ? further_keys[index].says : NULL;
    return index < FURTHER_COUNT ? further_keys[index].name : NULL;
}

const char *const *bp_assume_variable_names(void) {
    return allowed_variables;
}

void bp_assume_keys(struct bp_str *text, int indent) {
    const char *says;
    const char *name;
    for (size_t i = 0; (name = bp_assume_key(i, &says)) != NULL; i++) {
        bp_str_addf(text, "%*s%-14s %s\n", indent, "", name, says);
    }
}

static int fail_unknown(const char *what, const char *name, const char *const names[],
                        struct bp_err *err) {
    struct bp_str list = BP_STR_EMPTY;
    for (size_t i = 0; names[i]; i++) {
        bp_str_addf(&list, "%s%s", i == 0 ? "" : ", ", names[i]);
    }
    const char *nearest = bp_nearest(name, names);
    bp_fail(err, BP_E_FORMAT, "%s '%s' is none that can be assumed; %s%s%s%s", what, name,
            nearest ? "did you mean " : "", nearest ? nearest : "",
            nearest ? "? There are " : "there are ", list.data);
    bp_str_free(&list);
    return -1;
}

static int fail_unknown_key(const char *key, struct bp_err *err) {
    const char *names[BP_ASSUME_KEY_COUNT + FURTHER_COUNT + 1];
    const char *says;
    size_t count = 0;
    while ((names[count] = bp_assume_key(count, &says)) != NULL) {
        count++;
    }
    return fail_unknown("the key", key, names, err);
}

/* --- reading one --- */

struct reading {
    struct bp_assumed *assumed;
    char *key; /* owned */
    const char *value;
};

static int fail_twice(const char *key, struct bp_err *err) {
    return bp_fail(err, BP_E_FORMAT, "%s is assumed twice", key);
}

static int take_variable(const struct reading *reading, struct bp_err *err) {
    const char *name = reading->key + strlen("env:");
    if (strcmp(name, "LD_PRELOAD") == 0 && *reading->value) {
        return bp_fail(err, BP_E_FORMAT,
                       "LD_PRELOAD can be assumed to be unset alone: of another file nothing is "
                       "known here");
    }
    for (size_t i = 0; allowed_variables[i]; i++) {
        if (strcmp(allowed_variables[i], name) != 0) {
            continue;
        }
        char *start = bp_format("%s=", name);
        bool twice = false;
        for (size_t j = 0; j < reading->assumed->variables.count; j++) {
            twice = twice || bp_starts_with(reading->assumed->variables.items[j], start);
        }
        bp_strs_add_owned(&reading->assumed->variables, bp_format("%s%s", start, reading->value));
        free(start);
        return twice ? fail_twice(reading->key, err) : 0;
    }
    return fail_unknown("the variable", name, allowed_variables, err);
}

static int take_library(const struct reading *reading, struct bp_err *err) {
    const char *value = reading->value;
    if (!bp_starts_with(value, "lib") || !strstr(value, ".so") || strchr(value, '/')) {
        return bp_fail(err, BP_E_FORMAT,
                       "library is a library's name such as libcusparse.so.12, not '%s'", value);
    }
    bp_strs_add_once(&reading->assumed->libraries, value);
    return 0;
}

static int take(const struct reading *reading, struct bp_err *err) {
    const char *value = reading->value;
    if (bp_starts_with(reading->key, "env:")) {
        return take_variable(reading, err);
    }
    if (strcmp(reading->key, "library") == 0) {
        return take_library(reading, err);
    }
    for (size_t i = 0; i < BP_ASSUME_KEY_COUNT; i++) {
        if (strcmp(keys[i].name, reading->key) != 0) {
            continue;
        }
        if (!keys[i].is_good(value)) {
            return bp_fail(err, BP_E_FORMAT, "%s is %s, not '%s'", keys[i].name, keys[i].expected,
                           value);
        }
        if (reading->assumed->values[i]) {
            return fail_twice(keys[i].name, err);
        }
        reading->assumed->values[i] = value;
        return 0;
    }
    return fail_unknown_key(reading->key, err);
}

static int read_one(struct bp_assumed *assumed, const char *text, struct bp_err *err) {
    const char *equals = strchr(text, '=');
    if (!equals) {
        return bp_fail(err, BP_E_FORMAT, "an assumption is KEY=VALUE, not '%s'", text);
    }
    struct reading reading = {
        .assumed = assumed, .key = bp_strndup(text, (size_t)(equals - text)), .value = equals + 1};
    int result = take(&reading, err);
    free(reading.key);
    return result;
}

void bp_assumed_free(struct bp_assumed *assumed) {
    bp_strs_free(&assumed->libraries);
    bp_strs_free(&assumed->variables);
}

/* Pairs that contradict each other. */
static int check_together(const struct bp_assumed *assumed, struct bp_err *err) {
    static const enum bp_assume_key pairs[][2] = {
        {BP_ASSUME_GLIBC, BP_ASSUME_MUSL},
        {BP_ASSUME_TORCH_CUDA, BP_ASSUME_TORCH_HIP},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const char *left = assumed->values[pairs[i][0]];
        const char *right = assumed->values[pairs[i][1]];
        if (left && right && strcmp(left, "none") != 0 && strcmp(right, "none") != 0) {
            return bp_fail(err, BP_E_FORMAT, "%s and %s cannot be assumed together",
                           keys[pairs[i][0]].name, keys[pairs[i][1]].name);
        }
    }
    return 0;
}

int bp_assumed_read(struct bp_assumed *assumed, const struct bp_strs *assumptions,
                    struct bp_err *err) {
    for (size_t i = 0; i < assumptions->count; i++) {
        if (read_one(assumed, assumptions->items[i], err) != 0) {
            return -1;
        }
    }
    return check_together(assumed, err);
}
