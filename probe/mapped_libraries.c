/* The bitsandbytes libraries in a process's memory map. */
#include <string.h>

#include "base/json.h"
#include "probe/process.h"
#include "probe/session.h"

struct listing {
    const struct bp_root *root;
    cJSON *list;
};

static bool is_bitsandbytes(const char *name, size_t length) {
    static const char start[] = "libbitsandbytes";
    return length >= strlen(start) && memcmp(name, start, strlen(start)) == 0;
}

/*
 * Whether the file at the path is still the mapped one. On some file systems (btrfs, an
 * overlay) the map shows another device than the file's status does; an equal inode then
 * decides, and where both differ it cannot be told.
 */
static void add_same_file(cJSON *entry, const struct bp_root *root,
                          const struct bp_mapped_file *mapped) {
    struct bp_file_status status;
    bool there = bp_root_status(root, mapped->path, &status, NULL) == 0;
    if (mapped->deleted || !there) {
        bp_json_set_bool(entry, "same_file", false);
    } else if (status.inode == mapped->inode || status.device == mapped->device) {
        bp_json_set_bool(entry, "same_file", status.inode == mapped->inode);
    } else {
        cJSON_AddNullToObject(entry, "same_file");
    }
}

static bool is_listed(const cJSON *list, const struct bp_mapped_file *mapped) {
    const cJSON *entry;
    cJSON_ArrayForEach(entry, list) {
        if (bp_equal(bp_json_text(entry, "path"), mapped->path) &&
            bp_json_is_true(entry, "deleted") == mapped->deleted) {
            return true; /* a library is mapped in several pieces */
        }
    }
    return false;
}

static void add(void *context, const struct bp_mapped_file *mapped) {
    struct listing *listing = context;
    if (is_listed(listing->list, mapped)) {
        return;
    }
    cJSON *entry = cJSON_CreateObject();
    bp_json_set_text(entry, "path", mapped->path);
    bp_json_set_bool(entry, "deleted", mapped->deleted);
    add_same_file(entry, listing->root, mapped);
    cJSON_AddItemToArray(listing->list, entry);
}

cJSON *bp_mapped_libraries(const struct bp_root *root, const char *pid, struct bp_err *err) {
    struct listing listing = {root, cJSON_CreateArray()};
    if (bp_process_mapped(root, pid, is_bitsandbytes, add, &listing, err) != 0) {
        cJSON_Delete(listing.list);
        return NULL;
    }
    return listing.list;
}
