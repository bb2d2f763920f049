/* Search paths that stand in files, and the folders that they name. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/library_search.h"

/* The folder of that very kind in one of the lists, or NULL. */
static const struct bp_library_folder *known_folder(const struct bp_library_search *search,
                                                    const struct bp_file_status *status) {
    const struct bp_library_folders *const lists[] = {&search->first, &search->own, &search->last,
                                                      &search->beyond};
    const struct bp_library_folder *known = NULL;
    for (size_t i = 0; i < sizeof lists / sizeof *lists && !known; i++) {
        known = bp_library_folders_same(lists[i], status);
    }
    return known;
}

static void note_alias(struct bp_library_search *search, const char *path, const char *is) {
    if (strcmp(path, is) != 0) {
        cJSON *alias = cJSON_CreateObject();
        bp_json_set_text(alias, "path", path);
        bp_json_set_text(alias, "is", is);
        cJSON_AddItemToArray(search->aliases, alias);
    }
}

static void note_one(struct bp_library_search *search, const char *path) {
    struct bp_file_status status;
    if (bp_root_status(search->root, path, &status, NULL) != 0 || status.kind != BP_FILE_FOLDER) {
        return;
    }
    const struct bp_library_folder *known = known_folder(search, &status);
    if (known) {
        note_alias(search, path, known->path);
        return;
    }
    bp_library_folders_add(&search->own, search->root, path, BP_FROM_RUNPATH,
                           !search->loader->musl);
}

/* A folder that is known by another name has its subfolders for processors by that name, too. */
static void note_subfolders(struct bp_library_search *search, const char *path) {
    enum { SUBFOLDER_LIMIT = 16 };
    char *parent = bp_join(path, "glibc-hwcaps");
    struct bp_strs names = {0};
    bp_root_list(search->root, parent, SUBFOLDER_LIMIT, &names, NULL);
    for (size_t i = 0; i < names.count; i++) {
        char *subfolder = bp_join(parent, names.items[i]);
        note_one(search, subfolder);
        free(subfolder);
    }
    bp_strs_free(&names);
    free(parent);
}

void bp_library_note_folder(struct bp_library_search *search, const char *path) {
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/') {
        length--;
    }
    char *plain = bp_strndup(path, length);
    if (bp_strs_add_once(&search->spelled, plain)) {
        int before = cJSON_GetArraySize(search->aliases);
        note_one(search, plain);
        if (cJSON_GetArraySize(search->aliases) != before) {
            note_subfolders(search, plain);
        }
    }
    free(plain);
}

void bp_library_note_own_path(struct bp_library_search *search, const cJSON *requester) {
    const char *path = bp_json_text(requester, "path");
    const cJSON *runpath = bp_json_get(requester, "runpath");
    bool has_runpath =
        cJSON_GetArraySize(runpath) > 0 || bp_json_is_true(requester, "empty_runpath");
    const cJSON *folders = has_runpath ? runpath : bp_json_get(requester, "rpath");
    char *origin = bp_dir_name(path ? path : "/");
    const cJSON *folder = NULL;
    cJSON_ArrayForEach(folder, folders) {
        char *expanded = bp_system_loader_expand(search->loader, folder->valuestring, origin);
        char *absolute = *expanded == '/' ? bp_strdup(expanded)
                         : *expanded      ? bp_join(search->working_folder, expanded)
                                          : bp_strdup(search->working_folder);
        bp_library_note_folder(search, absolute);
        free(absolute);
        free(expanded);
    }
    free(origin);
}
