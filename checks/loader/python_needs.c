#include "checks/loader/python_needs.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/version.h"

/* The releases from `from` on, before `until`; without an upper end where that is NULL. */
static bool is_between(const struct bp_era_found *found, const char *from, const char *until) {
    return bp_era_at_least(found, from) == BP_YES &&
           (!until || bp_era_at_least(found, until) == BP_NO);
}

static bool is_older(const char *version, const char *than) {
    int order;
    return version && bp_version_compare(version, than, &order) && order < 0;
}

/* Annotations such as tuple[int, int] are evaluated at import, which 3.8 cannot. */
static bool needs_newer_python(const struct bp_machine *machine, const struct bp_era_found *found,
                               struct bp_python_trouble *trouble) {
    const char *version = bp_json_text(machine->interpreter, "version");
    if (!is_between(found, "0.46.0", NULL) || !is_older(version, "3.9")) {
        return false;
    }
    trouble->says = bp_format("bitsandbytes %s cannot be imported by Python %s: it needs 3.9 or "
                              "newer.",
                              found->version, version);
    trouble->error = bp_strdup("TypeError: 'type' object is not subscriptable");
    return true;
}

/*
 * The loader asks torch._C._has_xpu, which torch has since 2.3. With a GPU it does so where it
 * handles errors (choose_native.c).
 */
static bool asks_torch_for_xpu(const struct bp_torch *torch, const struct bp_era_found *found,
                               struct bp_python_trouble *trouble) {
    if (torch->sees_gpu != BP_NO || torch->hip || !is_between(found, "0.48.0", NULL) ||
        !is_older(torch->version, "2.3.dev0")) {
        return false;
    }
    trouble->says = bp_format("torch %s is too old for bitsandbytes %s, which asks it for XPU as "
                              "torch can be asked since 2.3.",
                              torch->version, found->version);
    trouble->error = bp_strdup("AttributeError: module 'torch._C' has no attribute '_has_xpu'");
    return true;
}

/* Modules and functions of torch that a release uses at import and older ones do not have. */
static bool needs_newer_torch(const struct bp_torch *torch, const struct bp_era_found *found,
                              struct bp_python_trouble *trouble) {
    static const struct {
        const char *from;
        const char *until;
        const char *torch;
        const char *error;
    } uses[] = {
        {"0.45.2", "0.46.0", "2.0", "ModuleNotFoundError: No module named 'torch._inductor'"},
        {"0.46.0", "0.50.0", "2.1",
         "AttributeError: module 'torch.library' has no attribute 'impl_abstract'"},
        {"0.50.0", NULL, "2.4",
         "AttributeError: module 'torch.library' has no attribute 'register_fake'"},
    };
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
        char *first = bp_format("%s.dev0", uses[i].torch);
        bool older = is_older(torch->version, first);
        free(first);
        if (older && is_between(found, uses[i].from, uses[i].until)) {
            trouble->says = bp_format("torch %s is too old for bitsandbytes %s, which uses what "
                                      "torch has since %s.",
                                      torch->version, found->version, uses[i].torch);
            trouble->error = bp_strdup(uses[i].error);
            /* Operators are registered first of all; torch's compiler is asked for last. */
            trouble->after_library = i == 0;
            return true;
        }
    }
    return false;
}

/* 0.39.0 to 0.41.3 import it and do not declare it; since 0.42.0 it is imported where used. */
static bool needs_scipy(const struct bp_machine *machine, const struct bp_era_found *found,
                        struct bp_python_trouble *trouble) {
    if (!is_between(found, "0.39.0", "0.42.0") ||
        bp_machine_has_package(machine, "scipy") != BP_NO) {
        return false;
    }
    trouble->says = bp_format("scipy is not installed, and bitsandbytes %s imports it without "
                              "declaring that it needs it.",
                              found->version);
    trouble->error = bp_strdup("ModuleNotFoundError: No module named 'scipy'");
    trouble->after_library = true;
    return true;
}

/*
 * These releases import triton.ops wherever triton is there, which triton 3.2 dropped, and with
 * which triton 2 imports setuptools.
 */
static bool needs_older_triton(const struct bp_machine *machine, const struct bp_era_found *found,
                               struct bp_python_trouble *trouble) {
    static const char *const names[] = {"triton", "triton-windows", "pytorch-triton",
                                        "pytorch-triton-rocm"};
    const char *version = NULL;
    size_t i = 0;
    int order;
    for (; i < sizeof names / sizeof *names && !version; i++) {
        version = bp_json_text(bp_machine_package(machine, names[i]), "version");
    }
    if (!is_between(found, "0.38.1", "0.45.1") || !version) {
        return false;
    }
    if (bp_version_compare(version, "3.2", &order) && order >= 0) {
        trouble->says = bp_format("bitsandbytes %s imports triton.ops, which %s %s does not have "
                                  "any more; 0.45.1 does without.",
                                  found->version, names[i - 1], version);
        trouble->error = bp_strdup("ModuleNotFoundError: No module named 'triton.ops'");
    } else if (is_older(version, "3.0.dev0") &&
               bp_machine_has_package(machine, "setuptools") == BP_NO) {
        trouble->says = bp_format("bitsandbytes %s imports triton.ops, for which %s %s needs "
                                  "setuptools, and that is not installed.",
                                  found->version, names[i - 1], version);
        trouble->error = bp_strdup("ModuleNotFoundError: No module named 'setuptools'");
    }
    trouble->after_library = true;
    return trouble->says != NULL;
}

struct bp_python_trouble bp_python_trouble_of(const struct bp_machine *machine,
                                              const struct bp_torch *torch,
                                              const struct bp_era_found *found) {
    struct bp_python_trouble trouble = {0};
    /* In the order in which the import meets them. */
    if (needs_newer_torch(torch, found, &trouble) || asks_torch_for_xpu(torch, found, &trouble) ||
        needs_newer_python(machine, found, &trouble) || needs_scipy(machine, found, &trouble)) {
        return trouble;
    }
    needs_older_triton(machine, found, &trouble);
    return trouble;
}

/* "torch<3,>=2.3" or "torch (>=2.0)" gives the specifier; NULL: another package or none. */
static char *torch_specifier(const char *requirement) {
    if (!bp_starts_with(requirement, "torch") ||
        (requirement[5] && !strchr("<>=!~ (;", requirement[5]))) {
        return NULL;
    }
    struct bp_str specifier = BP_STR_EMPTY;
    for (const char *at = requirement + 5; *at && *at != ';'; at++) {
        if (!strchr("() ", *at)) {
            bp_str_add_char(&specifier, *at);
        }
    }
    return bp_str_detach(&specifier);
}

/* What a release imports and declares, so that only an install without dependencies lacks it. */
static void note_modules(const struct bp_machine *machine, const struct bp_era_found *found,
                         struct bp_strs *because) {
    static const struct {
        const char *package;
        const char *from;
    } modules[] = {{"numpy", "0.35.0"}, {"packaging", "0.47.0"}};
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++) {
        if (bp_machine_has_package(machine, modules[i].package) == BP_NO &&
            is_between(found, modules[i].from, NULL)) {
            bp_strs_add_owned(because, bp_format("It imports %s, too, which is not installed.",
                                                 modules[i].package));
        }
    }
}

static void note_torch(const struct bp_machine *machine, const struct bp_torch *torch,
                       struct bp_strs *because) {
    const cJSON *copy = bp_machine_package(machine, "bitsandbytes");
    const cJSON *line;
    cJSON_ArrayForEach(line, bp_json_get(copy, "requires")) {
        const char *requirement = cJSON_GetStringValue(line);
        char *specifier = requirement ? torch_specifier(requirement) : NULL;
        bool met;
        if (specifier && torch->version && bp_version_meets(torch->version, specifier, &met) &&
            !met) {
            bp_strs_add_owned(because, bp_format("It asks for torch%s, and this is torch %s.",
                                                 specifier, torch->version));
        }
        free(specifier);
    }
}

void bp_python_note_requirements(const struct bp_machine *machine, const struct bp_torch *torch,
                                 const struct bp_era_found *found, struct bp_strs *because) {
    static const struct {
        const char *from;
        const char *python;
    } pythons[] = {{"0.49.0", "3.10"}, {"0.46.0", "3.9"}, {"0.45.1", "3.8"}};
    const char *version = bp_json_text(machine->interpreter, "version");
    note_torch(machine, torch, because);
    note_modules(machine, found, because);
    for (size_t i = 0; i < sizeof pythons / sizeof *pythons; i++) {
        if (is_between(found, pythons[i].from, NULL)) {
            if (is_older(version, pythons[i].python)) {
                bp_strs_add_owned(because,
                                  bp_format("It asks for Python %s or newer, and this is %s.",
                                            pythons[i].python, version));
            }
            return;
        }
    }
}
