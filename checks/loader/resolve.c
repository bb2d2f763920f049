#include "checks/loader/resolve.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"

/* A chain of needed libraries longer than this is not followed further. */
#define DEEPEST 6

/* One resolution. */
struct search {
    const struct bp_machine *machine;
    const struct bp_torch *torch;
    const cJSON *requester;
    const char *library;
    const cJSON *candidates;
    int depth;
    struct bp_strs skipped; /* clauses: what was passed over, and why */
};

void bp_need_free(struct bp_need *need) {
    free(need->library);
    free(need->path);
    free(need->rule);
    free(need->reason);
    free(need->lacks);
    *need = (struct bp_need){0};
}

const char *bp_need_word(enum bp_need_outcome outcome) {
    switch (outcome) {
    case BP_NEED_MAPPED:
        return "mapped-by-torch";
    case BP_NEED_FOUND:
        return "found";
    case BP_NEED_UNUSABLE:
        return "unusable";
    case BP_NEED_NOT_FOUND:
        return "not-found";
    case BP_NEED_UNKNOWN:
        break;
    }
    return "unknown";
}

static struct bp_need resolve_at(const struct bp_machine *machine, const struct bp_torch *torch,
                                 const cJSON *requester, const char *library, int depth);

static void set_reason(struct bp_need *need, char *reason) {
    free(need->reason);
    need->reason = reason;
}

/* --- where a candidate lies --- */

/* A folder as the loader sees it, $ORIGIN replaced by the folder of the requester. */
static char *expand(const cJSON *requester, const char *folder) {
    static const char *const names[] = {"$ORIGIN", "${ORIGIN}"};
    const char *path = bp_json_text(requester, "path");
    for (size_t i = 0; path && i < sizeof names / sizeof *names; i++) {
        if (bp_starts_with(folder, names[i])) {
            char *origin = bp_dir_name(path);
            char *whole = bp_format("%s%s", origin, folder + strlen(names[i]));
            free(origin);
            return whole;
        }
    }
    return bp_strdup(folder);
}

static bool lies_in(const cJSON *candidate, const char *folder) {
    const char *path = bp_json_text(candidate, "path");
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/') {
        length--;
    }
    return path && strncmp(path, folder, length) == 0 && path[length] == '/' &&
           !strchr(path + length + 1, '/');
}

static bool lies_in_any(const cJSON *requester, const cJSON *candidate, const cJSON *folders) {
    const cJSON *folder;
    bool lies = false;
    cJSON_ArrayForEach(folder, folders) {
        if (cJSON_IsString(folder) && !lies) {
            char *expanded = expand(requester, cJSON_GetStringValue(folder));
            lies = lies_in(candidate, expanded);
            free(expanded);
        }
    }
    return lies;
}

/* --- the rules of the search, in order --- */

enum rule { RULE_RPATH, RULE_LD_LIBRARY_PATH, RULE_RUNPATH, RULE_CACHE, RULE_DEFAULT, RULE_COUNT };

static const char *const rule_names[RULE_COUNT] = {
    "RPATH", "LD_LIBRARY_PATH", "RUNPATH", "loader cache", "default folders",
};

static bool reached_by(const struct search *search, const cJSON *candidate, enum rule rule) {
    const cJSON *requester = search->requester;
    const cJSON *runpath = bp_json_get(requester, "runpath");
    bool has_runpath = cJSON_IsArray(runpath) && cJSON_GetArraySize(runpath) > 0;
    const char *from = bp_json_text(candidate, "found_from");
    switch (rule) {
    case RULE_RPATH:
        /* DT_RPATH counts only where there is no DT_RUNPATH. */
        return !has_runpath && lies_in_any(requester, candidate, bp_json_get(requester, "rpath"));
    case RULE_LD_LIBRARY_PATH:
        return bp_equal(from, "ld_library_path") ||
               lies_in_any(requester, candidate,
                           bp_json_get(search->machine->search, "ld_library_path"));
    case RULE_RUNPATH:
        return lies_in_any(requester, candidate, runpath);
    case RULE_CACHE:
        return bp_equal(from, "loader_cache");
    case RULE_DEFAULT:
        return bp_equal(from, "default") ||
               lies_in_any(requester, candidate,
                           bp_json_get(search->machine->search, "default_folders"));
    case RULE_COUNT:
        break;
    }
    return false;
}

/* The loader passes over a file for another machine and searches on. */
static bool is_foreign(struct search *search, const cJSON *candidate) {
    const char *path = bp_json_text(candidate, "path");
    const char *machine = bp_machine_kind(bp_json_text(candidate, "machine"));
    const char *wanted = bp_machine_kind(bp_json_text(search->requester, "machine"));
    double bits = bp_json_number(candidate, "bits", 0);
    double wanted_bits = bp_json_number(search->requester, "bits", 0);
    if (machine && wanted && strcmp(machine, wanted) != 0) {
        bp_strs_add_owned(&search->skipped,
                          bp_format("%s is for %s and is passed over", path, machine));
        return true;
    }
    if (bits > 0 && wanted_bits > 0 && (int)bits != (int)wanted_bits) {
        bp_strs_add_owned(&search->skipped,
                          bp_format("%s has %d bits and is passed over", path, (int)bits));
        return true;
    }
    return false;
}

static const cJSON *first_reached(struct search *search, enum rule rule) {
    const cJSON *candidate;
    cJSON_ArrayForEach(candidate, search->candidates) {
        const char *path = bp_json_text(candidate, "path");
        /* Only a file of the needed name is found by searching; a soname alone is not enough. */
        if (path && strcmp(bp_base_name(path), search->library) == 0 &&
            reached_by(search, candidate, rule) && !is_foreign(search, candidate)) {
            return candidate;
        }
    }
    return NULL;
}

/* --- whether what is found can be used --- */

static void check_version(const struct search *search, const cJSON *provider,
                          struct bp_need *need) {
    char *lacking;
    switch (bp_lacks_version(search->requester, search->library, provider, &lacking)) {
    case BP_YES:
        need->outcome = BP_NEED_UNUSABLE;
        need->trouble = BP_TROUBLE_VERSION;
        need->lacks = lacking;
        set_reason(need, bp_format("it lacks the symbol version %s", lacking));
        break;
    case BP_UNKNOWN:
        need->outcome = BP_NEED_UNKNOWN;
        set_reason(need, bp_strdup("which symbol versions it defines is not known"));
        break;
    case BP_NO:
        break;
    }
}

/* What the found file needs in turn, as far as the snapshot says where that could be. */
static void check_further_needs(const struct search *search, const cJSON *candidate,
                                struct bp_need *need) {
    const cJSON *entry;
    cJSON_ArrayForEach(entry, bp_json_get(candidate, "needed")) {
        const char *library = cJSON_GetStringValue(entry);
        if (!library || bp_is_libc_part(library) || search->depth >= DEEPEST ||
            !bp_json_get(search->machine->candidates, library)) {
            continue;
        }
        struct bp_need further =
            resolve_at(search->machine, search->torch, candidate, library, search->depth + 1);
        if (further.outcome == BP_NEED_NOT_FOUND ||
            (further.outcome == BP_NEED_UNUSABLE && further.trouble == BP_TROUBLE_NEEDS)) {
            need->outcome = BP_NEED_UNUSABLE;
            need->trouble = BP_TROUBLE_NEEDS;
            need->lacks = bp_strdup(further.lacks ? further.lacks : library);
            set_reason(need, bp_format("it needs %s, which is not found", need->lacks));
            bp_need_free(&further);
            return;
        }
        bp_need_free(&further);
    }
}

static void check_found(const struct search *search, const cJSON *candidate, struct bp_need *need) {
    const char *format = bp_json_text(candidate, "format");
    const char *error = bp_json_text(candidate, "error");
    if (error || (format && strcmp(format, "elf") != 0)) {
        need->outcome = BP_NEED_UNUSABLE;
        need->trouble = BP_TROUBLE_FILE;
        set_reason(need, bp_format("it is no usable library: %s",
                                   error ? error : "not in the ELF format"));
        return;
    }
    check_further_needs(search, candidate, need);
    if (need->outcome == BP_NEED_FOUND) {
        check_version(search, candidate, need);
    }
}

/* --- the steps --- */

static bool try_mapped(struct search *search, struct bp_need *need, char **unsure) {
    const cJSON *candidate;
    cJSON_ArrayForEach(candidate, search->candidates) {
        char *reason;
        const char *path = bp_json_text(candidate, "path");
        enum bp_answer maps =
            bp_torch_maps(search->machine, search->torch, search->library, candidate, &reason);
        if (maps == BP_YES) {
            need->outcome = BP_NEED_MAPPED;
            need->path = bp_strdup(path);
            need->rule = bp_strdup("mapped before by torch");
            set_reason(need, reason);
            check_version(search, candidate, need);
            return true;
        }
        if (maps == BP_UNKNOWN && !*unsure) {
            *unsure = bp_format("%s: %s", path, reason);
        } else if (maps == BP_NO && reason) {
            bp_strs_add_owned(&search->skipped, bp_format("%s: %s", path, reason));
        }
        free(reason);
    }
    return false;
}

static bool try_search(struct search *search, struct bp_need *need) {
    for (enum rule rule = RULE_RPATH; rule < RULE_COUNT; rule++) {
        const cJSON *candidate = first_reached(search, rule);
        if (candidate) {
            need->outcome = BP_NEED_FOUND;
            need->path = bp_strdup(bp_json_text(candidate, "path"));
            need->rule = bp_strdup(rule_names[rule]);
            check_found(search, candidate, need);
            return true;
        }
    }
    return false;
}

static void add_folders(struct bp_str *text, const char *rule, const cJSON *folders) {
    const cJSON *folder;
    int count = 0;
    cJSON_ArrayForEach(folder, folders) {
        if (cJSON_IsString(folder)) {
            bp_str_addf(text, "%s%s", count++ ? ":" : rule, cJSON_GetStringValue(folder));
        }
    }
    if (count) {
        bp_str_add(text, "), ");
    }
}

static void say_not_found(struct search *search, struct bp_need *need) {
    struct bp_str text = BP_STR_EMPTY;
    bp_str_add(&text, "not mapped by torch; not in ");
    add_folders(&text, "LD_LIBRARY_PATH (",
                bp_json_get(search->machine->search, "ld_library_path"));
    add_folders(&text, "RUNPATH (", bp_json_get(search->requester, "runpath"));
    bp_str_add(&text, "the loader cache or the default folders");
    for (size_t i = 0; i < search->skipped.count; i++) {
        bp_str_addf(&text, "; %s", search->skipped.items[i]);
    }
    const cJSON *candidate;
    cJSON_ArrayForEach(candidate, search->candidates) {
        const char *path = bp_json_text(candidate, "path");
        if (path && !search->skipped.count) {
            bp_str_addf(&text, "; %s is there, but in no place that is searched", path);
        }
    }
    need->outcome = BP_NEED_NOT_FOUND;
    set_reason(need, bp_str_detach(&text));
}

/* The C library is in the process, whatever else is. */
static void resolve_libc(const struct search *search, struct bp_need *need) {
    const struct bp_machine *machine = search->machine;
    char *lacking;
    if (!machine->libc) {
        set_reason(need, bp_strdup("which C library this system has is not known"));
        return;
    }
    if (strcmp(machine->libc, "glibc") != 0) {
        need->outcome = BP_NEED_NOT_FOUND;
        set_reason(need, bp_format("it belongs to glibc, and this system's C library is %s",
                                   machine->libc));
        return;
    }
    need->outcome = BP_NEED_FOUND;
    need->path = bp_strdup(bp_json_text_at(machine->snapshot, "/host/libc/path"));
    need->rule = bp_strdup("part of the system's C library");
    switch (bp_libc_lacks_version(search->requester, search->library, machine->libc_version,
                                  &lacking)) {
    case BP_YES:
        need->outcome = BP_NEED_UNUSABLE;
        need->trouble = BP_TROUBLE_LIBC;
        need->lacks = lacking;
        set_reason(need,
                   bp_format("glibc here is %s and lacks %s", machine->libc_version, lacking));
        break;
    case BP_UNKNOWN:
        need->outcome = BP_NEED_UNKNOWN;
        set_reason(need, bp_strdup("the version of glibc is not known"));
        break;
    case BP_NO:
        break;
    }
}

static struct bp_need resolve_at(const struct bp_machine *machine, const struct bp_torch *torch,
                                 const cJSON *requester, const char *library, int depth) {
    struct bp_need need = {.library = bp_strdup(library), .outcome = BP_NEED_UNKNOWN};
    struct search search = {.machine = machine,
                            .torch = torch,
                            .requester = requester,
                            .library = library,
                            .depth = depth};
    char *unsure = NULL;
    search.candidates = bp_json_get(machine->candidates, library);
    if (bp_is_libc_part(library)) {
        resolve_libc(&search, &need);
    } else if (!cJSON_IsArray(search.candidates)) {
        set_reason(&need, bp_strdup("where it could be found was not looked for"));
    } else if (!try_mapped(&search, &need, &unsure) && !try_search(&search, &need)) {
        if (unsure) {
            set_reason(&need, bp_strdup(unsure));
        } else {
            say_not_found(&search, &need);
        }
    }
    free(unsure);
    bp_strs_free(&search.skipped);
    return need;
}

struct bp_need bp_resolve(const struct bp_machine *machine, const struct bp_torch *torch,
                          const cJSON *requester, const char *library) {
    return resolve_at(machine, torch, requester, library, 0);
}
