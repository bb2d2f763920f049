/*
 * The CUDA libraries that torch opens by path, as torch/__init__.py of 1.13, 2.0, 2.2, 2.4 to
 * 2.11 has it: where libtorch_global_deps.so cannot be opened because one of them is not found,
 * it opens all of them from the folders below nvidia/ and tries again. Since 2.6 it opens some of
 * them, since 2.10 all of them, after a success as well, and gives up silently at the first that is
 * not there.
 */
#include "checks/loader/import_torch.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/version.h"

struct preload {
    const char *folder; /* below nvidia/ */
    const char *stem;   /* before ".so" */
    const char *since;  /* of torch */
    const char *until;  /* first release that does not ask for it any more; NULL: none */
    const char *after;  /* since then opened after a success, too; NULL: never */
};

/* In torch's order. */
static const struct preload preloads[] = {
    {"cublas", "libcublasLt", "2.11", NULL, "2.11"},
    {"cublas", "libcublas", "1.13", NULL, "2.10"},
    {"cudnn", "libcudnn", "1.13", NULL, "2.10"},
    {"cuda_nvrtc", "libnvrtc", "2.0", NULL, "2.6"},
    {"cuda_nvrtc", "libnvrtc-builtins", "2.9", NULL, "2.9"},
    {"cuda_runtime", "libcudart", "2.0", NULL, "2.10"},
    {"cuda_cupti", "libcupti", "2.0", NULL, "2.10"},
    {"cufft", "libcufft", "2.0", NULL, "2.10"},
    {"curand", "libcurand", "2.0", NULL, "2.10"},
    {"nvjitlink", "libnvJitLink", "2.5", NULL, "2.6"},
    {"cusparse", "libcusparse", "2.0", NULL, "2.10"},
    {"cusparselt", "libcusparseLt", "2.6", NULL, "2.10"},
    {"cusolver", "libcusolver", "2.0", NULL, "2.10"},
    {"nccl", "libnccl", "2.0", NULL, "2.10"},
    {"nvshmem", "libnvshmem_host", "2.9", NULL, "2.10"},
    {"cufile", "libcufile", "2.7", NULL, "2.10"},
    {"nvtx", "libnvToolsExt", "2.0", "2.8", NULL},
};

/* Whether torch's version is at least `version`; one that is not known counts as new. */
static bool is_at_least(const struct bp_process *process, const char *version) {
    int order;
    return !process->torch->version ||
           !bp_version_compare(process->torch->version, version, &order) || order >= 0;
}

static bool asks_for(const struct bp_process *process, const struct preload *preload) {
    return is_at_least(process, preload->since) &&
           !(preload->until && is_at_least(process, preload->until));
}

/* Whether `path` is SITE/nvidia/FOLDER/lib/STEM.so.N or, since 2.9, SITE/nvidia/cuN/lib/... */
static bool matches(const struct bp_process *process, const struct preload *preload,
                    const char *path) {
    const char *name = bp_base_name(path);
    size_t stem = strlen(preload->stem);
    int major;
    int minor;
    if (strncmp(name, preload->stem, stem) != 0 || !bp_starts_with(name + stem, ".so.")) {
        return false;
    }
    char *folder = bp_dir_name(path);
    char *own = bp_format("/nvidia/%s/lib", preload->folder);
    char *beside = bp_format("/%s/lib", preload->folder);
    bool fits =
        bp_ends_with(folder, own) || (is_at_least(process, "2.6") && bp_ends_with(folder, beside));
    free(beside);
    free(own);
    if (!fits && is_at_least(process, "2.9") &&
        bp_two_numbers(process->torch->cuda, &major, &minor)) {
        char *shared = bp_format("/nvidia/cu%d/lib", major);
        fits = bp_ends_with(folder, shared);
        free(shared);
    }
    free(folder);
    return fits;
}

/* The first of the opened files that torch would take, or NULL. */
static const char *path_of(const struct bp_process *process, const struct preload *preload) {
    const cJSON *opened;
    cJSON_ArrayForEach(opened, bp_json_at(process->machine->snapshot, "/libraries/opened")) {
        const char *path = bp_json_text(opened, "path");
        if (path && bp_equal(bp_json_text(opened, "role"), "torch-preload") &&
            matches(process, preload, path)) {
            return path;
        }
    }
    return NULL;
}

/* Opens one; what it ends with, or NULL. */
static char *open_one(struct bp_process *process, const struct preload *preload) {
    const char *path = path_of(process, preload);
    if (!path) {
        return bp_format("%s.so.*[0-9] not found in the system path", preload->stem);
    }
    const cJSON *facts = bp_process_facts(process, path);
    return facts ? bp_import_open(process, facts, BP_STAGE_TORCH) : NULL;
}

static bool is_about_one(const struct bp_process *process, const char *error) {
    for (size_t i = 0; i < sizeof preloads / sizeof *preloads; i++) {
        /* 1.13 looks for one name in the message; later releases for every one. */
        bool counts = is_at_least(process, "2.0") ? asks_for(process, &preloads[i])
                                                  : strcmp(preloads[i].stem, "libcublas") == 0;
        if (counts && strstr(error, preloads[i].stem)) {
            return true;
        }
    }
    return false;
}

/* Whether a libcudart is in the process, in the place that this release wants it in. */
static bool maps_cudart(const struct bp_process *process) {
    const char *wanted =
        is_at_least(process, "2.9") ? "libcudart.so" : "nvidia/cuda_runtime/lib/libcudart.so";
    for (size_t i = 0; i < process->count; i++) {
        /* /proc/self/maps shows the file that links lead to. */
        if (process->mapped[i].file && strstr(process->mapped[i].file, wanted)) {
            return true;
        }
    }
    return false;
}

static void preload_after_success(struct bp_process *process) {
    if (!is_at_least(process, "2.6") || !maps_cudart(process)) {
        return;
    }
    for (size_t i = 0; i < sizeof preloads / sizeof *preloads; i++) {
        bool counts = preloads[i].after && is_at_least(process, preloads[i].after) &&
                      asks_for(process, &preloads[i]);
        char *error = counts ? open_one(process, &preloads[i]) : NULL;
        bool failed = error;
        free(error);
        if (failed) {
            return;
        }
    }
}

char *bp_import_preload(struct bp_process *process, const char *error) {
    if (!error) {
        preload_after_success(process);
        return NULL;
    }
    if (!is_about_one(process, error)) {
        return bp_strdup(error);
    }
    for (size_t i = 0; i < sizeof preloads / sizeof *preloads; i++) {
        char *failure = asks_for(process, &preloads[i]) ? open_one(process, &preloads[i]) : NULL;
        if (failure) {
            return failure;
        }
    }
    return NULL;
}
