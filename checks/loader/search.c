#include "checks/loader/search.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"

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

/* In the folder itself, or in a subfolder of it for a level of the processor (glibc 2.33). */
static bool lies_in(const cJSON *candidate, const char *folder) {
    static const char levels[] = "/glibc-hwcaps/";
    const char *path = bp_json_text(candidate, "path");
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/') {
        length--;
    }
    if (!path || strncmp(path, folder, length) != 0 || path[length] != '/') {
        return false;
    }
    const char *rest = path + length;
    if (bp_starts_with(rest, levels)) {
        const char *level_end = strchr(rest + sizeof levels - 1, '/');
        rest = level_end ? level_end : rest;
    }
    return !strchr(rest + 1, '/');
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

const char *bp_rule_name(enum bp_rule rule) {
    static const char *const names[BP_RULE_COUNT] = {
        "RPATH", "LD_LIBRARY_PATH", "RUNPATH", "loader cache", "default folders",
    };
    return rule < BP_RULE_COUNT ? names[rule] : "";
}

static bool reached_by(const struct bp_search *search, const cJSON *candidate, enum bp_rule rule) {
    const cJSON *requester = search->requester;
    const cJSON *runpath = bp_json_get(requester, "runpath");
    bool has_runpath = cJSON_IsArray(runpath) && cJSON_GetArraySize(runpath) > 0;
    const char *from = bp_json_text(candidate, "found_from");
    switch (rule) {
    case BP_RULE_RPATH:
        /* DT_RPATH counts only where there is no DT_RUNPATH. */
        return !has_runpath && lies_in_any(requester, candidate, bp_json_get(requester, "rpath"));
    case BP_RULE_LD_LIBRARY_PATH:
        return bp_equal(from, "ld_library_path") ||
               lies_in_any(requester, candidate,
                           bp_json_get(search->machine->search, "ld_library_path"));
    case BP_RULE_RUNPATH:
        return lies_in_any(requester, candidate, runpath);
    case BP_RULE_CACHE:
        return bp_equal(from, "loader_cache");
    case BP_RULE_DEFAULT:
        return bp_equal(from, "default") ||
               lies_in_any(requester, candidate,
                           bp_json_get(search->machine->search, "default_folders"));
    case BP_RULE_COUNT:
        break;
    }
    return false;
}

/* The loader passes over a file for another machine and searches on. */
static bool is_foreign(struct bp_search *search, const cJSON *candidate) {
    const char *path = bp_json_text(candidate, "path");
    const char *machine = bp_machine_kind(bp_json_text(candidate, "machine"));
    const char *wanted = bp_machine_kind(bp_json_text(search->requester, "machine"));
    int bits = bp_small_number(candidate, "bits", 0);
    int wanted_bits = bp_small_number(search->requester, "bits", 0);
    if (machine && wanted && strcmp(machine, wanted) != 0) {
        bp_strs_add_owned(&search->skipped,
                          bp_format("%s is for %s and is passed over", path, machine));
        return true;
    }
    if (bits && wanted_bits && bits != wanted_bits) {
        bp_strs_add_owned(&search->skipped,
                          bp_format("%s has %d bits and is passed over", path, bits));
        return true;
    }
    return false;
}

static const cJSON *first_by(struct bp_search *search, enum bp_rule rule) {
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

const cJSON *bp_search_first(struct bp_search *search, enum bp_rule *rule) {
    for (*rule = BP_RULE_RPATH; *rule < BP_RULE_COUNT; ++*rule) {
        const cJSON *candidate = first_by(search, *rule);
        if (candidate) {
            return candidate;
        }
    }
    return NULL;
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

char *bp_search_places(const struct bp_search *search) {
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
    return bp_str_detach(&text);
}
