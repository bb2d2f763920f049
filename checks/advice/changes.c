/* Changes beside the release of bitsandbytes: variables, libraries, the driver, the system. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/version.h"
#include "checks/advice/parts.h"
#include "checks/advice/torch_builds.h"
#include "checks/assume/parts.h"
#include "checks/loader/machine.h"

void bp_changes_add(struct bp_changes *changes, struct bp_change change, const char *assume) {
    if (changes->count == changes->capacity) {
        changes->capacity = changes->capacity ? 2 * changes->capacity : 16;
        changes->items =
            bp_realloc_array(changes->items, changes->capacity, sizeof *changes->items);
    }
    bp_strs_split(&change.assume, assume, ' ', false);
    changes->items[changes->count++] = change;
}

void bp_change_free(struct bp_change *change) {
    free(change->says);
    free(change->command);
    bp_strs_free(&change->assume);
    *change = (struct bp_change){0};
}

void bp_changes_free(struct bp_changes *changes) {
    for (size_t i = 0; i < changes->count; i++) {
        bp_change_free(&changes->items[i]);
    }
    free(changes->items);
    *changes = (struct bp_changes){0};
}

static const char *variable(const struct bp_advising *advising, const char *name) {
    return bp_json_text(bp_json_get(advising->snapshot, "environment"), name);
}

/* --- variables --- */

/* Of which a value can keep bitsandbytes from a library that is there. */
static const struct {
    const char *name;
    const char *says;
    int cost;
} unsets[] = {
    {"BNB_CUDA_VERSION", "it overrides which library is taken", 1},
    {"BNB_ROCM_VERSION", "it overrides which library is taken", 1},
    {"CUDA_VERSION", "this release takes it for an override", 1},
    {"CUDA_VISIBLE_DEVICES", "it hides the GPUs", 1},
    {"HIP_VISIBLE_DEVICES", "it hides the GPUs", 1},
    {"ROCR_VISIBLE_DEVICES", "it hides the GPUs", 1},
    {"LD_LIBRARY_PATH", "it leads to other libraries than those of PyTorch", 2},
    {"LD_PRELOAD", "what it names is loaded before the libraries of PyTorch", 2},
};

static void find_unsets(const struct bp_advising *advising, struct bp_changes *changes) {
    struct bp_strs overrides = {0};
    char *both = NULL;
    for (size_t i = 0; i < sizeof unsets / sizeof *unsets; i++) {
        const char *value = variable(advising, unsets[i].name);
        if (!value) {
            continue;
        }
        char *assume = bp_format("env:%s=", unsets[i].name);
        char *command = bp_shell_unset(&advising->shell, unsets[i].name);
        if (unsets[i].cost == 1) {
            char *longer = bp_shell_join(&advising->shell, both, command);
            free(both);
            both = longer;
            bp_strs_add(&overrides, assume);
        }
        bp_changes_add(changes,
                       (struct bp_change){
                           .kind = BP_CHANGE_VARIABLE,
                           .cost = unsets[i].cost,
                           .says = bp_format("Remove the variable %s (now \"%s\"), also from where "
                                             "it is set: %s.",
                                             unsets[i].name, value, unsets[i].says),
                           .command = command,
                       },
                       assume);
        free(assume);
    }
    if (overrides.count > 1) {
        struct bp_change change = {
            .kind = BP_CHANGE_VARIABLE,
            .cost = 2,
            .says = bp_strdup("Remove the variables that override or hide something, also from "
                              "where they are set."),
            .command = both,
            .assume = overrides,
        };
        bp_changes_add(changes, change, "");
        return;
    }
    free(both);
    bp_strs_free(&overrides);
}

/* --- a missing library --- */

/* LD_LIBRARY_PATH with `folder` before what it holds now. */
static char *longer_path(const struct bp_advising *advising, const char *folder) {
    const char *now = variable(advising, "LD_LIBRARY_PATH");
    return now && *now ? bp_format("%s:%s", folder, now) : bp_strdup(folder);
}

static void add_wheel(const struct bp_advising *advising, const char *soname,
                      const struct bp_wheel *wheel, struct bp_changes *changes) {
    char *site = bp_wheel_site(advising->interpreter);
    char *words = bp_format("install %s", wheel->name);
    char *install = bp_shell_pip(&advising->shell, words);
    char *assume = bp_format("library=%s", soname);
    bp_changes_add(changes,
                   (struct bp_change){
                       .kind = BP_CHANGE_LIBRARY,
                       .cost = 3,
                       .says = bp_format("Install %s, which brings %s.", wheel->name, soname),
                       .command = bp_strdup(install),
                   },
                   assume);
    if (site) {
        /* A PyTorch with libraries of its own does not look into the wheel; the loader does so. */
        char *folder = bp_join(site, wheel->folder);
        char *path = longer_path(advising, folder);
        char *set = bp_shell_set(&advising->shell, "LD_LIBRARY_PATH", path);
        struct bp_change change = {
            .kind = BP_CHANGE_LIBRARY,
            .cost = 4,
            .says = bp_format("Install %s, which brings %s, and name its folder in "
                              "LD_LIBRARY_PATH before Python starts.",
                              wheel->name, soname),
            .command = bp_shell_join(&advising->shell, install, set),
        };
        bp_strs_add(&change.assume, assume);
        bp_strs_add_owned(&change.assume, bp_format("env:LD_LIBRARY_PATH=%s", path));
        bp_changes_add(changes, change, "");
        free(set);
        free(path);
        free(folder);
    }
    free(assume);
    free(install);
    free(words);
    free(site);
}

static void find_libraries(const struct bp_advising *advising, struct bp_changes *changes) {
    const cJSON *missing = bp_json_get(advising->loader, "missing");
    const char *soname = missing ? cJSON_GetStringValue(missing->child) : NULL;
    struct bp_wheel wheel;
    if (soname && cJSON_GetArraySize(missing) == 1 && bp_wheel_of_library(soname, &wheel)) {
        add_wheel(advising, soname, &wheel, changes);
        bp_wheel_free(&wheel);
    }
}

/* --- the driver --- */

static bool has_nvidia_card(const cJSON *snapshot) {
    const cJSON *card;
    cJSON_ArrayForEach(card, bp_json_at(snapshot, "/hardware/pci")) {
        const char *class = bp_json_text(card, "class");
        if (bp_equal(bp_json_text(card, "vendor"), "0x10de") &&
            (bp_starts_with(class, "0x03") || bp_starts_with(class, "0x12"))) {
            return true;
        }
    }
    return bp_json_number(bp_json_at(snapshot, "/cuda/driver"), "device_count", 0) > 0 ||
           cJSON_IsTrue(bp_json_at(snapshot, "/cuda/kernel_module/loaded"));
}

bool bp_machine_has_gpu(const cJSON *snapshot) {
    const cJSON *gpus = bp_json_at(snapshot, "/rocm/gpus");
    return has_nvidia_card(snapshot) || (cJSON_IsArray(gpus) && gpus->child);
}

static char *driver_words(const struct bp_advising *advising, const char *cuda) {
    const char *container = bp_json_text_at(advising->snapshot, "/host/container/kind");
    const char *status = bp_json_text_at(advising->snapshot, "/cuda/driver/library/status");
    const char *branch = bp_driver_for_cuda(cuda);
    if (container && strcmp(container, "none") != 0 && bp_equal(status, "not-found")) {
        return bp_format("Start this container with access to the GPUs (NVIDIA's container "
                         "toolkit, --gpus all), over a driver for CUDA %s.",
                         cuda);
    }
    return bp_format("%s the NVIDIA driver%s%s%s: PyTorch here is built for CUDA %s.",
                     bp_equal(status, "not-found") ? "Install" : "Upgrade",
                     branch ? " to version " : "", branch ? branch : "", branch ? " or newer" : "",
                     cuda);
}

static void find_driver(const struct bp_advising *advising, struct bp_changes *changes) {
    const char *torch = bp_json_text_at(advising->interpreter, "/torch/cuda");
    const char *version = bp_json_text_at(advising->snapshot, "/cuda/driver/version");
    const char *status = bp_json_text_at(advising->snapshot, "/cuda/driver/library/status");
    int order;
    bool old = torch && version && bp_version_compare(version, torch, &order) && order < 0;
    bool absent = bp_equal(status, "not-found") || bp_equal(status, "unloadable") ||
                  cJSON_IsTrue(bp_json_at(advising->snapshot, "/cuda/driver/library/stub"));
    if (!torch || !has_nvidia_card(advising->snapshot) || !(old || absent)) {
        return;
    }
    char *assume = bp_format("driver-cuda=%s", torch);
    bp_changes_add(changes,
                   (struct bp_change){
                       .kind = BP_CHANGE_DRIVER,
                       .cost = 6,
                       .says = driver_words(advising, torch),
                   },
                   assume);
    free(assume);
}

/* --- the system --- */

static void find_glibc(const struct bp_advising *advising, struct bp_changes *changes) {
    static const char *const versions[] = {"2.28", "2.31", "2.34", "2.35", "2.39"};
    const char *libc = bp_json_text_at(advising->snapshot, "/host/libc/name");
    const char *version = bp_json_text_at(advising->snapshot, "/host/libc/version");
    bool musl = bp_equal(libc, "musl");
    if (!bp_equal(advising->os, "linux") || !(musl || bp_equal(libc, "glibc"))) {
        return;
    }
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        int order = -1;
        if (!musl && (!version || !bp_version_compare(version, versions[i], &order))) {
            return;
        }
        if (order >= 0) {
            continue;
        }
        char *assume = bp_format("glibc=%s", versions[i]);
        bp_changes_add(changes,
                       (struct bp_change){
                           .kind = BP_CHANGE_SYSTEM,
                           .cost = 10 + (int)i,
                           .says = bp_format("Move to a system with glibc %s or newer, or run in a "
                                             "container with one.",
                                             versions[i]),
                       },
                       assume);
        free(assume);
    }
}

/* --- Python --- */

/* A change that is made in a new environment, after the environment itself. */
static struct bp_change in_new_environment(const struct bp_advising *advising,
                                           const struct bp_change *torch) {
    const char *version = bp_json_text(advising->interpreter, "version");
    const char *make = advising->shell.powershell ? "py -" BP_FRESH_PYTHON " -m venv bnb-env"
                                                  : "python" BP_FRESH_PYTHON " -m venv bnb-env";
    struct bp_change change = {
        .kind = BP_CHANGE_PYTHON,
        .cost = 7 + torch->cost,
        .says = bp_format("Make an environment with Python 3.10 or newer, for this is Python %s. "
                          "%s",
                          version, torch->says),
        .command = bp_shell_join(&advising->shell, make, torch->command),
        .new_environment = true,
    };
    for (size_t i = 0; i < torch->assume.count; i++) {
        bp_strs_add(&change.assume, torch->assume.items[i]);
    }
    return change;
}

struct bp_shell bp_shell_of_new_environment(const struct bp_shell *shell) {
    struct bp_shell fresh = {.powershell = shell->powershell};
    fresh.python = shell->powershell ? "bnb-env\\Scripts\\python" : "bnb-env/bin/python";
    return fresh;
}

static void find_python(const struct bp_advising *advising, struct bp_changes *changes) {
    const char *version = bp_json_text(advising->interpreter, "version");
    struct bp_advising fresh = *advising;
    struct bp_changes torches = {0};
    int order;
    if (!version || !bp_version_compare(version, "3.10", &order) || order >= 0) {
        return;
    }
    fresh.fresh = true;
    fresh.shell = bp_shell_of_new_environment(&advising->shell);
    bp_changes_find_torch(&fresh, &torches);
    for (size_t i = 0; i < torches.count; i++) {
        bp_changes_add(changes, in_new_environment(advising, &torches.items[i]),
                       "python=" BP_FRESH_PYTHON);
    }
    bp_changes_free(&torches);
}

void bp_changes_find(const struct bp_advising *advising, struct bp_changes *changes) {
    find_unsets(advising, changes);
    find_libraries(advising, changes);
    bp_changes_find_torch(advising, changes);
    find_driver(advising, changes);
    find_python(advising, changes);
    find_glibc(advising, changes);
}
