/* The loader's cache, and the words for a search that ends nowhere. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/loader/search_path.h"
#include "checks/loader/looking.h"

/* The level whose glibc-hwcaps subfolder a path is in, or NULL. The caller frees it. */
static char *level_of(const char *path) {
    static const char folder[] = "/glibc-hwcaps/";
    const char *at = strstr(path, folder);
    const char *level = at ? at + sizeof folder - 1 : NULL;
    return level ? bp_strndup(level, strcspn(level, "/")) : NULL;
}

/* How good a cache entry is: 1 for the best level, 1000 for none, 0 for one not to be used. */
static int rank_of(const struct looking *looking, const char *path) {
    enum { PLAIN = 1000 };
    bool known;
    const cJSON *levels = bp_search_path_levels(looking->process, &known);
    char *level = level_of(path);
    int rank = level ? (known ? 0 : 1) : PLAIN;
    const cJSON *usable;
    int place = 1;
    cJSON_ArrayForEach(usable, levels) {
        if (level && bp_equal(cJSON_GetStringValue(usable), level)) {
            rank = place;
        }
        place++;
    }
    free(level);
    return rank;
}

static bool is_stale(const struct looking *looking) {
    const cJSON *stale;
    cJSON_ArrayForEach(stale, bp_json_at(looking->process->machine->search, "/cache/stale")) {
        if (bp_equal(cJSON_GetStringValue(stale), looking->library)) {
            return true;
        }
    }
    return false;
}

/* What must not search the default folders must not be led there by the cache either. */
static bool is_barred(const struct looking *looking, const char *path) {
    const struct bp_process *process = looking->process;
    const cJSON *facts = process->mapped[looking->requester].facts;
    const cJSON *folder;
    if (!bp_json_is_true(facts, "no_default_folders")) {
        return false;
    }
    cJSON_ArrayForEach(folder, bp_json_get(process->machine->search, "default_folders")) {
        const char *start = cJSON_GetStringValue(folder);
        if (start && bp_starts_with(path, start) && path[strlen(start)] == '/') {
            return true;
        }
    }
    return false;
}

/* One entry is taken, the best; what is wrong with its file makes no second one count. */
bool bp_lookup_cache(struct looking *looking) {
    const cJSON *candidate;
    const cJSON *best = NULL;
    int best_rank = 0;
    cJSON_ArrayForEach(candidate, looking->candidates) {
        const char *path = bp_json_text(candidate, "path");
        bool cached = bp_equal(bp_json_text(candidate, "found_from"), "loader_cache");
        int rank = path && cached ? rank_of(looking, path) : 0;
        if (rank && (!best || rank < best_rank)) {
            best = candidate;
            best_rank = rank;
        }
    }
    if (best && !is_barred(looking, bp_json_text(best, "path")) &&
        !(best_rank == 1000 && is_stale(looking)) &&
        bp_lookup_ends_at(looking, best, "loader cache")) {
        return true;
    }
    bp_strs_add(&looking->looked, "the loader cache");
    return false;
}

void bp_lookup_say_nothing_found(struct looking *looking) {
    struct bp_lookup *result = looking->result;
    struct bp_str text = BP_STR_EMPTY;
    const cJSON *candidate;
    bp_str_add(&text, "not mapped before; not in ");
    for (size_t i = 0; i < looking->looked.count; i++) {
        bp_str_addf(&text, "%s%s", i ? ", " : "", looking->looked.items[i]);
    }
    for (size_t i = 0; i < looking->passed.count; i++) {
        bp_str_addf(&text, "; %s", looking->passed.items[i]);
    }
    for (size_t i = 0; i < looking->process->remark_count; i++) {
        const struct bp_remark *remark = &looking->process->remarks[i];
        if (bp_equal(remark->library, looking->library)) {
            bp_str_addf(&text, "; %s", remark->says);
        }
    }
    cJSON_ArrayForEach(candidate, looking->candidates) {
        const char *path = bp_json_text(candidate, "path");
        if (path && !looking->passed.count) {
            bp_str_addf(&text, "; %s is there, but in no place that is searched", path);
        }
    }
    result->end = BP_LOOKUP_NOTHING;
    result->reason = bp_str_detach(&text);
    if (looking->process->musl) {
        result->error =
            bp_format("Error loading shared library %s: No such file or directory "
                      "(needed by %s)",
                      looking->library, looking->process->mapped[looking->requester].path);
    } else if (looking->other_class) {
        int bits = bp_machine_bits(looking->process->machine);
        result->error = bp_format("%s: wrong ELF class: ELFCLASS%s", looking->library,
                                  bits == 32 ? "64" : "32");
    } else {
        result->error = bp_format("%s: cannot open shared object file: No such file or directory",
                                  looking->library);
    }
}
