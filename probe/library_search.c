#include "probe/library_search.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/library_names.h"

void bp_library_search_init(struct bp_library_search *search, const struct bp_root *root,
                            const struct bp_system_loader *loader) {
    *search =
        (struct bp_library_search){.root = root, .loader = loader, .aliases = cJSON_CreateArray()};
}

void bp_library_search_free(struct bp_library_search *search) {
    bp_library_files_free(&search->files);
    for (size_t i = 0; i < search->site_count; i++) {
        free(search->sites[i].path);
        bp_strs_free(&search->sites[i].metadata);
    }
    free(search->sites);
    bp_library_folders_free(&search->first);
    bp_library_folders_free(&search->last);
    bp_library_folders_free(&search->beyond);
    bp_library_folders_free(&search->own);
    bp_strs_free(&search->spelled);
    bp_strs_free(&search->stale);
    cJSON_Delete(search->aliases);
    bp_ld_cache_close(&search->cache);
    *search = (struct bp_library_search){0};
}

static const struct bp_strs *metadata_of(struct bp_library_search *search, const char *site) {
    for (size_t i = 0; i < search->site_count; i++) {
        if (bp_equal(search->sites[i].path, site)) {
            return &search->sites[i].metadata;
        }
    }
    search->sites = bp_realloc_array(search->sites, search->site_count + 1, sizeof *search->sites);
    struct bp_library_site *added = &search->sites[search->site_count++];
    *added = (struct bp_library_site){.path = bp_strdup(site)};
    struct bp_strs all = {0};
    bp_root_list(search->root, site, 0, &all, NULL);
    for (size_t i = 0; i < all.count; i++) {
        if (bp_starts_with(all.items[i], "nvidia") && bp_ends_with(all.items[i], ".dist-info")) {
            bp_strs_add(&added->metadata, all.items[i]);
        }
    }
    bp_strs_free(&all);
    return &added->metadata;
}

/* Sets "place" and "version" from the wheel that brought the file; false where none is known. */
static bool put_wheel(struct bp_library_search *search, const struct bp_library_folder *folder,
                      cJSON *candidate) {
    const char *family = bp_json_text(candidate, "family");
    if (!folder || !folder->site || !family) {
        return false;
    }
    char *package = bp_dir_name(folder->path); /* .../nvidia/cublas of .../nvidia/cublas/lib */
    char *version = NULL;
    char *name = bp_library_wheel(metadata_of(search, folder->site), family, bp_base_name(package),
                                  bp_json_text(candidate, "soname"), &version);
    if (name) {
        bp_json_set_text(candidate, "place", name);
        bp_json_set_text(candidate, "version", version);
    }
    bool found = name != NULL;
    free(name);
    free(version);
    free(package);
    return found;
}

/* Which library it is and of which version: from its wheel, else from the real file's name. */
static void put_identity(struct bp_library_search *search, const struct bp_library_folder *folder,
                         cJSON *candidate) {
    const char *path = bp_json_text(candidate, "path");
    const char *soname = bp_json_text(candidate, "soname");
    const char *real_path = bp_json_text(candidate, "real_path");
    const char *real_name = bp_base_name(real_path ? real_path : path);
    bp_json_set_text(candidate, "family", bp_library_family(real_name));
    if (!put_wheel(search, folder, candidate)) {
        bool dll = bp_equal(bp_json_text(candidate, "format"), "pe");
        char *version = dll ? bp_library_dll_version(bp_json_text(candidate, "product"),
                                                     bp_json_text(candidate, "file_version"))
                            : bp_library_version(real_name, soname ? soname : bp_base_name(path));
        bp_json_set_text(candidate, "version", version);
        free(version);
    }
}

cJSON *bp_library_candidate(struct bp_library_search *search, const char *path,
                            const struct bp_library_folder *folder) {
    const struct bp_library_file *file = bp_library_file_at(&search->files, search->root, path);
    if (!file) {
        return NULL;
    }
    cJSON *candidate = cJSON_Duplicate(file->facts, true);
    char *real_path = bp_root_resolve(search->root, path, NULL);
    bp_json_set_text(candidate, "path", path);
    bp_json_set_text(candidate, "real_path", real_path);
    bp_json_set_text(candidate, "found_from", folder ? folder->found_from : BP_FROM_CACHE);
    bp_json_set_text(candidate, "place", folder ? folder->path : BP_LD_CACHE_PATH);
    put_identity(search, folder, candidate);
    free(real_path);
    return candidate;
}

static bool is_listed(const cJSON *candidates, const char *path, const char *found_from) {
    const cJSON *candidate = NULL;
    cJSON_ArrayForEach(candidate, candidates) {
        if (bp_equal(bp_json_text(candidate, "path"), path) &&
            bp_equal(bp_json_text(candidate, "found_from"), found_from)) {
            return true;
        }
    }
    return false;
}

/* Appends the file `name` of `folder` if it is there; says whether it is. */
static bool add_named(struct bp_library_search *search, const struct bp_library_folder *folder,
                      const char *name, cJSON *candidates) {
    char *path = bp_join(folder->path, name);
    cJSON *candidate = bp_library_candidate(search, path, folder);
    if (candidate) {
        cJSON_AddItemToArray(candidates, candidate);
    }
    free(path);
    return candidate != NULL;
}

/*
 * ROCm builds of torch carry their libraries under bare names (libamdhip64.so) with the
 * versioned SONAME inside; a copy bundled under a hashed name has that as its SONAME and
 * stands for no other.
 */
static void add_by_soname(struct bp_library_search *search, struct bp_library_folder *folder,
                          const char *soname, cJSON *candidates) {
    const struct bp_strs *names = bp_library_folder_names(folder, search->root);
    for (size_t i = 0; i < names->count; i++) {
        if (!bp_library_same_stem(names->items[i], soname)) {
            continue;
        }
        char *path = bp_join(folder->path, names->items[i]);
        const struct bp_library_file *file = bp_library_file_at(&search->files, search->root, path);
        if (file && bp_equal(bp_json_text(file->facts, "soname"), soname)) {
            cJSON_AddItemToArray(candidates, bp_library_candidate(search, path, folder));
        }
        free(path);
    }
}

/* The loader asks its cache first, so the same file in a default folder is no other choice. */
static bool is_cached(const cJSON *candidates, const cJSON *found) {
    const cJSON *candidate = NULL;
    const char *real_path = bp_json_text(found, "real_path");
    cJSON_ArrayForEach(candidate, candidates) {
        if (bp_equal(bp_json_text(candidate, "found_from"), BP_FROM_CACHE) &&
            bp_equal(bp_json_text(candidate, "real_path"), real_path)) {
            return true;
        }
    }
    return false;
}

static void add_from_defaults(struct bp_library_search *search, const char *soname,
                              cJSON *candidates) {
    for (size_t i = 0; i < search->last.count; i++) {
        char *path = bp_join(search->last.items[i].path, soname);
        cJSON *candidate = bp_library_candidate(search, path, &search->last.items[i]);
        if (candidate && is_cached(candidates, candidate)) {
            cJSON_Delete(candidate);
        } else if (candidate) {
            cJSON_AddItemToArray(candidates, candidate);
        }
        free(path);
    }
}

static void add_from_folders(struct bp_library_search *search, struct bp_library_folders *folders,
                             const char *soname, cJSON *candidates) {
    for (size_t i = 0; i < folders->count; i++) {
        struct bp_library_folder *folder = &folders->items[i];
        bool loaded_by_torch = bp_equal(folder->found_from, BP_FROM_TORCH) ||
                               bp_equal(folder->found_from, BP_FROM_WHEEL);
        if (loaded_by_torch) {
            bp_library_folder_names(folder, search->root); /* all of them, since more is asked */
        }
        bool may_hold =
            !loaded_by_torch || bp_library_folder_may_hold(folder, search->root, soname);
        if (!(may_hold && add_named(search, folder, soname, candidates)) && loaded_by_torch) {
            add_by_soname(search, folder, soname, candidates);
        }
    }
}

/* Of the entries for any processor the loader takes the first, be its file there or not. */
static void note_stale(struct bp_library_search *search, const char *soname, bool *is_first,
                       const struct bp_ld_cache_entry *entry, bool there) {
    if (!entry->subfolder && *is_first) {
        *is_first = false;
        if (!there) {
            bp_strs_add_once(&search->stale, soname);
        }
    }
}

static void add_from_cache(struct bp_library_search *search, const char *soname,
                           cJSON *candidates) {
    bool is_first = true;
    for (size_t i = 0; i < search->cache.count; i++) {
        const struct bp_ld_cache_entry *entry = &search->cache.entries[i];
        if (bp_equal(entry->soname, soname) &&
            bp_ld_cache_fits(entry->flags, search->loader->machine, search->loader->bits) &&
            !is_listed(candidates, entry->path, BP_FROM_CACHE)) {
            cJSON *candidate = bp_library_candidate(search, entry->path, NULL);
            if (candidate) {
                cJSON_AddItemToArray(candidates, candidate);
            }
            note_stale(search, soname, &is_first, entry, candidate != NULL);
        }
    }
}

/* A name with a slash is opened as it stands, without any search. */
static void add_as_path(struct bp_library_search *search, const char *path, cJSON *candidates) {
    char *folder = bp_dir_name(path);
    const struct bp_library_folder as_written = {.path = folder, .found_from = "package"};
    cJSON *candidate = *path == '/' ? bp_library_candidate(search, path, &as_written) : NULL;
    if (candidate) {
        cJSON_AddItemToArray(candidates, candidate);
    }
    free(folder);
}

cJSON *bp_library_candidates(struct bp_library_search *search, const char *soname) {
    cJSON *candidates = cJSON_CreateArray();
    if (strchr(soname, '/')) {
        add_as_path(search, soname, candidates);
        return candidates;
    }
    add_from_folders(search, &search->first, soname, candidates);
    for (size_t i = 0; i < search->own.count; i++) {
        bp_library_add_own(search, i, soname, candidates);
    }
    add_from_cache(search, soname, candidates);
    add_from_defaults(search, soname, candidates);
    add_from_folders(search, &search->beyond, soname, candidates);
    return candidates;
}

/* Where the find of a search path in a file belongs: behind what LD_LIBRARY_PATH gave. */
static int index_behind_variable(const cJSON *candidates) {
    int index = 0;
    const cJSON *candidate = NULL;
    cJSON_ArrayForEach(candidate, candidates) {
        const char *from = bp_json_text(candidate, "found_from");
        if (!bp_equal(from, BP_FROM_LD_LIBRARY_PATH) && !bp_equal(from, BP_FROM_RUNPATH)) {
            break;
        }
        index++;
    }
    return index;
}

void bp_library_add_own(struct bp_library_search *search, size_t index, const char *soname,
                        cJSON *candidates) {
    struct bp_library_folder *folder = &search->own.items[index];
    if (strchr(soname, '/') || !bp_library_folder_may_hold(folder, search->root, soname)) {
        return;
    }
    char *file = bp_join(folder->path, soname);
    cJSON *candidate = bp_library_candidate(search, file, folder);
    if (candidate) {
        bp_json_insert(candidates, index_behind_variable(candidates), candidate);
    }
    free(file);
}
