#include "probe/library_needs.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"

/*
 * Needs are followed from the native files and from what torch loads, through what could satisfy
 * them, up to so many sonames and files: several times what a torch for CUDA or ROCm needs.
 */
enum { SONAME_LIMIT = 512, REQUESTER_LIMIT = 4096 };

static void add_requester(struct bp_library_requesters *requesters, const cJSON *requester) {
    const char *path = bp_json_text(requester, "path");
    if (requesters->count == REQUESTER_LIMIT || !path) {
        return;
    }
    for (size_t i = 0; i < requesters->count; i++) {
        if (strcmp(requesters->paths[i], path) == 0) {
            return;
        }
    }
    if (requesters->count == requesters->capacity) {
        requesters->capacity = requesters->capacity ? 2 * requesters->capacity : 64;
        requesters->items =
            bp_realloc_array(requesters->items, requesters->capacity, sizeof *requesters->items);
        requesters->paths =
            bp_realloc_array(requesters->paths, requesters->capacity, sizeof *requesters->paths);
    }
    requesters->items[requesters->count] = requester;
    requesters->paths[requesters->count++] = path;
}

/* The loader itself is in every process and is not searched for. */
static bool is_loader(const char *soname) {
    return bp_starts_with(soname, "ld-linux") || bp_starts_with(soname, "ld64.so") ||
           bp_starts_with(soname, "ld-musl");
}

static void add_requesters(struct bp_library_needs *needs, const cJSON *list) {
    const cJSON *candidate = NULL;
    cJSON_ArrayForEach(candidate, list) {
        add_requester(&needs->requesters, candidate);
    }
}

/* Looks for `soname`, unless that was done. */
void bp_library_needs_look_for(struct bp_library_needs *needs, const char *soname) {
    if (is_loader(soname) || bp_json_get(needs->candidates, soname)) {
        return;
    }
    if (cJSON_GetArraySize(needs->candidates) >= SONAME_LIMIT) {
        needs->cut = true;
        return;
    }
    cJSON *list = bp_library_candidates(needs->search, soname);
    cJSON_AddItemToObject(needs->candidates, soname, list);
    add_requesters(needs, list);
}

/* A folder that comes up late may hold what was looked for before. */
static void look_in_new_folders(struct bp_library_needs *needs, size_t first) {
    cJSON *list = NULL;
    cJSON_ArrayForEach(list, needs->candidates) {
        int before = cJSON_GetArraySize(list);
        for (size_t i = first; i < needs->search->own.count; i++) {
            bp_library_add_own(needs->search, i, list->string, list);
        }
        if (cJSON_GetArraySize(list) != before) {
            add_requesters(needs, list);
        }
    }
}

/* A search path in one file counts for the files that it has loaded, too: each is asked for all. */
cJSON *bp_library_needs_follow(struct bp_library_needs *needs) {
    struct bp_library_requesters *requesters = &needs->requesters;
    for (size_t i = 0; i < requesters->count; i++) {
        size_t folders = needs->search->own.count;
        bp_library_note_own_path(needs->search, requesters->items[i]);
        look_in_new_folders(needs, folders);
        const cJSON *needed = NULL;
        cJSON_ArrayForEach(needed, bp_json_get(requesters->items[i], "needed")) {
            if (cJSON_IsString(needed)) {
                bp_library_needs_look_for(needs, needed->valuestring);
            }
        }
    }
    needs->cut |= requesters->count == REQUESTER_LIMIT;
    free(requesters->items);
    free(requesters->paths);
    *requesters = (struct bp_library_requesters){0};
    return needs->candidates;
}

void bp_library_needs_init(struct bp_library_needs *needs, struct bp_library_search *search) {
    *needs = (struct bp_library_needs){.search = search, .candidates = cJSON_CreateObject()};
}

void bp_library_needs_add(struct bp_library_needs *needs, const cJSON *file) {
    add_requester(&needs->requesters, file);
}
