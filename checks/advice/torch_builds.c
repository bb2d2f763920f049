#include "checks/advice/torch_builds.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/version.h"
#include "checks/assume/parts.h"
#include "checks/loader/file.h"
#include "checks/loader/machine.h"

/* PyTorch's own index of wheels; each build has a folder of its own in it. */
#define TORCH_WHEELS "https://download.pytorch.org/whl/"

/*
 * The newest PyTorch of each build, newest build first, with the GPUs that it holds code for
 * and the Pythons that it is made for.
 */
static const struct {
    const char *build; /* folder in the index */
    const char *torch;
    const char *cuda; /* NULL: not for CUDA */
    const char *hip;
    const char *least; /* compute capability */
    const char *most;
    const char *glibc;       /* oldest that its wheels are for */
    const char *python;      /* oldest that it is made for */
    const char *last_python; /* newest */
} builds[] = {
    {"cu132", "2.13.0", "13.2", NULL, "7.5", "12.1", "2.28", "3.10", "3.14"},
    {"cu130", "2.13.0", "13.0", NULL, "7.5", "12.1", "2.28", "3.10", "3.14"},
    {"cu128", "2.11.0", "12.8", NULL, "7.5", "12.0", "2.28", "3.10", "3.14"},
    {"cu126", "2.13.0", "12.6", NULL, "5.0", "9.0", "2.28", "3.10", "3.14"},
    {"cu124", "2.6.0", "12.4", NULL, "5.0", "9.0", "2.28", "3.9", "3.13"},
    {"cu121", "2.5.1", "12.1", NULL, "5.0", "9.0", "2.17", "3.9", "3.12"},
    {"cu118", "2.7.1", "11.8", NULL, "5.0", "9.0", "2.28", "3.9", "3.13"},
    {"rocm7.1", "2.10.0", NULL, "7.1", NULL, NULL, "2.28", "3.10", "3.14"},
    {"rocm6.4", "2.9.1", NULL, "6.4", NULL, NULL, "2.28", "3.10", "3.14"},
    {"cpu", "2.13.0", NULL, NULL, NULL, NULL, "2.28", "3.10", "3.14"},
};

#define BUILD_COUNT (sizeof builds / sizeof *builds)

/* What is known of the machine that a build has to fit. */
struct target {
    const cJSON *devices; /* of the CUDA driver */
    bool nvidia;
    bool amd;
    bool linux_x86_64;
    const char *newest_cuda; /* of the build that pip takes by itself; NULL: it is not for CUDA */
    const char *python;
    bool there; /* torch is installed */
};

static bool at_least(const char *version, const char *least) {
    int order;
    return !version || !bp_version_compare(version, least, &order) || order >= 0;
}

/* "3.12" of "3.12.4". The caller frees it. */
static char *first_two(const char *version) {
    int major;
    int minor;
    return bp_two_numbers(version, &major, &minor) ? bp_format("%d.%d", major, minor)
                                                   : bp_strdup(version);
}

static struct target target_of(const struct bp_advising *advising) {
    const cJSON *snapshot = advising->snapshot;
    const cJSON *gpus = bp_json_at(snapshot, "/rocm/gpus");
    const cJSON *copies = bp_json_at(advising->interpreter, "/packages/torch");
    const char *machine = bp_json_text(advising->interpreter, "machine");
    if (!machine) {
        machine = bp_json_text_at(snapshot, "/host/machine");
    }
    struct target target = {
        .devices = bp_json_at(snapshot, "/cuda/driver/devices"),
        .amd = cJSON_IsArray(gpus) && gpus->child,
        .linux_x86_64 =
            bp_equal(advising->os, "linux") && bp_equal(bp_machine_kind(machine), "x86_64"),
        .newest_cuda = bp_newest_torch_cuda(advising->os, machine),
        .python =
            advising->fresh ? BP_FRESH_PYTHON : bp_json_text(advising->interpreter, "version"),
        .there = !advising->fresh && cJSON_IsArray(copies) && copies->child,
    };
    target.nvidia = bp_machine_has_gpu(snapshot) && !target.amd;
    return target;
}

/* Whether the build holds code for every GPU. */
static bool covers(size_t build, const struct target *target) {
    const cJSON *device;
    cJSON_ArrayForEach(device, target->devices) {
        const char *capability = bp_json_text(device, "compute_capability");
        if (capability && (!at_least(capability, builds[build].least) ||
                           !at_least(builds[build].most, capability))) {
            return false;
        }
    }
    return true;
}

static bool fits(size_t build, const struct bp_advising *advising, const struct target *target) {
    bool mac = bp_equal(advising->os, "macos");
    /* "3.14.2" is of 3.14 and not beyond it. */
    char *minor = target->python ? first_two(target->python) : NULL;
    bool python = at_least(minor, builds[build].python) &&
                  (!minor || at_least(builds[build].last_python, minor));
    free(minor);
    const char *glibc = bp_json_text_at(advising->snapshot, "/host/libc/version");
    bool old = bp_equal(advising->os, "linux") && !at_least(glibc, builds[build].glibc);
    if (!python || old ||
        bp_equal(bp_json_text_at(advising->snapshot, "/host/libc/name"), "musl")) {
        return false;
    }
    if (builds[build].cuda) {
        return target->nvidia && !mac && covers(build, target);
    }
    if (builds[build].hip) {
        return target->amd && target->linux_x86_64;
    }
    return !target->nvidia && !target->amd;
}

/* `pip install torch` takes this build without being told to. */
static bool is_default(size_t build, const struct target *target) {
    return target->newest_cuda ? bp_equal(builds[build].cuda, target->newest_cuda)
                               : bp_equal(builds[build].build, "cpu");
}

/* pip leaves a build of the same or a higher version as it is: the old one goes first. */
static char *command_for(const struct bp_advising *advising, const struct bp_shell *shell,
                         size_t build, const struct target *target) {
    char *words =
        is_default(build, target) && !target->there
            ? bp_strdup("install torch")
            : bp_format("install torch --index-url " TORCH_WHEELS "%s", builds[build].build);
    char *install = bp_shell_pip(shell, words);
    char *remove = target->there ? bp_shell_pip(shell, "uninstall -y torch") : NULL;
    char *command = bp_shell_join(&advising->shell, remove, install);
    free(remove);
    free(install);
    free(words);
    return command;
}

static void add(const struct bp_advising *advising, const struct target *target, size_t build,
                struct bp_changes *changes) {
    const char *kind = builds[build].cuda ? "CUDA " : builds[build].hip ? "ROCm " : NULL;
    const char *version = builds[build].cuda ? builds[build].cuda : builds[build].hip;
    char *assume = bp_format("torch=%s+%s torch-%s=%s", builds[build].torch, builds[build].build,
                             builds[build].hip ? "hip" : "cuda", version ? version : "none");
    bp_changes_add(changes,
                   (struct bp_change){
                       .kind = BP_CHANGE_TORCH,
                       .cost = target->there ? 4 : 1,
                       .says = kind ? bp_format("Install PyTorch built for %s%s.", kind, version)
                                    : bp_strdup("Install PyTorch."),
                       .command = command_for(advising, &advising->shell, build, target),
                   },
                   assume);
    free(assume);
}

/* Where there is no GPU any build does, and the one that is taken without being told to. */
static void add_default(const struct bp_advising *advising, struct bp_changes *changes) {
    char *command = bp_shell_pip(&advising->shell, "install torch");
    bp_changes_add(changes,
                   (struct bp_change){
                       .kind = BP_CHANGE_TORCH,
                       .cost = 1,
                       .says = bp_strdup("Install PyTorch for this interpreter."),
                       .command = command,
                   },
                   "torch=newest");
}

/* --- the same build again --- */

/*
 * Whether what torch lacks is of its own wheel or of those that it brings: the first word of the
 * loader's error. What lacks a symbol version of the system's libraries would lack it again; a
 * file that ends the process was cut short.
 */
static bool is_of_wheels(const char *error) {
    static const char *const stems[] = {"libtorch", "libc10", "libshm", "libcaffe2",
                                        "libcu",    "libnv",  "libnccl"};
    static const char *const folders[] = {"/torch/lib/", "/nvidia/", "/torch/_C."};
    const char *version = strstr(error, "version `");
    char *file = bp_strndup(error, strcspn(error, ": "));
    const char *name = bp_base_name(file);
    bool found = strcmp(error, BP_ENDS_PROCESS) == 0;
    for (size_t i = 0; i < sizeof stems / sizeof *stems; i++) {
        found = found || bp_starts_with(name, stems[i]);
    }
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        found = found || strstr(file, folders[i]);
    }
    found = found && !bp_starts_with(name, "libcuda.so"); /* the driver's */
    free(file);
    return version ? bp_starts_with(version + strlen("version `"), "lib") : found;
}

/* Where pip took the build from: its version names it unless that was the usual index. */
static char *words_for_again(const char *version) {
    const char *local = strchr(version, '+');
    return local ? bp_format("install --force-reinstall torch==%s --index-url " TORCH_WHEELS "%s",
                             version, local + 1)
                 : bp_format("install --force-reinstall torch==%s", version);
}

static void add_again(const struct bp_advising *advising, struct bp_changes *changes) {
    const cJSON *copy = bp_json_at(advising->interpreter, "/packages/torch/0");
    const char *version = bp_json_text(copy, "version");
    const char *error = bp_json_text(advising->loader, "torch_error");
    if (!version || !error || !is_of_wheels(error)) {
        return;
    }
    char *words = words_for_again(version);
    bool conda = bp_equal(bp_json_text(copy, "installer"), "conda");
    bp_changes_add(changes,
                   (struct bp_change){
                       .kind = BP_CHANGE_TORCH,
                       .cost = 3,
                       .says = bp_strdup("Install this PyTorch again, with the libraries that it "
                                         "brings."),
                       .command = conda ? NULL : bp_shell_pip(&advising->shell, words),
                   },
                   "torch=again");
    free(words);
}

void bp_changes_find_torch(const struct bp_advising *advising, struct bp_changes *changes) {
    struct target target = target_of(advising);
    if (target.there) {
        add_again(advising, changes);
    }
    if (!target.nvidia && !target.amd) {
        bool wheels = !bp_equal(bp_json_text_at(advising->snapshot, "/host/libc/name"), "musl");
        if (!target.there && wheels) {
            add_default(advising, changes);
        }
        return;
    }
    for (size_t i = 0; i < BUILD_COUNT; i++) {
        if (fits(i, advising, &target)) {
            add(advising, &target, i, changes);
        }
    }
}
