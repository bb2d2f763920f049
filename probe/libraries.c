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
#include "probe/library_needs.h"
#include "probe/library_search.h"
#include "probe/macos/macos.h"
#include "probe/opened_files.h"
#include "probe/system_loader.h"
#include "probe/windows/libraries.h"

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
    const char *variable = bp_probe_env(probe, "LD_LIBRARY_PATH");
    char *origin = bp_dir_name(executable ? executable : "/");
    struct bp_strs parts = {0};
    bp_library_folders_of_variable(&search->first, probe->root, search->loader, variable, origin,
                                   search->working_folder);
    bp_library_variable_parts(search->loader, variable, origin, search->working_folder, &parts);
    free(origin);
    const struct bp_strs *defaults = &search->loader->default_folders;
    for (size_t i = 0; i < defaults->count; i++) {
        bp_library_folders_add(&search->last, probe->root, defaults->items[i], BP_FROM_DEFAULT,
                               !search->loader->musl);
    }
    bp_library_folders_beyond(&search->beyond, probe, interpreter);
    for (size_t i = 0; i < parts.count; i++) {
        bp_library_note_folder(search, parts.items[i]);
    }
    for (size_t i = 0; i < defaults->count; i++) {
        bp_library_note_folder(search, defaults->items[i]);
    }
    bp_strs_free(&parts);
}

static cJSON *token_facts(const struct bp_system_loader *loader) {
    cJSON *tokens = cJSON_CreateObject();
    bp_json_set_text(tokens, "LIB", loader->library);
    bp_json_set_text(tokens, "PLATFORM", loader->platform);
    return tokens;
}

static cJSON *search_facts(struct bp_library_search *search, const struct bp_probe *probe,
                           const struct bp_strs *preload_file) {
    cJSON *object = cJSON_CreateObject();
    cJSON_AddItemToObject(object, "ld_library_path",
                          parts_of_variable(probe, "LD_LIBRARY_PATH", ":;"));
    cJSON_AddItemToObject(object, "ld_preload", parts_of_variable(probe, "LD_PRELOAD", ": "));
    cJSON_AddItemToObject(object, "preload_file", bp_json_of_strs(preload_file));
    cJSON_AddItemToObject(object, "cache", cache_facts(search));
    cJSON_AddItemToObject(object, "conf_folders", conf_folders(probe->root));
    cJSON_AddItemToObject(object, "default_folders",
                          bp_json_of_strs(&search->loader->default_folders));
    cJSON_AddItemToObject(object, "torch_folders", torch_folders(&search->beyond));
    cJSON_AddItemToObject(object, "tokens", token_facts(search->loader));
    return object;
}

/* `object` is owned by the facts afterwards. */
static void put_search(struct bp_library_search *search, const struct bp_probe *probe,
                       cJSON *object, struct bp_facts *facts) {
    cJSON_AddItemToObject(object, "folders", cJSON_Duplicate(search->aliases, true));
    bp_json_put(object, "/cache/stale", bp_json_of_strs(&search->stale));
    bp_facts_put(facts, "/libraries/search", object);
    if (!probe->root->live) {
        static const char reason[] = "the environment of a program in another root is not known";
        bp_facts_unknown(facts, "/libraries/search/ld_library_path", "%s", reason);
        bp_facts_unknown(facts, "/libraries/search/ld_preload", "%s", reason);
    }
}

static void look_for_preloads(struct bp_library_needs *needs, const cJSON *names) {
    const cJSON *name = NULL;
    cJSON_ArrayForEach(name, names) {
        if (cJSON_IsString(name) && *name->valuestring && !strchr(name->valuestring, '/')) {
            bp_library_needs_look_for(needs, name->valuestring);
        }
    }
}

/* Everything that a process could need before or because of bitsandbytes' native files. */
static void add_needs(struct bp_library_needs *needs, const cJSON *snapshot, const cJSON *opened,
                      const cJSON *described) {
    const cJSON *file = NULL;
    cJSON_ArrayForEach(file, bp_json_at(snapshot, "/bitsandbytes/native_libraries")) {
        if (bp_equal(bp_json_text(file, "format"), "elf")) {
            bp_library_needs_add(needs, file);
        }
    }
    cJSON_ArrayForEach(file, opened) {
        bp_library_needs_add(needs, file);
    }
    for (size_t i = 0; i < sizeof always_searched / sizeof always_searched[0]; i++) {
        bp_library_needs_look_for(needs, always_searched[i]);
    }
    look_for_preloads(needs, bp_json_get(described, "ld_preload"));
    look_for_preloads(needs, bp_json_get(described, "preload_file"));
}

void bp_collect_libraries(const struct bp_probe *probe, struct bp_facts *facts) {
    const cJSON *interpreter = interpreter_in(probe->snapshot);
    const char *working_folder = bp_json_text_at(probe->snapshot, "/python/working_folder");
    struct bp_system_loader loader;
    struct bp_library_search search;
    struct bp_strs preload_file = {0};
    if (bp_macos_is(probe->root)) {
        bp_macos_libraries(probe, interpreter, facts);
        return;
    }
    if (probe->root->drive) {
        bp_windows_collect_libraries(probe, interpreter, facts);
        return;
    }
    bp_system_loader_find(&loader, probe->root, executable_of(interpreter));
    bp_library_search_init(&search, probe->root, &loader);
    search.working_folder = working_folder ? working_folder : "/";
    find_folders(&search, probe, interpreter);
    bp_preload_file_names(probe->root, &preload_file);
    cJSON *described = search_facts(&search, probe, &preload_file);
    cJSON *opened = bp_opened_files(&search, probe, interpreter, &preload_file);
    struct bp_library_needs needs;
    bp_library_needs_init(&needs, &search);
    add_needs(&needs, probe->snapshot, opened, described);
    cJSON *candidates = bp_library_needs_follow(&needs);
    bp_opened_files_trim(opened, candidates);
    put_search(&search, probe, described, facts);
    bp_facts_put(facts, "/libraries/opened", opened);
    bp_facts_put(facts, "/libraries/candidates", candidates);
    if (needs.cut) {
        bp_facts_unknown(facts, "/libraries/candidates", "more libraries than are followed");
    }
    bp_facts_put(facts, "/cuda/libraries", bp_cuda_libraries(&search));
    bp_library_search_free(&search);
    bp_system_loader_free(&loader);
    bp_strs_free(&preload_file);
}
