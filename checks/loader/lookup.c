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

static void refuse(struct searching *searching, const cJSON *candidate,
                   struct bp_fitness *fitness) {
    struct bp_lookup *result = searching->result;
    const char *path = bp_json_text(candidate, "path");
    result->end = BP_LOOKUP_REFUSED;
    result->candidate = candidate;
    result->reason = bp_format("it %s", fitness->says);
    result->error = fitness->error ? bp_format("%s: %s", path, fitness->error) : NULL;
}

/* Whether the search ends at this candidate. */
bool bp_lookup_ends_at(struct searching *searching, const cJSON *candidate, const char *rule) {
    struct bp_fitness fitness = bp_library_fitness(searching->process->machine, candidate);
    const char *path = bp_json_text(candidate, "path");
    /* musl opens the first file of the name and asks afterwards what it is. */
    bool ends = searching->process->musl || fitness.fit == BP_FIT_USABLE ||
                fitness.fit == BP_FIT_REFUSED || fitness.fit == BP_FIT_FATAL;
    if (!ends) {
        searching->other_class |= fitness.fit == BP_FIT_OTHER_CLASS;
        bp_strs_add_owned(&searching->passed, bp_format("%s %s", path, fitness.says));
    } else if (fitness.fit == BP_FIT_USABLE) {
        searching->result->end = BP_LOOKUP_FOUND;
        searching->result->candidate = candidate;
    } else {
        refuse(searching, candidate, &fitness);
    }
    if (ends) {
        searching->result->rule = bp_strdup(rule);
    }
    free(fitness.says);
    return ends;
}

/* --- one folder --- */

static bool lies_in(const struct searching *searching, const cJSON *candidate, const char *folder) {
    const char *path = bp_json_text(candidate, "path");
    if (!path || strcmp(bp_base_name(path), searching->library) != 0) {
        return false;
    }
    char *parent = bp_dir_name(path);
    char *plain = bp_search_path_folder(searching->process, parent);
    bool lies = strcmp(plain, folder) == 0;
    free(plain);
    free(parent);
    return lies;
}

static bool try_exact_folder(struct searching *searching, const char *folder, const char *rule) {
    const cJSON *candidate;
    cJSON_ArrayForEach(candidate, searching->candidates) {
        if (lies_in(searching, candidate, folder)) {
            return bp_lookup_ends_at(searching, candidate, rule);
        }
    }
    return false;
}

static bool try_level(struct searching *searching, const char *folder, const char *level,
                      const char *rule) {
    char *subfolder = bp_format("%s/glibc-hwcaps/%s", folder, level);
    char *plain = bp_search_path_folder(searching->process, subfolder);
    bool ends = try_exact_folder(searching, plain, rule);
    free(plain);
    free(subfolder);
    return ends;
}

/* Where it is not known which levels the processor has: the first listed counts. */
static bool try_any_level(struct searching *searching, const char *folder, const char *rule) {
    char *start = bp_format("%s/glibc-hwcaps/", folder);
    const cJSON *candidate;
    bool ends = false;
    cJSON_ArrayForEach(candidate, searching->candidates) {
        const char *path = bp_json_text(candidate, "path");
        if (!ends && path && bp_starts_with(path, start) &&
            strcmp(bp_base_name(path), searching->library) == 0) {
            ends = bp_lookup_ends_at(searching, candidate, rule);
        }
    }
    free(start);
    return ends;
}

/* In the subfolders for this processor, best first, then in the folder itself. */
static bool try_folder(struct searching *searching, const char *folder, const char *rule) {
    bool known;
    const cJSON *level;
    const cJSON *levels = bp_search_path_levels(searching->process, &known);
    if (!cJSON_GetArraySize(searching->candidates)) {
        return false;
    }
    if (!known && try_any_level(searching, folder, rule)) {
        return true;
    }
    cJSON_ArrayForEach(level, levels) {
        if (cJSON_IsString(level) && try_level(searching, folder, level->valuestring, rule)) {
            return true;
        }
    }
    return try_exact_folder(searching, folder, rule);
}

/* --- one list of folders --- */

static void note_looked(struct searching *searching, const char *rule,
                        const struct bp_strs *folders) {
    struct bp_str text = BP_STR_EMPTY;
    bp_str_addf(&text, "%s (", rule);
    for (size_t i = 0; i < folders->count; i++) {
        bp_str_addf(&text, "%s%s", i ? ":" : "", folders->items[i]);
    }
    bp_str_add(&text, ")");
    bp_strs_add_owned(&searching->looked, bp_str_detach(&text));
}

static bool try_folders(struct searching *searching, const struct bp_strs *folders,
                        const char *rule) {
    for (size_t i = 0; i < folders->count; i++) {
        if (try_folder(searching, folders->items[i], rule)) {
            return true;
        }
    }
    if (folders->count) {
        note_looked(searching, rule, folders);
    }
    return false;
}

/* The search path in the file at `index`; the rule names that file unless it is the asker. */
static bool try_own(struct searching *searching, int index, const char *rule) {
    const struct bp_mapped *mapped = &searching->process->mapped[index];
    const struct bp_strs *folders = bp_search_path_own(searching->process, index);
    char *named = index == searching->requester || !mapped->path
                      ? bp_strdup(rule)
                      : bp_format("%s of %s", rule, bp_base_name(mapped->path));
    bool ends = try_folders(searching, folders, named);
    free(named);
    return ends;
}

/*
 * DT_RPATH of the file that asks, of the file that needed that one, and so on, and of the
 * program at last. None counts for a file that has DT_RUNPATH.
 */
static bool try_rpaths(struct searching *searching) {
    const struct bp_process *process = searching->process;
    bool saw_program = false;
    if (process->mapped[searching->requester].has_runpath) {
        return false;
    }
    for (int i = searching->requester; i >= 0; i = process->mapped[i].needed_by) {
        saw_program |= i == process->program;
        if (!process->mapped[i].has_runpath && try_own(searching, i, "RPATH")) {
            return true;
        }
    }
    return process->program >= 0 && !saw_program &&
           !process->mapped[process->program].has_runpath &&
           try_own(searching, process->program, "RPATH");
}

/* --- in order --- */

static bool try_glibc(struct searching *searching) {
    struct bp_process *process = searching->process;
    const struct bp_mapped *mapped = &process->mapped[searching->requester];
    bool no_defaults = bp_json_is_true(mapped->facts, "no_default_folders");
    return try_rpaths(searching) || try_folders(searching, &process->variable, "LD_LIBRARY_PATH") ||
           (mapped->has_runpath && try_own(searching, searching->requester, "RUNPATH")) ||
           bp_lookup_cache(searching) ||
           (!no_defaults && try_folders(searching, &process->defaults, "default folders"));
}

/* musl takes RPATH and RUNPATH alike, inherits both, and asks the variable first. */
static bool try_musl(struct searching *searching) {
    struct bp_process *process = searching->process;
    bool saw_program = false;
    if (try_folders(searching, &process->variable, "LD_LIBRARY_PATH")) {
        return true;
    }
    for (int i = searching->requester; i >= 0; i = process->mapped[i].needed_by) {
        saw_program |= i == process->program;
        if (try_own(searching, i, process->mapped[i].has_runpath ? "RUNPATH" : "RPATH")) {
            return true;
        }
    }
    if (process->program >= 0 && !saw_program && try_own(searching, process->program, "RPATH")) {
        return true;
    }
    return try_folders(searching, &process->defaults, "default folders");
}

/* A name with a slash is opened as it stands. */
static bool try_path(struct searching *searching) {
    const cJSON *candidate;
    cJSON_ArrayForEach(candidate, searching->candidates) {
        if (bp_equal(bp_json_text(candidate, "path"), searching->library)) {
            return bp_lookup_ends_at(searching, candidate, "opened by its path");
        }
    }
    return false;
}

struct bp_lookup bp_lookup(struct bp_process *process, int requester, const char *library) {
    struct bp_lookup result = {.end = BP_LOOKUP_UNKNOWN};
    struct searching searching = {
        .process = process, .requester = requester, .library = library, .result = &result};
    searching.candidates = bp_json_get(process->machine->candidates, library);
    if (!cJSON_IsArray(searching.candidates)) {
        result.reason = bp_strdup("where it could be found was not looked for");
        return result;
    }
    bool found = strchr(library, '/') ? try_path(&searching)
                 : process->musl      ? try_musl(&searching)
                                      : try_glibc(&searching);
    if (!found) {
        bp_lookup_say_nothing_found(&searching);
    }
    bp_strs_free(&searching.looked);
    bp_strs_free(&searching.passed);
    return result;
}
