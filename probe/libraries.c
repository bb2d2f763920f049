/*
 * What a dynamic loader would see: where it searches, and for every library that
 * bitsandbytes' native files need, directly or through others, each file that could be it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/binary/ld_cache.h"
#include "probe/binary/ld_conf.h"
#include "probe/collector.h"
#include "probe/cuda_libraries.h"
#include "probe/library_folders.h"
#include "probe/library_search.h"
#include "probe/system_loader.h"

/*
 * Needs are followed from the native files through what could satisfy them, this many steps
 * and up to so many sonames and files: enough for the deepest CUDA and ROCm libraries known.
 */
enum { DEPTH_LIMIT = 4, SONAME_LIMIT = 256, REQUESTER_LIMIT = 2048 };

/*
 * Looked for whether a file here needs them or not: what the files of other releases need
 * everywhere, and the driver, which is opened by name.
 */
static const char *const always_searched[] = {
    "libc.so.6",    "libm.so.6",    "libstdc++.so.6", "libgcc_s.so.1",
    "libgomp.so.1", "libcuda.so.1", "libcuda.so",
};

/* The interpreter that bitsandbytes was looked for with: its object, or NULL. */
static const cJSON *interpreter_in(const cJSON *snapshot) {
    const cJSON *index = bp_json_at(snapshot, "/bitsandbytes/interpreter");
    const cJSON *all = bp_json_at(snapshot, "/python/interpreters");
    return cJSON_GetArrayItem(all, cJSON_IsNumber(index) ? index->valueint : 0);
}

static const char *executable_of(const cJSON *interpreter) {
    const char *real = bp_json_text(interpreter, "real_executable");
    return real ? real : bp_json_text(interpreter, "executable");
}

/* --- where the loader searches --- */

/* The parts of a variable between separators; NULL where the environment is not known. */
static cJSON *parts_of_variable(const struct bp_probe *probe, const char *name,
                                const char *separators) {
    if (!probe->root->live) {
        return cJSON_CreateNull();
    }
    const char *value = bp_probe_env(probe, name);
    struct bp_strs parts = {0};
    if (value && *value) {
        char *text = bp_strdup(value);
        for (char *at = text; *at; at++) {
            *at = strchr(separators, *at) ? ':' : *at;
        }
        bp_strs_split(&parts, text, ':', true);
        free(text);
    }
    cJSON *array = bp_json_of_strs(&parts);
    bp_strs_free(&parts);
    return array;
}

static cJSON *cache_facts(struct bp_library_search *search) {
    cJSON *facts = cJSON_CreateObject();
    struct bp_err err = {0};
    bp_json_set_text(facts, "path", BP_LD_CACHE_PATH);
    if (search->loader->musl) {
        bp_json_set_text(facts, "error", "musl's loader keeps no cache");
    } else if (bp_ld_cache_read(&search->cache, search->root, BP_LD_CACHE_PATH, &err) != 0) {
        bp_json_set_text(facts, "error", bp_err_text(&err));
    } else {
        bp_json_set_number(facts, "entries", (double)search->cache.count);
    }
    bp_err_clear(&err);
    return facts;
}

static cJSON *conf_folders(const struct bp_root *root) {
    struct bp_strs folders = {0};
    bp_ld_conf_read(root, BP_LD_CONF_PATH, &folders, NULL);
    cJSON *array = bp_json_of_strs(&folders);
    bp_strs_free(&folders);
    return array;
}

static cJSON *torch_folders(const struct bp_library_folders *beyond) {
    cJSON *array = cJSON_CreateArray();
    for (size_t i = 0; i < beyond->count; i++) {
        const char *from = beyond->items[i].found_from;
        if (bp_equal(from, BP_FROM_TORCH) || bp_equal(from, BP_FROM_WHEEL)) {
            cJSON_AddItemToArray(array, cJSON_CreateString(beyond->items[i].path));
        }
    }
    return array;
}

/* Fills the search's lists of folders. */
static void find_folders(struct bp_library_search *search, const struct bp_probe *probe,
                         const cJSON *interpreter) {
    const char *executable = executable_of(interpreter);
    const char *working_folder = bp_json_text_at(probe->snapshot, "/python/working_folder");
    char *origin = bp_dir_name(executable ? executable : "/");
    bp_library_folders_of_variable(&search->first, probe->root, search->loader,
                                   bp_probe_env(probe, "LD_LIBRARY_PATH"), origin,
                                   working_folder ? working_folder : "/");
    free(origin);
    const struct bp_strs *defaults = &search->loader->default_folders;
    for (size_t i = 0; i < defaults->count; i++) {
        bp_library_folders_add(&search->last, probe->root, defaults->items[i], BP_FROM_DEFAULT,
                               !search->loader->musl);
    }
    bp_library_folders_beyond(&search->beyond, probe, interpreter);
}

static void put_search(struct bp_library_search *search, const struct bp_probe *probe,
                       struct bp_facts *facts) {
    cJSON *object = cJSON_CreateObject();
    cJSON_AddItemToObject(object, "ld_library_path",
                          parts_of_variable(probe, "LD_LIBRARY_PATH", ":;"));
    cJSON_AddItemToObject(object, "ld_preload", parts_of_variable(probe, "LD_PRELOAD", ": "));
    cJSON_AddItemToObject(object, "cache", cache_facts(search));
    cJSON_AddItemToObject(object, "conf_folders", conf_folders(probe->root));
    cJSON_AddItemToObject(object, "default_folders",
                          bp_json_of_strs(&search->loader->default_folders));
    cJSON_AddItemToObject(object, "torch_folders", torch_folders(&search->beyond));
    bp_facts_put(facts, "/libraries/search", object);
    if (!probe->root->live) {
        static const char reason[] = "the environment of a program in another root is not known";
        bp_facts_unknown(facts, "/libraries/search/ld_library_path", "%s", reason);
        bp_facts_unknown(facts, "/libraries/search/ld_preload", "%s", reason);
    }
}

/* --- what is needed, and what could satisfy it --- */

/* Files whose needs are still to be followed. */
struct requesters {
    const cJSON **items; /* not owned */
    size_t count;
    size_t capacity;
};

static void add_requester(struct requesters *requesters, const cJSON *requester) {
    if (requesters->count == REQUESTER_LIMIT) {
        return;
    }
    if (requesters->count == requesters->capacity) {
        requesters->capacity = requesters->capacity ? 2 * requesters->capacity : 32;
        requesters->items =
            bp_realloc_array(requesters->items, requesters->capacity, sizeof *requesters->items);
    }
    requesters->items[requesters->count++] = requester;
}

/* The loader itself is in every process and is not searched for. */
static bool is_loader(const char *soname) {
    return bp_starts_with(soname, "ld-linux") || bp_starts_with(soname, "ld64.so") ||
           bp_starts_with(soname, "ld-musl");
}

/* The candidates for `soname`, looked for once; NULL where the limit is reached. */
static cJSON *candidates_for(struct bp_library_search *search, const char *soname,
                             cJSON *candidates, struct requesters *found) {
    cJSON *list = cJSON_GetObjectItemCaseSensitive(candidates, soname);
    if (list || cJSON_GetArraySize(candidates) >= SONAME_LIMIT) {
        return list;
    }
    list = bp_library_candidates(search, soname);
    cJSON_AddItemToObject(candidates, soname, list);
    const cJSON *candidate = NULL;
    cJSON_ArrayForEach(candidate, list) {
        add_requester(found, candidate);
    }
    return list;
}

/* Whether an earlier requester has the same path: then its needs were followed. */
static bool is_followed(const struct requesters *requesters, size_t index) {
    const char *path = bp_json_text(requesters->items[index], "path");
    for (size_t i = 0; i < index; i++) {
        if (bp_equal(bp_json_text(requesters->items[i], "path"), path)) {
            return true;
        }
    }
    return false;
}

static void follow(struct bp_library_search *search, const cJSON *requester, cJSON *candidates,
                   struct requesters *found) {
    struct bp_library_own_path own = bp_library_own_path(search, requester);
    const cJSON *needed = NULL;
    cJSON_ArrayForEach(needed, bp_json_get(requester, "needed")) {
        const char *soname = cJSON_GetStringValue(needed);
        cJSON *list =
            soname && !is_loader(soname) ? candidates_for(search, soname, candidates, found) : NULL;
        if (list) {
            int before = cJSON_GetArraySize(list);
            bp_library_add_own(search, &own, soname, list);
            if (cJSON_GetArraySize(list) != before) {
                const cJSON *candidate = NULL;
                cJSON_ArrayForEach(candidate, list) {
                    add_requester(found, candidate);
                }
            }
        }
    }
    bp_library_folders_free(&own.folders);
}

/* Follows the needs of `requesters` step by step. */
static void follow_all(struct bp_library_search *search, struct requesters *requesters,
                       cJSON *candidates) {
    size_t start = 0;
    for (int depth = 0; depth < DEPTH_LIMIT && start < requesters->count; depth++) {
        size_t end = requesters->count;
        for (size_t i = start; i < end; i++) {
            if (!is_followed(requesters, i)) {
                follow(search, requesters->items[i], candidates, requesters);
            }
        }
        start = end;
    }
}

static cJSON *find_candidates(struct bp_library_search *search, const cJSON *snapshot) {
    cJSON *candidates = cJSON_CreateObject();
    struct requesters requesters = {0};
    const cJSON *native = NULL;
    cJSON_ArrayForEach(native, bp_json_at(snapshot, "/bitsandbytes/native_libraries")) {
        if (bp_equal(bp_json_text(native, "format"), "elf")) {
            add_requester(&requesters, native);
        }
    }
    for (size_t i = 0; i < sizeof always_searched / sizeof always_searched[0]; i++) {
        candidates_for(search, always_searched[i], candidates, &requesters);
    }
    follow_all(search, &requesters, candidates);
    free(requesters.items);
    return candidates;
}

void bp_collect_libraries(const struct bp_probe *probe, struct bp_facts *facts) {
    const cJSON *interpreter = interpreter_in(probe->snapshot);
    struct bp_system_loader loader;
    struct bp_library_search search;
    bp_system_loader_find(&loader, probe->root, executable_of(interpreter));
    bp_library_search_init(&search, probe->root, &loader);
    find_folders(&search, probe, interpreter);
    put_search(&search, probe, facts);
    bp_facts_put(facts, "/libraries/candidates", find_candidates(&search, probe->snapshot));
    bp_facts_put(facts, "/cuda/libraries", bp_cuda_libraries(&search));
    bp_library_search_free(&search);
    bp_system_loader_free(&loader);
}
