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
static int rank_of(const struct searching *searching, const char *path) {
    enum { PLAIN = 1000 };
    bool known;
    const cJSON *levels = bp_search_path_levels(searching->process, &known);
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

static bool is_stale(const struct searching *searching) {
    const cJSON *stale;
    cJSON_ArrayForEach(stale, bp_json_at(searching->process->machine->search, "/cache/stale")) {
        if (bp_equal(cJSON_GetStringValue(stale), searching->library)) {
            return true;
        }
    }
    return false;
}

/* One entry is taken, the best; what is wrong with its file makes no second one count. */
bool bp_lookup_cache(struct searching *searching) {
    const cJSON *candidate;
    const cJSON *best = NULL;
    int best_rank = 0;
    cJSON_ArrayForEach(candidate, searching->candidates) {
        const char *path = bp_json_text(candidate, "path");
        bool cached = bp_equal(bp_json_text(candidate, "found_from"), "loader_cache");
        int rank = path && cached ? rank_of(searching, path) : 0;
        if (rank && (!best || rank < best_rank)) {
            best = candidate;
            best_rank = rank;
        }
    }
    if (best && !(best_rank == 1000 && is_stale(searching)) &&
        bp_lookup_ends_at(searching, best, "loader cache")) {
        return true;
    }
    bp_strs_add(&searching->looked, "the loader cache");
    return false;
}

void bp_lookup_say_nothing_found(struct searching *searching) {
    struct bp_lookup *result = searching->result;
    struct bp_str text = BP_STR_EMPTY;
    const cJSON *candidate;
    bp_str_add(&text, "not mapped before; not in ");
    for (size_t i = 0; i < searching->looked.count; i++) {
        bp_str_addf(&text, "%s%s", i ? ", " : "", searching->looked.items[i]);
    }
    for (size_t i = 0; i < searching->passed.count; i++) {
        bp_str_addf(&text, "; %s", searching->passed.items[i]);
    }
    for (size_t i = 0; i < searching->process->remark_count; i++) {
        const struct bp_remark *remark = &searching->process->remarks[i];
        if (bp_equal(remark->library, searching->library)) {
            bp_str_addf(&text, "; %s", remark->says);
        }
    }
    cJSON_ArrayForEach(candidate, searching->candidates) {
        const char *path = bp_json_text(candidate, "path");
        if (path && !searching->passed.count) {
            bp_str_addf(&text, "; %s is there, but in no place that is searched", path);
        }
    }
    result->end = BP_LOOKUP_NOTHING;
    result->reason = bp_str_detach(&text);
    if (searching->process->musl) {
        result->error =
            bp_format("Error loading shared library %s: No such file or directory "
                      "(needed by %s)",
                      searching->library, searching->process->mapped[searching->requester].path);
    } else if (searching->other_class) {
        int bits = bp_machine_bits(searching->process->machine);
        result->error = bp_format("%s: wrong ELF class: ELFCLASS%s", searching->library,
                                  bits == 32 ? "64" : "32");
    } else {
        result->error = bp_format("%s: cannot open shared object file: No such file or directory",
                                  searching->library);
    }
}
