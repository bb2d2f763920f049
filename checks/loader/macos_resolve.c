#include "checks/loader/macos_resolve.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/dyld_paths.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "base/version.h"
#include "checks/loader/library.h"

/* Libraries looked at for one that is needed; a chain of this length is in no real installation. */
#define MET_LIMIT 256

struct resolving {
    const struct bp_machine *machine;
    const cJSON *program; /* header facts of the interpreter, or NULL */
    struct bp_strs met;   /* names looked at so far: libraries may need each other in circles */
};

static void decide(struct bp_need *need, enum bp_need_outcome outcome, const char *path,
                   const char *rule, char *reason) {
    need->outcome = outcome;
    bp_need_set(&need->path, bp_strdup(path));
    bp_need_set(&need->rule, bp_strdup(rule));
    bp_need_set(&need->reason, reason);
}

static const cJSON *program_of(const struct bp_machine *machine) {
    return bp_json_find(bp_json_at(machine->snapshot, "/libraries/opened"), "role", "program");
}

static struct bp_dyld_search search_for(const struct resolving *resolving, const cJSON *opened) {
    const struct bp_machine *machine = resolving->machine;
    const char *program = bp_json_text(resolving->program, "real_path");
    return (struct bp_dyld_search){
        .images = {opened, resolving->program},
        .program = program ? program : bp_json_text(machine->interpreter, "real_executable"),
        .library_path = bp_json_get(machine->search, "dyld_library_path"),
        .fallback_path = bp_json_get(machine->search, "dyld_fallback_library_path"),
    };
}

static bool may_be_missing(const cJSON *opened, const char *library) {
    const cJSON *entry;
    cJSON_ArrayForEach(entry, bp_json_get(opened, "weak_needed")) {
        if (bp_equal(cJSON_GetStringValue(entry), library)) {
            return true;
        }
    }
    return false;
}

/* --- candidates --- */

static const struct bp_library_kind kind = {"mach-o", "Mach-O", "library"};

/* Whether the file lies in torch/lib, all of which that is needed torch has loaded by then. */
static bool is_torchs(const struct resolving *resolving, const cJSON *candidate) {
    const char *version_file = bp_json_text_at(resolving->machine->interpreter, "/torch/path");
    const char *real = bp_json_text(candidate, "real_path");
    const char *path = real ? real : bp_json_text(candidate, "path");
    if (!version_file || !path) {
        return false;
    }
    char *package = bp_dir_name(version_file);
    char *inside = bp_format("%s/lib/", package);
    bool torchs = bp_starts_with(path, inside);
    free(inside);
    free(package);
    return torchs;
}

/* --- the search --- */

static void resolve(struct resolving *resolving, const cJSON *opened, const char *library,
                    struct bp_need *need);

/* What a library that was found needs in turn. */
static void check_further_needs(struct resolving *resolving, const cJSON *candidate,
                                struct bp_need *need) {
    const cJSON *entry;
    cJSON_ArrayForEach(entry, bp_json_get(candidate, "needed")) {
        const char *library = cJSON_GetStringValue(entry);
        if (!library || bp_strs_has(&resolving->met, library)) {
            continue;
        }
        struct bp_need further = {0};
        resolve(resolving, candidate, library, &further);
        if (bp_need_is_trouble(&further)) {
            need->outcome = BP_NEED_UNUSABLE;
            need->trouble = BP_TROUBLE_NEEDS;
            bp_need_set(&need->lacks, bp_strdup(further.lacks ? further.lacks : library));
            bp_need_set(&need->reason,
                        bp_format("it needs %s, which is not found or not usable", need->lacks));
        } else if (further.outcome == BP_NEED_UNKNOWN && need->outcome == BP_NEED_FOUND) {
            need->outcome = BP_NEED_UNKNOWN;
            bp_need_set(&need->reason,
                        bp_format("it needs %s, and whether that is found is not known", library));
        }
        bp_need_free(&further);
        if (need->outcome == BP_NEED_UNUSABLE) {
            return;
        }
    }
}

static void take(struct resolving *resolving, const cJSON *candidate,
                 const struct bp_dyld_place *place, struct bp_need *need) {
    if (is_torchs(resolving, candidate)) {
        decide(need, BP_NEED_MAPPED, place->path, "loaded before by torch",
               bp_strdup("the file is one of torch's own"));
    } else {
        decide(need, BP_NEED_FOUND, place->path, place->rule, NULL);
        check_further_needs(resolving, candidate, need);
    }
}

/* Adds "PATH (why not)", as dyld lists what it has tried. */
static void note_tried(struct bp_str *tried, const char *path, const char *why) {
    bp_str_addf(tried, "%s%s%s%s%s", tried->length ? ", " : "", path, why ? " (" : "",
                why ? why : "", why ? ")" : "");
}

static void search(struct resolving *resolving, const cJSON *opened, const cJSON *candidates,
                   struct bp_need *need) {
    struct bp_dyld_search where = search_for(resolving, opened);
    struct bp_dyld_places places = bp_dyld_places_of(&where, need->library);
    struct bp_str tried = BP_STR_EMPTY;
    bool taken = false;
    bool unfit_seen = false;
    for (size_t i = 0; i < places.count && !taken; i++) {
        const cJSON *candidate = bp_json_find(candidates, "path", places.items[i].path);
        char *unfit = candidate ? bp_library_unfitness(resolving->machine, candidate, &kind) : NULL;
        taken = candidate && !unfit;
        unfit_seen |= unfit != NULL;
        if (taken) {
            take(resolving, candidate, &places.items[i], need);
        } else {
            note_tried(&tried, places.items[i].path, unfit);
        }
        free(unfit);
    }
    if (!taken) {
        decide(need, BP_NEED_NOT_FOUND, NULL, NULL,
               bp_format("%s %s", unfit_seen ? "of no use or not there:" : "not there:",
                         tried.length ? tried.data : "no folder is named in which it could be"));
    }
    bp_str_free(&tried);
    bp_dyld_places_free(&places);
}

static void resolve(struct resolving *resolving, const cJSON *opened, const char *library,
                    struct bp_need *need) {
    bp_strs_add(&resolving->met, library);
    need->library = bp_strdup(library);
    const cJSON *candidates = bp_json_get(resolving->machine->candidates, library);
    if (bp_dyld_is_system(library)) {
        decide(need, BP_NEED_FOUND, library, "part of macOS", NULL);
    } else if (resolving->met.count > MET_LIMIT) {
        decide(need, BP_NEED_UNKNOWN, NULL, NULL,
               bp_format("more than %d libraries need each other", MET_LIMIT));
    } else if (!cJSON_IsArray(candidates)) {
        decide(need, BP_NEED_UNKNOWN, NULL, NULL,
               bp_strdup("where it could be found was not looked for"));
    } else {
        search(resolving, opened, candidates, need);
    }
    if (bp_need_is_trouble(need) && may_be_missing(opened, library)) {
        char *reason = bp_format("it may be missing, and is: %s", need->reason);
        decide(need, BP_NEED_FOUND, NULL, "linked as one that may be missing", reason);
        need->trouble = BP_TROUBLE_NONE;
    }
}

struct bp_need bp_macos_resolve(const struct bp_machine *machine, const cJSON *opened,
                                const char *library) {
    struct resolving resolving = {.machine = machine, .program = program_of(machine)};
    struct bp_need need = {.outcome = BP_NEED_UNKNOWN};
    resolve(&resolving, opened, library, &need);
    bp_strs_free(&resolving.met);
    return need;
}

char *bp_macos_error(const char *path, const struct bp_need *need) {
    return bp_format("dlopen(%s, 0x0006): Library not loaded: %s", path,
                     need->lacks ? need->lacks : need->library);
}

/* --- the file itself --- */

char *bp_macos_doubt(const struct bp_machine *machine, const cJSON *library) {
    const char *name = bp_json_text(library, "name");
    const char *oldest = bp_json_text_at(library, "/requires/macOS");
    const char *here = bp_json_text_at(machine->snapshot, "/host/distribution/version");
    const cJSON *is_signed = bp_json_get(library, "signed");
    int order;
    if (cJSON_IsFalse(is_signed) && bp_equal(bp_machine_kind(machine->machine), "aarch64")) {
        return bp_format("%s carries no code signature, and macOS on Apple silicon maps no code "
                         "without one.",
                         name);
    }
    /* dyld goes on with such a file, and fails where it uses something that came later. */
    if (oldest && here && bp_version_compare(here, oldest, &order) && order < 0) {
        return bp_format("%s is built for macOS %s and newer, and this is %s: it loads only where "
                         "it uses nothing that came later.",
                         name, oldest, here);
    }
    return NULL;
}
