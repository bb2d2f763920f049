#include "checks/loader/choose.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/loader/windows_resolve.h"

void bp_choice_free(struct bp_choice *choice) {
    free(choice->asks_for);
    free(choice->chosen);
    free(choice->error);
    bp_strs_free(&choice->because);
    *choice = (struct bp_choice){0};
}

void bp_choice_refuse(struct bp_choice *choice, char *error, char *because) {
    choice->state = BP_CHOICE_REFUSED;
    choice->error = error;
    bp_strs_add_owned(&choice->because, because);
}

/* The full path of a file of the package, for the messages that show it. */
static char *path_of(const struct bp_machine *machine, const char *name) {
    const char *folder = bp_json_text(machine->package, "path");
    if (folder && strchr(folder, '\\')) { /* as pathlib writes it on Windows */
        return bp_format("%s\\%s", folder, name);
    }
    return folder ? bp_join(folder, name) : bp_strdup(name);
}

static char *dlopen_says_missing(const struct bp_machine *machine, const char *name) {
    char *path = path_of(machine, name);
    char *error =
        bp_equal(machine->os, "windows")
            ? bp_windows_missing_error(path)
            : bp_format("%s: cannot open shared object file: No such file or directory", path);
    free(path);
    return error;
}

char *bp_choice_missing_error(const struct bp_asking *asking, const char *backend,
                              const char *name) {
    const struct bp_era *era = asking->found->era;
    bool for_gpu = strstr(name, "_cuda") || strstr(name, "_rocm");
    if (era->failure != BP_FAILURE_MOCK) {
        return bp_strdup("CUDA SETUP: Setup Failed!");
    }
    if (!for_gpu) {
        return dlopen_says_missing(asking->machine, name);
    }
    char *path = path_of(asking->machine, name);
    char *error = era->selection == BP_SELECT_BEST_MATCH
                      ? bp_format("No compatible %s binary found at %s", backend, path)
                      : bp_format("Configured %s binary not found at %s", backend, path);
    free(path);
    return error;
}

/* Whether this release opens the CPU library where the file it asked for is missing. */
static enum bp_answer falls_back_to_cpu(const struct bp_asking *asking) {
    const struct bp_era *era = asking->found->era;
    if (era->failure == BP_FAILURE_NONE_LIB) {
        return BP_YES;
    }
    if (era->failure != BP_FAILURE_IMPORT_GPU) {
        return BP_NO;
    }
    if (asking->torch->sees_gpu != BP_YES) {
        return asking->torch->sees_gpu == BP_NO ? BP_YES : BP_UNKNOWN;
    }
    switch (bp_era_at_least(asking->found, "0.37.0")) {
    case BP_YES:
        return BP_NO;
    case BP_NO:
        return BP_YES;
    case BP_UNKNOWN:
        break;
    }
    /* Only 0.36 differs within these eras. */
    return era->selection == BP_SELECT_CUDART ? BP_UNKNOWN : BP_NO;
}

static void take_cpu_instead(const struct bp_asking *asking, struct bp_choice *choice) {
    char *cpu = bp_format("libbitsandbytes_cpu%s", asking->suffix);
    if (strcmp(cpu, choice->asks_for) != 0 &&
        bp_machine_has_library(asking->machine, cpu) == BP_YES) {
        bp_strs_add_owned(&choice->because, bp_format("This release then takes %s.", cpu));
        choice->state = BP_CHOICE_FILE;
        choice->chosen = cpu;
        return;
    }
    if (strcmp(cpu, choice->asks_for) != 0) {
        bp_strs_add_owned(&choice->because,
                          bp_format("This release then tries %s, which is not there either; its "
                                    "message names only that file.",
                                    cpu));
    }
    choice->state = BP_CHOICE_MISSING;
    choice->error = dlopen_says_missing(asking->machine, cpu);
    free(cpu);
}

void bp_choice_ask(const struct bp_asking *asking, char *name, struct bp_choice *choice) {
    choice->asks_for = name;
    bp_strs_add_owned(&choice->because, bp_format("It asks for %s.", name));
    enum bp_answer there = bp_machine_has_library(asking->machine, name);
    if (there == BP_UNKNOWN) {
        choice->state = BP_CHOICE_UNKNOWN;
        bp_strs_add(&choice->because, "It is not known which native libraries the package holds.");
        return;
    }
    if (there == BP_YES) {
        choice->state = BP_CHOICE_FILE;
        choice->chosen = bp_strdup(name);
        return;
    }
    bp_strs_add_owned(&choice->because, bp_format("The package holds no %s.", name));
    switch (falls_back_to_cpu(asking)) {
    case BP_YES:
        take_cpu_instead(asking, choice);
        break;
    case BP_NO:
        choice->state = BP_CHOICE_MISSING;
        choice->error = bp_choice_missing_error(asking, choice->backend, name);
        break;
    case BP_UNKNOWN:
        choice->state = BP_CHOICE_UNKNOWN;
        bp_strs_add(&choice->because, "What this release does then depends on its exact version "
                                      "and on whether torch sees a GPU, which is not known.");
        break;
    }
}

void bp_choice_ask_cpu(const struct bp_asking *asking, struct bp_choice *choice) {
    choice->backend = "CPU";
    bp_choice_ask(asking, bp_format("libbitsandbytes_cpu%s", asking->suffix), choice);
}

static const char *suffix_on(const struct bp_machine *machine, const struct bp_era *era) {
    if (!era->own_suffix || bp_equal(machine->os, "linux")) {
        return ".so";
    }
    if (bp_equal(machine->os, "windows")) {
        return ".dll";
    }
    return bp_equal(machine->os, "macos") ? ".dylib" : NULL;
}

struct bp_choice bp_choose(const struct bp_machine *machine, const struct bp_torch *torch,
                           const struct bp_era_found *found) {
    struct bp_choice choice = {.state = BP_CHOICE_UNKNOWN, .backend = "CPU"};
    struct bp_asking asking = {.machine = machine, .torch = torch, .found = found};
    asking.suffix = suffix_on(machine, found->era);
    if (!asking.suffix) {
        bp_strs_add(&choice.because,
                    "The operating system is not known, and with it the names of the files.");
        return choice;
    }
    bp_strs_add(&choice.because, torch->because);
    switch (found->era->selection) {
    case BP_SELECT_CUDART:
        bp_choose_by_cudart(&asking, &choice);
        break;
    case BP_SELECT_TORCH:
    case BP_SELECT_FORK:
        bp_choose_by_torch(&asking, &choice);
        break;
    case BP_SELECT_NATIVE:
    case BP_SELECT_BEST_MATCH:
        bp_choose_native(&asking, &choice);
        break;
    }
    return choice;
}
