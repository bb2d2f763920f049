/* The bitsandbytes libraries in a process's memory map: proc(5), /proc/PID/maps. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/lines.h"
#include "probe/session.h"

#define MAPS_LIMIT ((size_t)16 << 20)

static const char library_name[] = "/libbitsandbytes";
static const char deleted_mark[] = " (deleted)";

/* One mapping of a file: "start-end flags offset major:minor inode   path". */
struct mapping {
    uint64_t device;
    uint64_t inode;
    char *path; /* owned; without the mark that the file was deleted */
    bool deleted;
};

static bool parse(const char *line, struct mapping *mapping) {
    unsigned major_number;
    unsigned minor_number;
    int path_at = 0;
    if (sscanf(line, "%*s %*s %*s %x:%x %" SCNu64 " %n", &major_number, &minor_number,
               &mapping->inode, &path_at) != 3 ||
        line[path_at] != '/') {
        return false;
    }
    mapping->device = makedev(major_number, minor_number);
    mapping->path = bp_strdup(line + path_at);
    mapping->deleted = bp_ends_with(mapping->path, deleted_mark);
    if (mapping->deleted) {
        mapping->path[strlen(mapping->path) - strlen(deleted_mark)] = '\0';
    }
    return true;
}

/*
 * Whether the file at the path is still the mapped one. On some file systems (btrfs, an
 * overlay) the map shows another device than the file's status does; an equal inode then
 * decides, and where both differ it cannot be told.
 */
static void add_same_file(cJSON *entry, const struct bp_root *root, const struct mapping *mapping) {
    struct bp_file_status status;
    bool there = bp_root_status(root, mapping->path, &status, NULL) == 0;
    if (mapping->deleted || !there) {
        bp_json_set_bool(entry, "same_file", false);
    } else if (status.inode == mapping->inode || status.device == mapping->device) {
        bp_json_set_bool(entry, "same_file", status.inode == mapping->inode);
    } else {
        cJSON_AddNullToObject(entry, "same_file");
    }
}

static bool is_listed(const cJSON *list, const struct mapping *mapping) {
    const cJSON *entry;
    cJSON_ArrayForEach(entry, list) {
        if (bp_equal(bp_json_text(entry, "path"), mapping->path) &&
            bp_json_is_true(entry, "deleted") == mapping->deleted) {
            return true; /* a library is mapped in several pieces */
        }
    }
    return false;
}

cJSON *bp_mapped_libraries(const struct bp_root *root, const char *pid, struct bp_err *err) {
    struct bp_str text = BP_STR_EMPTY;
    char *path = bp_format("/proc/%s/maps", pid);
    cJSON *list = NULL;
    if (bp_root_read(root, path, MAPS_LIMIT, &text, err) == 0) {
        struct bp_lines lines = bp_lines_of(&text);
        list = cJSON_CreateArray();
        while (bp_lines_next(&lines)) {
            if (!memmem(lines.line, lines.length, library_name, sizeof library_name - 1)) {
                continue;
            }
            char *line = bp_strndup(lines.line, lines.length);
            struct mapping mapping = {0};
            if (parse(line, &mapping) && !is_listed(list, &mapping)) {
                cJSON *entry = cJSON_CreateObject();
                bp_json_set_text(entry, "path", mapping.path);
                bp_json_set_bool(entry, "deleted", mapping.deleted);
                add_same_file(entry, root, &mapping);
                cJSON_AddItemToArray(list, entry);
            }
            free(mapping.path);
            free(line);
        }
    }
    free(path);
    bp_str_free(&text);
    return list;
}
