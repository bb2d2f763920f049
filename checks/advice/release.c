/* The change to a release of bitsandbytes, or to one that is built here. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/version.h"
#include "checks/advice/parts.h"

#define SOURCE "https://github.com/bitsandbytes-foundation/bitsandbytes"

/* The folder that hides the installed package from the program that is started here, or NULL. */
static const char *hiding_folder(const struct bp_advising *advising) {
    const cJSON *shadowing = bp_json_get(advising->interpreter, "shadowing");
    return bp_json_text(bp_json_find(shadowing, "package", "bitsandbytes"), "path");
}

static const char *installed_version(const struct bp_advising *advising) {
    return bp_json_text_at(advising->snapshot, "/bitsandbytes/version");
}

static bool is_installed(const struct bp_advising *advising) {
    return cJSON_IsTrue(bp_json_at(advising->snapshot, "/bitsandbytes/installed"));
}

/* What the change is, in a word, and what it asks for more than the plain upgrade. */
enum way { WAY_INSTALL, WAY_AGAIN, WAY_UP, WAY_DOWN };

static enum way way_to(const struct bp_advising *advising, const char *version) {
    const char *now = installed_version(advising);
    int order = 1;
    if (!is_installed(advising) || !now || !bp_version_compare(version, now, &order)) {
        return WAY_INSTALL;
    }
    return order == 0 ? WAY_AGAIN : order > 0 ? WAY_UP : WAY_DOWN;
}

static char *release_command(const struct bp_advising *advising, const struct bp_shell *shell,
                             const char *version, enum way way, bool new_environment) {
    bool several = cJSON_GetArraySize(bp_json_at(advising->snapshot, "/bitsandbytes/copies")) > 1;
    bool remove = !new_environment && (several || way == WAY_AGAIN);
    char *words = bp_format("install bitsandbytes==%s", version);
    char *install = bp_shell_pip(shell, words);
    char *uninstall = remove ? bp_shell_pip(shell, "uninstall -y bitsandbytes") : NULL;
    char *command = bp_shell_join(shell, uninstall, install);
    free(uninstall);
    free(install);
    free(words);
    return command;
}

struct bp_change bp_change_to_release(const struct bp_advising *advising, const char *version,
                                      bool new_environment) {
    static const int costs[] = {[WAY_INSTALL] = 1, [WAY_AGAIN] = 2, [WAY_UP] = 2, [WAY_DOWN] = 3};
    struct bp_shell fresh = bp_shell_of_new_environment(&advising->shell);
    const struct bp_shell *shell = new_environment ? &fresh : &advising->shell;
    enum way way = new_environment ? WAY_INSTALL : way_to(advising, version);
    const char *hiding = hiding_folder(advising);
    struct bp_str says = BP_STR_EMPTY;
    if (hiding) {
        bp_str_addf(&says,
                    "Rename the folder %s, which Python takes for the package, or start Python "
                    "elsewhere. ",
                    hiding);
    }
    switch (way) {
    case WAY_INSTALL:
        bp_str_addf(&says, "Install bitsandbytes %s.", version);
        break;
    case WAY_AGAIN:
        bp_str_addf(&says, "Install bitsandbytes %s again, once what is there of it is removed.",
                    version);
        break;
    case WAY_UP:
        bp_str_addf(&says, "Upgrade bitsandbytes to %s.", version);
        break;
    case WAY_DOWN:
        bp_str_addf(&says, "Go back to bitsandbytes %s.", version);
        break;
    }
    struct bp_change change = {
        .kind = BP_CHANGE_RELEASE,
        .cost = costs[way],
        .says = bp_str_detach(&says),
        .command = release_command(advising, shell, version, way, new_environment),
    };
    bp_strs_add_owned(&change.assume, bp_format("bitsandbytes=%s", version));
    return change;
}

/* The compute capabilities in digits, each once, with ";" between them; "" where none is known. */
static char *capabilities_of(const cJSON *devices) {
    struct bp_strs seen = {0};
    struct bp_str list = BP_STR_EMPTY;
    const cJSON *device;
    cJSON_ArrayForEach(device, devices) {
        const char *capability = bp_json_text(device, "compute_capability");
        const char *dot = capability ? strchr(capability, '.') : NULL;
        if (dot && bp_strs_add_once(&seen, capability)) {
            bp_str_addf(&list, "%s%.*s%s", list.length ? ";" : "", (int)(dot - capability),
                        capability, dot + 1);
        }
    }
    bp_strs_free(&seen);
    return bp_str_detach(&list);
}

static char *targets_of(const cJSON *gpus) {
    struct bp_strs seen = {0};
    struct bp_str list = BP_STR_EMPTY;
    const cJSON *gpu;
    cJSON_ArrayForEach(gpu, gpus) {
        const char *gfx = bp_json_text(gpu, "gfx");
        if (gfx && bp_strs_add_once(&seen, gfx)) {
            bp_str_addf(&list, "%s%s", list.length ? ";" : "", gfx);
        }
    }
    bp_strs_free(&seen);
    return bp_str_detach(&list);
}

struct bp_change bp_change_to_source(const struct bp_advising *advising) {
    bool rocm = bp_json_text_at(advising->interpreter, "/torch/hip") != NULL;
    char *targets = rocm ? targets_of(bp_json_at(advising->snapshot, "/rocm/gpus"))
                         : capabilities_of(bp_json_at(advising->snapshot, "/cuda/driver/devices"));
    char *install = bp_shell_pip(&advising->shell, "install .");
    struct bp_change change = {
        .kind = BP_CHANGE_RELEASE,
        .cost = 9,
        .says = bp_format("Build bitsandbytes here for this GPU, with %s of PyTorch's version.",
                          rocm ? "a ROCm installation" : "a CUDA toolkit"),
        .command = bp_format("git clone " SOURCE " && cd bitsandbytes && cmake "
                             "-DCOMPUTE_BACKEND=%s \"-D%s=%s\" -S . && make && %s",
                             rocm ? "hip" : "cuda", rocm ? "BNB_ROCM_ARCH" : "COMPUTE_CAPABILITY",
                             targets, install),
    };
    bp_strs_add(&change.assume, "bitsandbytes=source");
    free(install);
    free(targets);
    return change;
}
