#include "checks/loader/looking.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/loader/library.h"
#include "checks/loader/search_path.h"

void bp_lookup_free(struct bp_lookup *search) {
    free(search->rule);
    free(search->reason);
    free(search->error);
    *search = (struct bp_lookup){0};
}

/* --- one candidate --- */

static void refuse(struct looking *looking, const cJSON *candidate, struct bp_fitness *fitness) {
    struct bp_lookup *result = looking->result;
    const char *path = bp_json_text(candidate, "path");
    result->end = BP_LOOKUP_REFUSED;
    result->candidate = candidate;
    result->reason = bp_format("it %s", fitness->says);
    result->error = fitness->error ? bp_format("%s: %s", path, fitness->error) : NULL;
}

/* Whether the search ends at this candidate. */
bool bp_lookup_ends_at(struct looking *looking, const cJSON *candidate, const char *rule) {
    struct bp_fitness fitness = bp_library_fitness(looking->process->machine, candidate);
    const char *path = bp_json_text(candidate, "path");
    /* musl opens the first file of the name and asks afterwards what it is. */
    bool ends = looking->process->musl || fitness.fit == BP_FIT_USABLE ||
                fitness.fit == BP_FIT_REFUSED || fitness.fit == BP_FIT_FATAL;
    if (!ends) {
        looking->other_class |= fitness.fit == BP_FIT_OTHER_CLASS;
        bp_strs_add_owned(&looking->passed, bp_format("%s %s", path, fitness.says));
    } else if (fitness.fit == BP_FIT_USABLE) {
        looking->result->end = BP_LOOKUP_FOUND;
        looking->result->candidate = candidate;
    } else {
        refuse(looking, candidate, &fitness);
    }
    if (ends) {
        looking->result->rule = bp_strdup(rule);
    }
    free(fitness.says);
    return ends;
}

/* --- one folder --- */

static bool lies_in(const struct looking *looking, const cJSON *candidate, const char *folder) {
    const char *path = bp_json_text(candidate, "path");
    if (!path || strcmp(bp_base_name(path), looking->library) != 0) {
        return false;
    }
    char *parent = bp_dir_name(path);
    char *plain = bp_search_path_folder(looking->process, parent);
    bool lies = strcmp(plain, folder) == 0;
    free(plain);
    free(parent);
    return lies;
}

static bool try_exact_folder(struct looking *looking, const char *folder, const char *rule) {
    const cJSON *candidate;
    cJSON_ArrayForEach(candidate, looking->candidates) {
        if (lies_in(looking, candidate, folder)) {
            return bp_lookup_ends_at(looking, candidate, rule);
        }
    }
    return false;
}

static bool try_level(struct looking *looking, const char *folder, const char *level,
                      const char *rule) {
    char *subfolder = bp_format("%s/glibc-hwcaps/%s", folder, level);
    char *plain = bp_search_path_folder(looking->process, subfolder);
    bool ends = try_exact_folder(looking, plain, rule);
    free(plain);
    free(subfolder);
    return ends;
}

/* Where it is not known which levels the processor has: the first listed counts. */
static bool try_any_level(struct looking *looking, const char *folder, const char *rule) {
    char *start = bp_format("%s/glibc-hwcaps/", folder);
    const cJSON *candidate;
    bool ends = false;
    cJSON_ArrayForEach(candidate, looking->candidates) {
        const char *path = bp_json_text(candidate, "path");
        if (!ends && path && bp_starts_with(path, start) &&
            strcmp(bp_base_name(path), looking->library) == 0) {
            ends = bp_lookup_ends_at(looking, candidate, rule);
        }
    }
    free(start);
    return ends;
}

/* In the subfolders for this processor, best first, then in the folder itself. */
static bool try_folder(struct looking *looking, const char *folder, const char *rule) {
    bool known;
    const cJSON *level;
    const cJSON *levels = bp_search_path_levels(looking->process, &known);
    if (!cJSON_GetArraySize(looking->candidates)) {
        return false;
    }
    if (!known && try_any_level(looking, folder, rule)) {
        return true;
    }
    cJSON_ArrayForEach(level, levels) {
        if (cJSON_IsString(level) && try_level(looking, folder, level->valuestring, rule)) {
            return true;
        }
    }
    return try_exact_folder(looking, folder, rule);
}

/* --- one list of folders --- */

static void note_looked(struct looking *looking, const char *rule, const struct bp_strs *folders) {
    struct bp_str text = BP_STR_EMPTY;
    bp_str_addf(&text, "%s (", rule);
    for (size_t i = 0; i < folders->count; i++) {
        bp_str_addf(&text, "%s%s", i ? ":" : "", folders->items[i]);
    }
    bp_str_add(&text, ")");
    bp_strs_add_owned(&looking->looked, bp_str_detach(&text));
}

static bool try_folders(struct looking *looking, const struct bp_strs *folders, const char *rule) {
    for (size_t i = 0; i < folders->count; i++) {
        if (try_folder(looking, folders->items[i], rule)) {
            return true;
        }
    }
    if (folders->count) {
        note_looked(looking, rule, folders);
    }
    return false;
}

/* The search path in the file at `index`; the rule names that file unless it is the asker. */
static bool try_own(struct looking *looking, int index, const char *rule) {
    const struct bp_mapped *mapped = &looking->process->mapped[index];
    const struct bp_strs *folders = bp_search_path_own(looking->process, index);
    char *named = index == looking->requester || !mapped->path
                      ? bp_strdup(rule)
                      : bp_format("%s of %s", rule, bp_base_name(mapped->path));
    bool ends = try_folders(looking, folders, named);
    free(named);
    return ends;
}

/*
 * DT_RPATH of the file that asks, of the file that needed that one, and so on, and of the
 * program at last. None counts for a file that has DT_RUNPATH.
 */
static bool try_rpaths(struct looking *looking) {
    const struct bp_process *process = looking->process;
    bool saw_program = false;
    if (process->mapped[looking->requester].has_runpath) {
        return false;
    }
    for (int i = looking->requester; i >= 0; i = process->mapped[i].needed_by) {
        saw_program |= i == process->program;
        if (!process->mapped[i].has_runpath && try_own(looking, i, "RPATH")) {
            return true;
        }
    }
    return process->program >= 0 && !saw_program &&
           !process->mapped[process->program].has_runpath &&
           try_own(looking, process->program, "RPATH");
}

/* --- in order --- */

static bool try_glibc(struct looking *looking) {
    struct bp_process *process = looking->process;
    const struct bp_mapped *mapped = &process->mapped[looking->requester];
    bool no_defaults = bp_json_is_true(mapped->facts, "no_default_folders");
    return try_rpaths(looking) || try_folders(looking, &process->variable, "LD_LIBRARY_PATH") ||
           (mapped->has_runpath && try_own(looking, looking->requester, "RUNPATH")) ||
           bp_lookup_cache(looking) ||
           (!no_defaults && try_folders(looking, &process->defaults, "default folders"));
}

/* musl takes RPATH and RUNPATH alike, inherits both, and asks the variable first. */
static bool try_musl(struct looking *looking) {
    struct bp_process *process = looking->process;
    bool saw_program = false;
    if (try_folders(looking, &process->variable, "LD_LIBRARY_PATH")) {
        return true;
    }
    for (int i = looking->requester; i >= 0; i = process->mapped[i].needed_by) {
        saw_program |= i == process->program;
        if (try_own(looking, i, process->mapped[i].has_runpath ? "RUNPATH" : "RPATH")) {
            return true;
        }
    }
    if (process->program >= 0 && !saw_program && try_own(looking, process->program, "RPATH")) {
        return true;
    }
    return try_folders(looking, &process->defaults, "default folders");
}

/* A name with a slash is opened as it stands. */
static bool try_path(struct looking *looking) {
    const cJSON *candidate = bp_json_find(looking->candidates, "path", looking->library);
    return candidate && bp_lookup_ends_at(looking, candidate, "opened by its path");
}

struct bp_lookup bp_lookup(struct bp_process *process, int requester, const char *library) {
    struct bp_lookup result = {.end = BP_LOOKUP_UNKNOWN};
    struct looking looking = {
        .process = process, .requester = requester, .library = library, .result = &result};
    looking.candidates = bp_json_get(process->machine->candidates, library);
    if (!cJSON_IsArray(looking.candidates)) {
        result.reason = bp_strdup("where it could be found was not looked for");
        return result;
    }
    bool found = strchr(library, '/') ? try_path(&looking)
                 : process->musl      ? try_musl(&looking)
                                      : try_glibc(&looking);
    if (!found) {
        bp_lookup_say_nothing_found(&looking);
    }
    bp_strs_free(&looking.looked);
    bp_strs_free(&looking.passed);
    return result;
}
