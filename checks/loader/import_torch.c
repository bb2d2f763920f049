#include "checks/loader/import_torch.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "checks/loader/library.h"
#include "checks/loader/open.h"
#include "checks/loader/lookup.h"

/* The opened file of that role, or NULL. */
static const cJSON *opened_as(const struct bp_process *process, const char *role) {
    return bp_json_find(bp_json_at(process->machine->snapshot, "/libraries/opened"), "role", role);
}

char *bp_import_open(struct bp_process *process, const cJSON *facts, enum bp_stage stage) {
    size_t before = process->count;
    const char *path = bp_json_text(facts, "path");
    struct bp_fitness fitness = bp_library_fitness(process->machine, facts);
    char *error = NULL;
    if (bp_process_find_file(process, facts) >= 0) {
        free(fitness.says);
        return NULL;
    }
    if (fitness.fit != BP_FIT_USABLE) {
        error = bp_format("%s: %s", path,
                          fitness.error ? fitness.error
                                        : "cannot open shared object file: No such file or "
                                          "directory");
    } else {
        struct bp_opening opening = bp_open(process, facts, stage);
        error = opening.error;
        opening.error = NULL;
        bp_opening_free(&opening);
    }
    free(fitness.says);
    if (error) {
        bp_process_forget(process, before);
    } else {
        bp_process_keep(process);
    }
    return error;
}

/* --- at the start of the process --- */

/* The interpreter; what is wrong with its own needs is not judged: it runs. */
static void start_program(struct bp_process *process) {
    const cJSON *program = opened_as(process, "program");
    if (program && bp_equal(bp_json_text(program, "format"), "elf")) {
        process->program = (int)process->count;
        struct bp_opening opening = bp_open(process, program, BP_STAGE_START);
        bp_opening_free(&opening);
        bp_process_keep(process);
    }
}

/* A preloaded library that is not found or not usable is left out with a warning. */
static void preload_name(struct bp_process *process, const char *name) {
    if (strchr(name, '/')) {
        const cJSON *facts = bp_process_facts(process, name);
        if (facts) {
            free(bp_import_open(process, facts, BP_STAGE_START));
        }
        return;
    }
    if (process->program < 0) {
        return;
    }
    struct bp_lookup search = bp_lookup(process, process->program, name);
    if (search.end == BP_LOOKUP_FOUND) {
        size_t before = process->count;
        free(bp_import_open(process, search.candidate, BP_STAGE_START));
        if (process->count > before) {
            bp_strs_add_once(&process->mapped[before].names, name);
        }
    }
    bp_lookup_free(&search);
}

static void preload_all(struct bp_process *process) {
    const cJSON *name;
    cJSON_ArrayForEach(name, bp_json_get(process->machine->search, "ld_preload")) {
        if (cJSON_IsString(name) && *name->valuestring) {
            preload_name(process, name->valuestring);
        }
    }
    cJSON_ArrayForEach(name, bp_json_get(process->machine->search, "preload_file")) {
        if (cJSON_IsString(name) && *name->valuestring) {
            preload_name(process, name->valuestring);
        }
    }
}

/* --- torch --- */

/* ROCm's own wheels, whose libraries a start-up module of torch's may open. */
static bool is_of_rocm_wheel(const cJSON *candidate) {
    const char *path = bp_json_text(candidate, "path");
    return path && strstr(path, "/_rocm_sdk_");
}

static void doubt_rocm_wheels(struct bp_process *process) {
    const cJSON *list;
    const cJSON *candidate;
    cJSON_ArrayForEach(list, process->machine->candidates) {
        cJSON_ArrayForEach(candidate, list) {
            if (is_of_rocm_wheel(candidate) &&
                bp_equal(bp_json_text(candidate, "soname"), list->string) &&
                bp_process_find(process, list->string) < 0) {
                bp_process_remark(process, list->string,
                                  bp_format("%s: whether this torch maps it from the wheel is "
                                            "not known",
                                            bp_json_text(candidate, "path")),
                                  true);
                break;
            }
        }
    }
}

static void import_files(struct bp_process *process, const cJSON *global, const cJSON *module) {
    char *error = NULL;
    if (global) {
        error = bp_import_open(process, global, BP_STAGE_TORCH);
        char *after = bp_import_preload(process, error);
        bool again = error && !after;
        free(error);
        error = again ? bp_import_open(process, global, BP_STAGE_TORCH) : after;
    }
    if (!error && module) {
        error = bp_import_open(process, module, BP_STAGE_TORCH);
    }
    process->torch_error = error;
    if (process->torch->hip) {
        doubt_rocm_wheels(process);
    }
}

/* One candidate for `library`, by rule; says whether it is taken for mapped. */
static bool map_by_rule(struct bp_process *process, const char *library, const cJSON *candidate) {
    char *reason;
    const char *path = bp_json_text(candidate, "path");
    enum bp_answer maps =
        bp_torch_maps(process->machine, process->torch, library, candidate, &reason);
    if (maps == BP_YES) {
        int index = bp_process_add(process, candidate, BP_STAGE_TORCH, -1);
        bp_strs_add(&process->mapped[index].names, library);
        process->mapped[index].why = reason;
        return true;
    }
    if (reason) {
        bp_process_remark(
            process, library,
            bp_format("%s: %s", path ? path : "a file whose path is not known", reason),
            maps == BP_UNKNOWN);
    }
    free(reason);
    return false;
}

/* Without facts about torch's own files: what a torch of that build maps as a rule. */
static void import_by_rule(struct bp_process *process) {
    const cJSON *list;
    cJSON_ArrayForEach(list, process->machine->candidates) {
        const cJSON *candidate = list->child;
        while (candidate && !map_by_rule(process, list->string, candidate)) {
            candidate = candidate->next;
        }
    }
}

/* A file of the torch that the facts speak of: one that is assumed has no files. */
static const cJSON *opened_of_torch(const struct bp_process *process, const char *role) {
    const cJSON *opened = opened_as(process, role);
    const char *path = bp_json_text(opened, "path");
    const char *version_file = bp_json_text_at(process->machine->interpreter, "/torch/path");
    char *package = version_file ? bp_dir_name(version_file) : NULL;
    bool belongs = path && package && bp_starts_with(path, package);
    free(package);
    return belongs ? opened : NULL;
}

void bp_import_torch(struct bp_process *process) {
    const cJSON *global = opened_of_torch(process, "torch-global-deps");
    const cJSON *module = opened_of_torch(process, "torch-module");
    start_program(process);
    preload_all(process);
    if (global || module) {
        import_files(process, global, module);
    } else {
        import_by_rule(process);
    }
}
