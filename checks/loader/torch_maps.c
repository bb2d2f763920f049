/*
 * What a process has mapped after `import torch`. torch's own libraries need the CUDA or
 * ROCm libraries, so those are in the process, under their sonames, before bitsandbytes
 * opens anything; the loader then takes them without searching (dlopen(3), ld.so(8)).
 */
#include "checks/loader/torch.h"

#include <stddef.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "base/version.h"

/* The sonames that a torch build of each CUDA major version needs. */
static const struct {
    int major;
    const char *soname;
} cuda_sonames[] = {
    {10, "libcudart.so.10.2"},  {10, "libcublas.so.10"},   {10, "libcublasLt.so.10"},
    {10, "libcusparse.so.10"},  {10, "libcurand.so.10"},   {11, "libcudart.so.11.0"},
    {11, "libcublas.so.11"},    {11, "libcublasLt.so.11"}, {11, "libcusparse.so.11"},
    {11, "libcurand.so.10"},    {12, "libcudart.so.12"},   {12, "libcublas.so.12"},
    {12, "libcublasLt.so.12"},  {12, "libcusparse.so.12"}, {12, "libcurand.so.10"},
    {12, "libnvJitLink.so.12"}, {13, "libcudart.so.13"},   {13, "libcublas.so.13"},
    {13, "libcublasLt.so.13"},  {13, "libcusparse.so.12"}, {13, "libcurand.so.10"},
    {13, "libnvJitLink.so.13"},
};

static bool is_cuda_library(const char *soname) {
    static const char *const starts[] = {"libcudart.",   "libcublas.", "libcublasLt.",
                                         "libcusparse.", "libcurand.", "libnvJitLink."};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        if (bp_starts_with(soname, starts[i])) {
            return true;
        }
    }
    return false;
}

static bool torch_needs(const struct bp_torch *torch, const char *soname) {
    int major;
    int minor;
    if (!bp_two_numbers(torch->cuda, &major, &minor)) {
        return false;
    }
    for (size_t i = 0; i < sizeof cuda_sonames / sizeof *cuda_sonames; i++) {
        if (cuda_sonames[i].major == major && strcmp(cuda_sonames[i].soname, soname) == 0) {
            return true;
        }
    }
    return false;
}

static bool holds_torch_cudart(const cJSON *list) {
    const cJSON *candidate;
    cJSON_ArrayForEach(candidate, list) {
        const char *path = bp_json_text(candidate, "path");
        if (bp_equal(bp_json_text(candidate, "found_from"), "torch") && path &&
            bp_starts_with(bp_base_name(path), "libcudart")) {
            return true;
        }
    }
    return false;
}

/* A torch that carries its CUDA libraries in torch/lib rather than using the nvidia wheels. */
static bool is_bundled(const struct bp_machine *machine) {
    const cJSON *list;
    cJSON_ArrayForEach(list, machine->candidates) {
        if (holds_torch_cudart(list)) {
            return true;
        }
    }
    return holds_torch_cudart(bp_json_at(machine->snapshot, "/cuda/libraries"));
}

static bool is_from_conda(const struct bp_machine *machine) {
    const cJSON *copy = bp_machine_package(machine, "torch");
    const char *metadata = bp_json_text(copy, "metadata");
    return bp_equal(bp_json_text(copy, "installer"), "conda") ||
           (metadata && strstr(metadata, "conda-meta"));
}

/* nvidia wheels, as torch's RPATH or its own preloading finds them. */
static enum bp_answer maps_wheel(const struct bp_machine *machine, const struct bp_torch *torch,
                                 char **reason) {
    int order;
    if (!is_bundled(machine)) {
        *reason = bp_format("torch for CUDA %s needs it and takes it from this wheel", torch->cuda);
        return BP_YES;
    }
    /*
     * Such a torch finds its own copies and looks no further. Since 2.6 it may preload from
     * the wheels all the same; since which release for which library is not settled here.
     */
    if (torch->version && bp_version_compare(torch->version, "2.6", &order) && order < 0) {
        *reason = bp_format("torch %s carries its own CUDA libraries and does not look into this "
                            "wheel",
                            torch->version);
        return BP_NO;
    }
    *reason = bp_strdup("torch carries its own CUDA libraries, and whether it also maps this "
                        "wheel's is not known");
    return BP_UNKNOWN;
}

static enum bp_answer maps_cuda(const struct bp_machine *machine, const struct bp_torch *torch,
                                const char *library, const char *from, char **reason) {
    if (!torch->cuda && torch->build_known != BP_YES) {
        *reason = bp_strdup("torch's build is not known");
        return BP_UNKNOWN;
    }
    if (!torch->cuda) {
        *reason = bp_strdup("torch is not built for CUDA and does not map it");
        return BP_NO;
    }
    if (!torch_needs(torch, library)) {
        *reason = bp_format("torch is built for CUDA %s and does not map it", torch->cuda);
        return BP_NO;
    }
    if (bp_equal(from, "torch")) {
        *reason = bp_format("torch for CUDA %s brings it along", torch->cuda);
        return BP_YES;
    }
    if (bp_equal(from, "wheel")) {
        return maps_wheel(machine, torch, reason);
    }
    if (is_from_conda(machine)) {
        *reason = bp_format("the conda build of torch for CUDA %s needs it", torch->cuda);
        return BP_YES;
    }
    return BP_NO;
}

/* A conda interpreter's RPATH brings its environment's copies of these in for many modules. */
static bool is_of_compiler(const char *library) {
    return strcmp(library, "libstdc++.so.6") == 0 || strcmp(library, "libgcc_s.so.1") == 0 ||
           strcmp(library, "libgomp.so.1") == 0;
}

enum bp_answer bp_torch_maps(const struct bp_machine *machine, const struct bp_torch *torch,
                             const char *library, const cJSON *candidate, char **reason) {
    const char *from = bp_json_text(candidate, "found_from");
    const char *soname = bp_json_text(candidate, "soname");
    bool brought = bp_equal(from, "torch") || bp_equal(from, "wheel") || bp_equal(from, "conda");
    *reason = NULL;
    if (!brought || torch->installed == BP_NO) {
        return BP_NO;
    }
    if (!soname) {
        *reason = bp_strdup("its soname is not known");
        return BP_UNKNOWN;
    }
    if (strcmp(soname, library) != 0) {
        *reason = bp_format("its soname is %s, so it does not stand for %s", soname, library);
        return BP_NO;
    }
    if (is_cuda_library(library)) {
        return maps_cuda(machine, torch, library, from, reason);
    }
    if (bp_equal(from, "torch")) {
        *reason = bp_strdup("torch brings it along");
        return BP_YES;
    }
    if (bp_equal(from, "conda") && is_of_compiler(library)) {
        *reason = bp_strdup("the conda environment's own copy may be in the process before it");
        return BP_UNKNOWN;
    }
    if (bp_equal(from, "wheel") && torch->hip) {
        *reason = bp_strdup("whether this torch maps it from the wheel is not known");
        return BP_UNKNOWN;
    }
    return BP_NO;
}
