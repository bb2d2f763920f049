/* Every copy of bitsandbytes along the search path, under whatever distribution name. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/bitsandbytes.h"
#include "probe/packages.h"

/* RECORD files of big packages have some ten thousand lines. */
static const size_t record_limit = (size_t)8 << 20;

/* Place of `folder` among the search path's folders; behind them all where it is not there. */
static int rank_of(const cJSON *search_path, const char *folder) {
    int rank = 0;
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, search_path) {
        if (bp_equal(cJSON_GetStringValue(item), folder)) {
            break;
        }
        rank++;
    }
    return rank;
}

/* Whether this copy brought the package folder at `path`, in search folder `place`. */
static bool brought(const cJSON *copy, const char *place, const char *path) {
    char *source = bp_file_url_path(bp_json_text(copy, "source"));
    const char *project = source ? source : bp_json_text(copy, "source");
    bool editable = bp_json_is_true(copy, "editable");
    size_t length = project ? strlen(project) : 0;
    bool from_project = editable && length && bp_starts_with(path, project) && path[length] == '/';
    bool in_place = !editable && bp_equal(bp_json_text(copy, "place"), place);
    free(source);
    return from_project || in_place;
}

/*
 * Where two distributions share a place, each has overwritten the other's files: the one
 * whose version the files state, else the one installed last, is what is there.
 */
static bool is_better(const cJSON *copy, const cJSON *than, const char *stated) {
    if (!than) {
        return true;
    }
    bool states = stated && bp_equal(bp_json_text(copy, "version"), stated);
    bool other_states = stated && bp_equal(bp_json_text(than, "version"), stated);
    if (states != other_states) {
        return states;
    }
    const char *time = bp_json_text(copy, "installed_at");
    const char *other_time = bp_json_text(than, "installed_at");
    return time && other_time && strcmp(time, other_time) > 0;
}

static void move_to_front(cJSON *copies, const cJSON *copy) {
    int index = 0;
    while (cJSON_GetArrayItem(copies, index) != copy) {
        index++;
    }
    cJSON_InsertItemInArray(copies, 0, cJSON_DetachItemFromArray(copies, index));
}

/* Adds the copies of one distribution, keeping all in search order. */
static void add_in_order(cJSON *copies, const cJSON *search_path, const cJSON *added) {
    const cJSON *copy = NULL;
    cJSON_ArrayForEach(copy, added) {
        int rank = rank_of(search_path, bp_json_text(copy, "place"));
        int index = 0;
        const cJSON *other = NULL;
        cJSON_ArrayForEach(other, copies) {
            if (rank_of(search_path, bp_json_text(other, "place")) > rank) {
                break;
            }
            index++;
        }
        bp_json_insert(copies, index, cJSON_Duplicate(copy, true));
    }
}

static bool records_package(const struct bp_root *root, const char *metadata) {
    struct bp_str text = BP_STR_EMPTY;
    char *path = bp_join(metadata, "RECORD");
    bool listed = bp_root_read(root, path, record_limit, &text, NULL) == 0 &&
                  (bp_starts_with(text.data, "bitsandbytes/__init__.py,") ||
                   strstr(text.data, "\nbitsandbytes/__init__.py,"));
    free(path);
    bp_str_free(&text);
    return listed;
}

/* The distribution of another name whose RECORD lists the package, as a copy, or NULL. */
static cJSON *find_owner(const struct bp_root *root, const char *place, struct bp_facts *facts) {
    struct bp_strs names = {0};
    cJSON *owner = NULL;
    bp_root_list(root, place, 0, &names, NULL);
    for (size_t i = 0; i < names.count && !owner; i++) {
        struct bp_metadata_name name;
        if (!bp_ends_with(names.items[i], ".dist-info") ||
            !bp_metadata_name_read(names.items[i], &name)) {
            continue;
        }
        char *metadata = bp_join(place, names.items[i]);
        if (records_package(root, metadata)) {
            owner = bp_package_copy(root, place, metadata, &name, false, facts,
                                    "/bitsandbytes/copies/0");
        }
        free(metadata);
        bp_metadata_name_free(&name);
    }
    bp_strs_free(&names);
    return owner;
}

/* The copy in use, added where none of the known ones brought it. */
static void put_in_use_first(const struct bp_root *root, cJSON *copies, const char *place,
                             const char *path, struct bp_facts *facts) {
    char *stated = bp_package_source_version(root, path, NULL);
    const cJSON *best = NULL;
    const cJSON *copy = NULL;
    cJSON_ArrayForEach(copy, copies) {
        if (brought(copy, place, path) && is_better(copy, best, stated)) {
            best = copy;
        }
    }
    free(stated);
    if (best) {
        move_to_front(copies, best);
    }
    if (!best || !bp_json_text(best, "metadata")) {
        cJSON *owner = find_owner(root, place, facts);
        if (owner && best) {
            cJSON_ReplaceItemInArray(copies, 0, owner);
        } else if (owner) {
            cJSON_InsertItemInArray(copies, 0, owner);
        } else if (!best) {
            cJSON_InsertItemInArray(copies, 0, bp_package_bare_copy(root, place, "bitsandbytes"));
        }
    }
}

cJSON *bp_bitsandbytes_copies(const struct bp_root *root, const cJSON *interpreter,
                              const char *place, const char *path, struct bp_facts *facts) {
    cJSON *copies = cJSON_CreateArray();
    const cJSON *search_path = bp_json_get(interpreter, "search_path");
    const cJSON *of_distribution = NULL;
    cJSON_ArrayForEach(of_distribution, bp_json_get(interpreter, "packages")) {
        if (bp_starts_with(of_distribution->string, "bitsandbytes")) {
            add_in_order(copies, search_path, of_distribution);
        }
    }
    if (path) {
        put_in_use_first(root, copies, place, path, facts);
    }
    return copies;
}
