#include "checks/loader/windows_resolve.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/version.h"
#include "checks/loader/library.h"
#include "checks/loader/windows_names.h"
#include "checks/loader/windows_paths.h"
#include "checks/loader/windows_search.h"

/* DLLs looked at for one that is needed; a chain of this length is in no real installation. */
#define MET_LIMIT 256

/* One resolution, with all that it leads to. */
struct resolving {
    const struct bp_machine *machine;
    const struct bp_torch *torch;
    struct bp_dll_search search;
    struct bp_strs met; /* names looked at so far: DLLs may need each other in circles */
};

static void resolve(struct resolving *resolving, const char *library, struct bp_need *need);

static void decide(struct bp_need *need, enum bp_need_outcome outcome, const char *path,
                   const char *rule, char *reason) {
    need->outcome = outcome;
    free(need->path);
    need->path = bp_strdup(path);
    free(need->rule);
    need->rule = bp_strdup(rule);
    free(need->reason);
    need->reason = reason;
}

/* --- what the process has without a search --- */

/* The path of the copy that the search would come upon, where the snapshot has it. */
static const char *likely_path(const struct resolving *resolving, const char *library) {
    enum bp_dll_rule rule;
    const cJSON *candidate = bp_dll_search_first(
        &resolving->search, bp_dll_candidates(resolving->machine, library), &rule);
    return bp_json_text(candidate, "path");
}

static bool is_there_anyway(const struct resolving *resolving, const char *library,
                            struct bp_need *need) {
    if (bp_windows_is_api_set(library)) {
        decide(need, BP_NEED_FOUND, NULL, "an API set of Windows", NULL);
    } else if (bp_windows_is_part(library)) {
        decide(need, BP_NEED_FOUND, NULL, "part of Windows", NULL);
    } else if (bp_windows_is_python_runtime(library)) {
        decide(need, BP_NEED_FOUND, likely_path(resolving, library), "loaded with Python", NULL);
    } else {
        return false;
    }
    return true;
}

/* --- what torch has loaded --- */

/*
 * Windows on Arm emulates processes for x64, for which its own DLLs hold code as well (ARM64X),
 * although they say that they are for Arm.
 */
static bool is_emulated(const struct resolving *resolving) {
    const char *host =
        bp_machine_kind(bp_json_text_at(resolving->machine->snapshot, "/host/machine"));
    return bp_equal(host, "aarch64") &&
           bp_equal(bp_machine_kind(resolving->machine->machine), "x86_64");
}

static const struct bp_library_kind kind = {"pe", "PE", "DLL"};

/* ROCm builds of torch load the libraries of ROCm's own wheels when they are imported. */
static const cJSON *in_rocm_wheel(const struct resolving *resolving, const cJSON *candidates) {
    const cJSON *candidate;
    cJSON_ArrayForEach(candidate, candidates) {
        const char *path = bp_json_text(candidate, "path");
        if (resolving->torch->hip && path && strstr(path, "_rocm_sdk_")) {
            return candidate;
        }
    }
    return NULL;
}

static const cJSON *in_torch_lib(const struct resolving *resolving, const cJSON *candidates) {
    const cJSON *candidate;
    cJSON_ArrayForEach(candidate, candidates) {
        if (bp_windows_lies_in(bp_json_text(candidate, "path"), resolving->search.torch_lib)) {
            return candidate;
        }
    }
    return NULL;
}

static bool torch_has_it(const struct resolving *resolving, const char *library,
                         struct bp_need *need) {
    const struct bp_torch *torch = resolving->torch;
    if (torch->installed != BP_YES) {
        return false;
    }
    const cJSON *candidates = bp_dll_candidates(resolving->machine, library);
    const cJSON *candidate = in_torch_lib(resolving, candidates);
    const cJSON *of_rocm = candidate ? NULL : in_rocm_wheel(resolving, candidates);
    char *unfit = candidate ? bp_library_unfitness(resolving->machine, candidate, &kind) : NULL;
    bool has = true;
    if (candidate && !unfit) {
        decide(need, BP_NEED_MAPPED, bp_json_text(candidate, "path"), "loaded before by torch",
               bp_strdup("torch loads every DLL in its lib folder"));
    } else if (of_rocm) {
        decide(need, BP_NEED_MAPPED, bp_json_text(of_rocm, "path"), "loaded before by torch",
               bp_strdup("torch for ROCm loads the libraries of ROCm's wheels"));
    } else if (bp_windows_is_torch_runtime(library)) {
        decide(need, BP_NEED_MAPPED, likely_path(resolving, library), "loaded before by torch",
               bp_strdup("torch's own DLLs need it"));
    } else if (!candidates && bp_windows_torch_brings(library, torch->cuda)) {
        decide(need, BP_NEED_MAPPED, NULL, "loaded before by torch",
               bp_format("torch's wheels for CUDA %s bring it along", torch->cuda));
    } else {
        has = false;
    }
    free(unfit);
    return has;
}

/* --- the search --- */

/* Before Python 3.8, ctypes took the search of LoadLibrary, which goes through PATH. */
static bool is_old_python(const struct bp_machine *machine) {
    int order;
    const char *version = bp_json_text(machine->interpreter, "version");
    return version && bp_version_compare(version, "3.8", &order) && order < 0;
}

static bool was_met(const struct resolving *resolving, const char *library) {
    for (size_t i = 0; i < resolving->met.count; i++) {
        if (bp_windows_same(resolving->met.items[i], library)) {
            return true;
        }
    }
    return false;
}

/* What a DLL that was found needs in turn; one that torch has loaded has what it needs. */
static void check_further_needs(struct resolving *resolving, const cJSON *candidate,
                                struct bp_need *need) {
    const cJSON *entry;
    cJSON_ArrayForEach(entry, bp_json_get(candidate, "needed")) {
        const char *library = cJSON_GetStringValue(entry);
        if (!library || was_met(resolving, library)) {
            continue;
        }
        struct bp_need further = {0};
        resolve(resolving, library, &further);
        if (further.outcome == BP_NEED_NOT_FOUND || further.outcome == BP_NEED_UNUSABLE) {
            need->outcome = BP_NEED_UNUSABLE;
            need->trouble = BP_TROUBLE_NEEDS;
            need->lacks = bp_strdup(further.lacks ? further.lacks : library);
            free(need->reason);
            need->reason = bp_format("it needs %s, which is not found or not usable", need->lacks);
        } else if (further.outcome == BP_NEED_UNKNOWN && need->outcome == BP_NEED_FOUND) {
            need->outcome = BP_NEED_UNKNOWN;
            free(need->reason);
            need->reason =
                bp_format("it needs %s, and whether that is found is not known", library);
        }
        bp_need_free(&further);
        if (need->outcome == BP_NEED_UNUSABLE) {
            return;
        }
    }
}

/* What Windows itself brings has what it needs, which the facts do not follow. */
static bool is_of_windows(const cJSON *candidate, enum bp_dll_rule rule) {
    const char *product = bp_json_text(candidate, "product");
    return rule == BP_DLL_SYSTEM_FOLDER && product && strstr(product, "Windows") &&
           strstr(product, "Operating System");
}

static void search(struct resolving *resolving, const cJSON *candidates, struct bp_need *need) {
    enum bp_dll_rule rule;
    const cJSON *candidate = bp_dll_search_first(&resolving->search, candidates, &rule);
    if (!candidate) {
        decide(need, BP_NEED_NOT_FOUND, NULL, NULL,
               bp_dll_search_places(&resolving->search, candidates));
        return;
    }
    bool for_both = rule == BP_DLL_SYSTEM_FOLDER && is_emulated(resolving);
    char *unfit = for_both ? NULL : bp_library_unfitness(resolving->machine, candidate, &kind);
    decide(need, unfit ? BP_NEED_UNUSABLE : BP_NEED_FOUND, bp_json_text(candidate, "path"),
           bp_dll_rule_name(rule), unfit);
    if (unfit) {
        need->trouble = BP_TROUBLE_FILE;
    } else if (!is_of_windows(candidate, rule)) {
        check_further_needs(resolving, candidate, need);
    }
}

static void resolve(struct resolving *resolving, const char *library, struct bp_need *need) {
    bp_strs_add(&resolving->met, library);
    if (is_there_anyway(resolving, library, need) || torch_has_it(resolving, library, need)) {
        return;
    }
    const cJSON *candidates = bp_dll_candidates(resolving->machine, library);
    if (resolving->met.count > MET_LIMIT) {
        decide(need, BP_NEED_UNKNOWN, NULL, NULL,
               bp_format("more than %d DLLs need each other", MET_LIMIT));
    } else if (!candidates) {
        decide(need, BP_NEED_UNKNOWN, NULL, NULL,
               bp_strdup("where it could be found was not looked for"));
    } else if (is_old_python(resolving->machine)) {
        decide(
            need, BP_NEED_UNKNOWN, NULL, NULL,
            bp_strdup("before Python 3.8 the search goes through PATH, too, which is not known"));
    } else {
        search(resolving, candidates, need);
    }
}

struct bp_need bp_windows_resolve(const struct bp_machine *machine, const struct bp_torch *torch,
                                  const cJSON *opened, const char *library) {
    struct resolving resolving = {.machine = machine, .torch = torch};
    struct bp_need need = {.library = bp_strdup(library), .outcome = BP_NEED_UNKNOWN};
    bp_dll_search_start(&resolving.search, machine, opened);
    resolve(&resolving, library, &need);
    bp_dll_search_end(&resolving.search);
    bp_strs_free(&resolving.met);
    return need;
}

char *bp_windows_error(const char *path, const struct bp_need *need) {
    if (need->trouble == BP_TROUBLE_FILE) {
        return bp_strdup("[WinError 193] %1 is not a valid Win32 application");
    }
    return bp_windows_missing_error(path);
}

char *bp_windows_missing_error(const char *path) {
    return bp_format("Could not find module '%s' (or one of its dependencies). Try using the full "
                     "path with constructor syntax.",
                     path);
}
