#include "probe/cuda_libraries.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "probe/library_names.h"

/* Names of CUDA libraries in one folder that are looked at; a toolkit has some twenty. */
enum { NAME_LIMIT = 256 };

static bool is_cuda_library(const char *name) {
    return bp_library_is_cuda(bp_library_family(name));
}

/* One name in a folder, and the file that it leads to. */
struct named_file {
    const char *name;
    uint64_t device;
    uint64_t inode;
    bool bears_soname; /* its name is the file's SONAME */
};

/* Fills `files` with the CUDA libraries among `names`; returns how many there are. */
static size_t find_named_files(struct bp_library_search *search,
                               const struct bp_library_folder *folder, const struct bp_strs *names,
                               struct named_file files[NAME_LIMIT]) {
    size_t count = 0;
    for (size_t i = 0; i < names->count && count < NAME_LIMIT; i++) {
        if (!is_cuda_library(names->items[i])) {
            continue;
        }
        struct named_file file = {.name = names->items[i]};
        char *path = bp_join(folder->path, file.name);
        const struct bp_library_file *known =
            bp_library_file_at(&search->files, search->root, path);
        free(path);
        if (known) { /* not a link that leads nowhere */
            file.device = known->device;
            file.inode = known->inode;
            file.bears_soname = bp_equal(file.name, bp_json_text(known->facts, "soname"));
            files[count++] = file;
        }
    }
    return count;
}

/* Whether this is the name under which its file is listed. */
static bool is_listed_name(const struct named_file *files, size_t count, size_t index) {
    if (files[index].bears_soname || bp_equal(files[index].name, "libcudart.so")) {
        return true;
    }
    for (size_t i = 0; i < count; i++) {
        bool same = files[i].inode == files[index].inode && files[i].device == files[index].device;
        if (same && (files[i].bears_soname || i < index)) {
            return false;
        }
    }
    return true;
}

static void add_folder(struct bp_library_search *search, struct bp_library_folder *folder,
                       cJSON *libraries) {
    struct named_file files[NAME_LIMIT];
    const struct bp_strs *names = bp_library_folder_names(folder, search->root);
    size_t count = find_named_files(search, folder, names, files);
    for (size_t i = 0; i < count; i++) {
        if (is_listed_name(files, count, i)) {
            char *path = bp_join(folder->path, files[i].name);
            cJSON *candidate = bp_library_candidate(search, path, folder);
            if (candidate) {
                cJSON_AddItemToArray(libraries, candidate);
            }
            free(path);
        }
    }
}

static void add_folders(struct bp_library_search *search, struct bp_library_folders *folders,
                        cJSON *libraries) {
    for (size_t i = 0; i < folders->count; i++) {
        add_folder(search, &folders->items[i], libraries);
    }
}

static void add_cache(struct bp_library_search *search, cJSON *libraries) {
    for (size_t i = 0; i < search->cache.count; i++) {
        const struct bp_ld_cache_entry *entry = &search->cache.entries[i];
        if (!is_cuda_library(entry->soname) ||
            !bp_ld_cache_fits(entry->flags, search->loader->machine, search->loader->bits)) {
            continue;
        }
        const struct bp_library_file *file =
            bp_library_file_at(&search->files, search->root, entry->path);
        if (file && (bp_equal(entry->soname, bp_json_text(file->facts, "soname")) ||
                     bp_equal(entry->soname, "libcudart.so"))) {
            cJSON_AddItemToArray(libraries, bp_library_candidate(search, entry->path, NULL));
        }
    }
}

cJSON *bp_cuda_libraries(struct bp_library_search *search) {
    cJSON *libraries = cJSON_CreateArray();
    add_folders(search, &search->first, libraries);
    add_cache(search, libraries);
    /* The default folders hold thousands of files, all of which stand in the cache. */
    if (!search->cache.count) {
        add_folders(search, &search->last, libraries);
    }
    add_folders(search, &search->beyond, libraries);
    return libraries;
}
