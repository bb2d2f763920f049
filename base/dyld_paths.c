#include "base/dyld_paths.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"

static const char loader_word[] = "@loader_path";
static const char program_word[] = "@executable_path";
static const char search_word[] = "@rpath/";

bool bp_dyld_is_system(const char *library) {
    return bp_starts_with(library, "/usr/lib/") || bp_starts_with(library, "/System/");
}

/* Takes `path` (owned) over. */
static void add(struct bp_dyld_places *places, char *path, const char *rule) {
    bool known = false;
    for (size_t i = 0; i < places->count && !known; i++) {
        known = bp_equal(places->items[i].path, path);
    }
    if (known || path[0] != '/') {
        free(path); /* a relative name counts from the folder that a process happens to be in */
        return;
    }
    places->items = bp_realloc_array(places->items, places->count + 1, sizeof *places->items);
    places->items[places->count++] = (struct bp_dyld_place){path, rule};
}

static const char *real_path_of(const cJSON *image) {
    const char *real = bp_json_text(image, "real_path");
    return real ? real : bp_json_text(image, "path");
}

/* `rest` from the folder of `file` on; NULL where that is not known. */
static char *beside(const char *file, const char *rest) {
    if (!file) {
        return NULL;
    }
    char *folder = bp_dir_name(file);
    char *path = bp_format("%s%s", bp_equal(folder, "/") ? "" : folder, rest);
    free(folder);
    return path;
}

static bool starts_with_word(const char *name, const char *word) {
    size_t length = strlen(word);
    return strncmp(name, word, length) == 0 && (name[length] == '/' || name[length] == '\0');
}

/*
 * `name` with @loader_path (the folder of `image`) or @executable_path replaced; NULL where it
 * cannot be. The caller frees it.
 */
static char *expand(const struct bp_dyld_search *search, const cJSON *image, const char *name) {
    if (starts_with_word(name, loader_word)) {
        return beside(real_path_of(image), name + strlen(loader_word));
    }
    if (starts_with_word(name, program_word)) {
        return beside(search->program, name + strlen(program_word));
    }
    return bp_strdup(name);
}

static void add_by_rpath(struct bp_dyld_places *places, const struct bp_dyld_search *search,
                         const char *rest) {
    for (size_t i = 0; i < sizeof search->images / sizeof *search->images; i++) {
        const cJSON *entry;
        cJSON_ArrayForEach(entry, bp_json_get(search->images[i], "rpath")) {
            const char *written = cJSON_GetStringValue(entry);
            char *folder = written ? expand(search, search->images[i], written) : NULL;
            if (folder) {
                add(places, bp_join(folder, rest),
                    i == 0 ? "LC_RPATH of the file that needs it" : "LC_RPATH of the program");
            }
            free(folder);
        }
    }
}

static void add_as_written(struct bp_dyld_places *places, const struct bp_dyld_search *search,
                           const char *library) {
    if (bp_starts_with(library, search_word)) {
        add_by_rpath(places, search, library + strlen(search_word));
        return;
    }
    char *path = expand(search, search->images[0], library);
    if (path) {
        add(places, path,
            library[0] == '@' ? "beside the file that needs it or the program"
                              : "the path that stands in the file");
    }
}

static void add_by_name(struct bp_dyld_places *places, const cJSON *folders, const char *name,
                        const char *rule) {
    const cJSON *folder;
    cJSON_ArrayForEach(folder, folders) {
        if (cJSON_IsString(folder)) {
            add(places, bp_join(folder->valuestring, name), rule);
        }
    }
}

struct bp_dyld_places bp_dyld_places_of(const struct bp_dyld_search *search, const char *library) {
    struct bp_dyld_places places = {0};
    const char *name = bp_base_name(library);
    add_by_name(&places, search->library_path, name, "DYLD_LIBRARY_PATH");
    add_as_written(&places, search, library);
    if (cJSON_GetArraySize(search->fallback_path) > 0) {
        add_by_name(&places, search->fallback_path, name, "DYLD_FALLBACK_LIBRARY_PATH");
    } else {
        static const char rule[] = "a folder that dyld falls back to";
        add(&places, bp_join("/usr/local/lib", name), rule);
        add(&places, bp_join("/usr/lib", name), rule);
    }
    return places;
}

void bp_dyld_places_free(struct bp_dyld_places *places) {
    for (size_t i = 0; i < places->count; i++) {
        free(places->items[i].path);
    }
    free(places->items);
    *places = (struct bp_dyld_places){0};
}
