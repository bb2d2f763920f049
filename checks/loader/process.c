#include "checks/loader/process.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/loader/import_torch.h"
#include "checks/loader/search_path.h"
#include "checks/loader/windows_torch.h"

static void mapped_free(struct bp_mapped *mapped) {
    bp_strs_free(&mapped->names);
    bp_strs_free(&mapped->own);
    free(mapped->rule);
    free(mapped->why);
}

void bp_process_start(struct bp_process *process, const struct bp_machine *machine,
                      const struct bp_torch *torch) {
    *process = (struct bp_process){.machine = machine, .torch = torch, .program = -1};
    process->musl = bp_equal(machine->libc, "musl");
    process->made = cJSON_CreateArray();
    bp_search_path_start(process);
    if (bp_equal(machine->os, "linux")) {
        bp_import_torch(process);
    } else if (bp_equal(machine->os, "windows")) {
        process->torch_error = bp_windows_torch_error(machine, torch, &process->torch_lacks);
    }
    bp_process_keep(process);
}

void bp_process_end(struct bp_process *process) {
    bp_process_forget(process, 0);
    for (size_t i = 0; i < process->remark_count; i++) {
        free(process->remarks[i].says);
    }
    free(process->remarks);
    free(process->mapped);
    free(process->torch_error);
    free(process->torch_lacks);
    bp_strs_free(&process->variable);
    bp_strs_free(&process->defaults);
    cJSON_Delete(process->made);
    *process = (struct bp_process){0};
}

int bp_process_add(struct bp_process *process, const cJSON *facts, enum bp_stage stage,
                   int needed_by) {
    if (process->count == process->capacity) {
        process->capacity = process->capacity ? 2 * process->capacity : 64;
        process->mapped =
            bp_realloc_array(process->mapped, process->capacity, sizeof *process->mapped);
    }
    const char *path = bp_json_text(facts, "path");
    const char *file = bp_json_text(facts, "real_path");
    const cJSON *runpath = bp_json_get(facts, "runpath");
    process->mapped[process->count] = (struct bp_mapped){
        .facts = facts,
        .path = path,
        .file = file ? file : path,
        .stage = stage,
        .needed_by = needed_by,
        .has_runpath = cJSON_GetArraySize(runpath) > 0 || bp_json_is_true(facts, "empty_runpath"),
    };
    return (int)process->count++;
}

/* musl goes by the name that a file was searched by, and never by its SONAME. */
static bool answers_to(const struct bp_process *process, const struct bp_mapped *mapped,
                       const char *name) {
    if (bp_strs_has(&mapped->names, name) || bp_equal(mapped->path, name)) {
        return true;
    }
    return !process->musl && bp_equal(bp_json_text(mapped->facts, "soname"), name);
}

int bp_process_find(const struct bp_process *process, const char *name) {
    for (size_t i = 0; i < process->count; i++) {
        /* The interpreter itself stands for nothing that is needed. */
        if ((int)i != process->program && answers_to(process, &process->mapped[i], name)) {
            return (int)i;
        }
    }
    return -1;
}

int bp_process_find_file(const struct bp_process *process, const cJSON *candidate) {
    const char *path = bp_json_text(candidate, "path");
    const char *file = bp_json_text(candidate, "real_path");
    const char *twin = bp_json_text(candidate, "same_file_as");
    for (size_t i = 0; i < process->count; i++) {
        const struct bp_mapped *mapped = &process->mapped[i];
        if (bp_equal(mapped->file, file ? file : path) || bp_equal(mapped->path, path) ||
            (twin && (bp_equal(mapped->path, twin) ||
                      bp_equal(bp_json_text(mapped->facts, "same_file_as"), twin)))) {
            return (int)i;
        }
        if (path && bp_equal(bp_json_text(mapped->facts, "same_file_as"), path)) {
            return (int)i;
        }
    }
    return -1;
}

void bp_process_keep(struct bp_process *process) {
    for (size_t i = 0; i < process->count; i++) {
        process->mapped[i].kept_names = process->mapped[i].names.count;
    }
}

void bp_process_forget(struct bp_process *process, size_t count) {
    while (process->count > count) {
        mapped_free(&process->mapped[--process->count]);
    }
    for (size_t i = 0; i < process->count; i++) {
        struct bp_strs *names = &process->mapped[i].names;
        while (names->count > process->mapped[i].kept_names) {
            free(names->items[--names->count]);
        }
    }
}

void bp_process_remark(struct bp_process *process, const char *library, char *says, bool doubt) {
    process->remarks =
        bp_realloc_array(process->remarks, process->remark_count + 1, sizeof *process->remarks);
    process->remarks[process->remark_count++] = (struct bp_remark){library, says, doubt};
}

const char *bp_process_doubt(const struct bp_process *process, const char *library) {
    for (size_t i = 0; i < process->remark_count; i++) {
        if (process->remarks[i].doubt && bp_equal(process->remarks[i].library, library)) {
            return process->remarks[i].says;
        }
    }
    return NULL;
}

const cJSON *bp_process_facts(const struct bp_process *process, const char *path) {
    const cJSON *opened;
    const cJSON *list;
    const cJSON *candidate;
    cJSON_ArrayForEach(opened, bp_json_at(process->machine->snapshot, "/libraries/opened")) {
        if (bp_equal(bp_json_text(opened, "path"), path) &&
            (bp_json_get(opened, "format") || bp_json_get(opened, "error"))) {
            return opened;
        }
    }
    cJSON_ArrayForEach(list, process->machine->candidates) {
        candidate = bp_json_find(list, "path", path);
        if (candidate) {
            return candidate;
        }
    }
    return NULL;
}
