#include "probe/ghosts.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/binary/ghost.h"
#include "probe/bitsandbytes.h"
#include "probe/collector.h"
#include "probe/library_files.h"

typedef int visit_fn(void *context, cJSON *entry, bool native, struct bp_err *err);

/* The file that a library's entry is about: one file may be there under several names. */
static const char *file_of(const cJSON *entry) {
    const char *real_path = bp_json_text(entry, "real_path");
    return real_path ? real_path : bp_json_text(entry, "path");
}

/* Visits the entries of a list that hold facts of a file. */
static int visit_list(const cJSON *list, bool native, visit_fn *visit, void *context,
                      struct bp_err *err) {
    cJSON *entry = NULL;
    cJSON_ArrayForEach(entry, list) {
        if (bp_json_text(entry, "format") && file_of(entry) &&
            visit(context, entry, native, err) != 0) {
            return -1;
        }
    }
    return 0;
}

static int visit_libraries(const cJSON *snapshot, visit_fn *visit, void *context,
                           struct bp_err *err) {
    const cJSON *natives = bp_json_at(snapshot, "/bitsandbytes/native_libraries");
    const cJSON *opened = bp_json_at(snapshot, "/libraries/opened");
    if (visit_list(natives, true, visit, context, err) != 0 ||
        visit_list(opened, false, visit, context, err) != 0) {
        return -1;
    }
    const cJSON *list = NULL;
    cJSON_ArrayForEach(list, bp_json_at(snapshot, "/libraries/candidates")) {
        if (visit_list(list, false, visit, context, err) != 0) {
            return -1;
        }
    }
    return 0;
}

/* What is read of a file: of a native library of bitsandbytes, or of one that it may need. */
static struct bp_binary_wishes wishes_for(const cJSON *snapshot, bool native) {
    double index = bp_json_number(bp_json_get(snapshot, "bitsandbytes"), "interpreter", 0);
    const cJSON *all = bp_json_at(snapshot, "/python/interpreters");
    const cJSON *interpreter =
        index >= 0 && index < INT_MAX ? cJSON_GetArrayItem(all, (int)index) : NULL;
    return native ? bp_bitsandbytes_wishes(bp_json_text(interpreter, "machine"))
                  : bp_library_wishes;
}

/* --- making them --- */

struct making {
    const struct bp_root *root;
    const cJSON *snapshot;
    struct bp_facts *facts;
    struct bp_strs done;
    size_t room; /* bytes of JSON that may still be written */
};

static void leave_out(cJSON *object, const char *reason) {
    bp_json_set_text(object, "left_out", reason);
}

/* Puts the ghost of the file at `path` into *object, or why it is left out. */
static void describe(struct making *making, const char *path, bool native, cJSON *object) {
    struct bp_ghost ghost;
    struct bp_err err = {0};
    struct bp_binary_wishes wishes = wishes_for(making->snapshot, native);
    bp_json_set_text(object, "path", path);
    if (bp_ghost_take(&ghost, making->root, path, &wishes, &err) != 0) {
        leave_out(object, bp_err_text(&err));
    } else {
        bp_ghost_put(&ghost, object);
    }
    bp_ghost_free(&ghost);
    bp_err_clear(&err);
}

static int make_one(void *context, cJSON *entry, bool native, struct bp_err *err) {
    (void)err;
    struct making *making = context;
    const char *path = file_of(entry);
    if (making->done.count == BP_GHOST_COUNT_LIMIT || !bp_strs_add_once(&making->done, path)) {
        return 0;
    }
    cJSON *object = cJSON_CreateObject();
    describe(making, path, native, object);
    char *text = bp_json_print(object, false);
    size_t length = strlen(text);
    free(text);
    if (length > making->room) {
        cJSON_Delete(object);
        object = cJSON_CreateObject();
        bp_json_set_text(object, "path", path);
        leave_out(object, "the ghosts before it take all the room that there is");
        length = 0;
    }
    making->room -= length;
    bp_facts_put(making->facts, "/ghosts/-", object);
    return 0;
}

void bp_collect_ghosts(const struct bp_probe *probe, struct bp_facts *facts) {
    struct making making = {.root = probe->root,
                            .snapshot = probe->snapshot,
                            .facts = facts,
                            .room = BP_GHOSTS_JSON_LIMIT};
    bp_facts_put(facts, "/ghosts", cJSON_CreateArray());
    visit_libraries(probe->snapshot, make_one, &making, NULL);
    bp_strs_free(&making.done);
}

/* --- reading them --- */

/* A ghost of the snapshot and what was read of it. */
struct held {
    const char *path;
    struct bp_ghost ghost;
    cJSON *facts[2]; /* as of a needed library, and as of one of bitsandbytes; NULL: not read */
    bool lacks[2];   /* the readers look at bytes that it does not hold */
};

struct reading {
    const cJSON *snapshot;
    struct held *items; /* by path */
    size_t count;
    uint64_t bytes_left;
};

static int compare_paths(const void *left, const void *right) {
    return strcmp(((const struct held *)left)->path, ((const struct held *)right)->path);
}

static struct held *find(const struct reading *reading, const char *path) {
    struct held wanted = {.path = path};
    return reading->count
               ? bsearch(&wanted, reading->items, reading->count, sizeof wanted, compare_paths)
               : NULL;
}

/* Reads one element of "ghosts". One that was left out, or cannot be unpacked here, is passed. */
static int read_one(struct reading *reading, const cJSON *object, struct bp_err *err) {
    struct held *held = &reading->items[reading->count];
    struct bp_err inner = {0};
    held->path = bp_json_text(object, "path");
    if (!held->path) {
        return bp_fail(err, BP_E_FORMAT, "a ghost does not say of which file it is");
    }
    if (bp_json_text(object, "left_out")) {
        return 0;
    }
    int result = 0;
    if (bp_ghost_read(&held->ghost, object, &inner) == 0) {
        reading->count++;
    } else {
        bp_ghost_free(&held->ghost);
        if (inner.code != BP_E_ABSENT) {
            result = bp_fail(err, inner.code, "the ghost of %.200s: %s", held->path,
                             bp_err_text(&inner));
        }
    }
    bp_err_clear(&inner);
    return result;
}

static int read_ghosts(struct reading *reading, const cJSON *list, struct bp_err *err) {
    int count = cJSON_GetArraySize(list);
    if (count > BP_GHOST_COUNT_LIMIT) {
        return bp_fail(err, BP_E_LIMIT, "it has more than %d ghosts", BP_GHOST_COUNT_LIMIT);
    }
    reading->items = bp_alloc_array((size_t)count, sizeof *reading->items);
    const cJSON *object = NULL;
    cJSON_ArrayForEach(object, list) {
        if (read_one(reading, object, err) != 0) {
            return -1;
        }
    }
    qsort(reading->items, reading->count, sizeof *reading->items, compare_paths);
    for (size_t i = 1; i < reading->count; i++) {
        if (compare_paths(&reading->items[i - 1], &reading->items[i]) == 0) {
            return bp_fail(err, BP_E_FORMAT, "there are two ghosts of %.200s",
                           reading->items[i].path);
        }
    }
    return 0;
}

/* What the ghost says, or NULL where it does not hold enough. Owned by *held. */
static const cJSON *facts_of(const struct reading *reading, struct held *held, bool native) {
    if (!held->facts[native] && !held->lacks[native]) {
        struct bp_binary_wishes wishes = wishes_for(reading->snapshot, native);
        held->facts[native] = bp_ghost_facts(&held->ghost, &wishes);
        held->lacks[native] = !held->facts[native];
    }
    return held->facts[native];
}

/* Puts `facts` into the entry, in place of what it holds of them. */
static void take_over(cJSON *entry, const cJSON *facts) {
    static const char *const troubles[] = {"error", "cut_short", "gpu_code_error"};
    for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++) {
        if (!bp_json_get(facts, troubles[i])) {
            cJSON_DeleteItemFromObjectCaseSensitive(entry, troubles[i]);
        }
    }
    const cJSON *fact = NULL;
    cJSON_ArrayForEach(fact, facts) {
        cJSON *copy = cJSON_Duplicate(fact, true);
        if (!cJSON_ReplaceItemInObjectCaseSensitive(entry, fact->string, copy)) {
            cJSON_AddItemToObject(entry, fact->string, copy);
        }
    }
}

static int read_again(void *context, cJSON *entry, bool native, struct bp_err *err) {
    struct reading *reading = context;
    struct held *held = find(reading, file_of(entry));
    const cJSON *facts = held ? facts_of(reading, held, native) : NULL;
    if (!facts) {
        return 0;
    }
    uint64_t bytes = bp_byte_ranges_total(&held->ghost.ranges);
    if (bytes > reading->bytes_left) {
        return bp_fail(err, BP_E_LIMIT, "its ghosts are larger than %llu MiB",
                       (unsigned long long)(BP_GHOSTS_READ_LIMIT >> 20));
    }
    reading->bytes_left -= bytes;
    take_over(entry, facts);
    if (!native) {
        bp_library_put_size(entry, held->ghost.size);
    }
    return 0;
}

int bp_ghosts_apply(cJSON *snapshot, struct bp_err *err) {
    const cJSON *list = bp_json_get(snapshot, "ghosts");
    struct reading reading = {.snapshot = snapshot, .bytes_left = BP_GHOSTS_READ_LIMIT};
    if (!list) {
        return 0;
    }
    int result = read_ghosts(&reading, list, err);
    if (result == 0) {
        result = visit_libraries(snapshot, read_again, &reading, err);
    }
    for (size_t i = 0; i < reading.count; i++) {
        bp_ghost_free(&reading.items[i].ghost);
        cJSON_Delete(reading.items[i].facts[0]);
        cJSON_Delete(reading.items[i].facts[1]);
    }
    free(reading.items);
    return result;
}
