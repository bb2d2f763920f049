#include "probe/library_files.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"

const struct bp_binary_wishes bp_library_wishes = {.version_definitions = true};

/* Where something is wrong with a file, its size decides what the loader says. */
void bp_library_put_size(cJSON *facts, uint64_t size) {
    if (bp_json_text(facts, "error") || !bp_equal(bp_json_text(facts, "format"), "elf")) {
        cJSON_DeleteItemFromObjectCaseSensitive(facts, "size_bytes");
        bp_json_set_number(facts, "size_bytes", (double)size);
    }
}

static cJSON *read_facts(const struct bp_root *root, const char *path, uint64_t size) {
    struct bp_err err = {0};
    cJSON *facts = bp_binary_facts(root, path, &bp_library_wishes, &err);
    if (!facts) {
        facts = bp_binary_no_facts(&err);
    }
    bp_err_clear(&err);
    bp_library_put_size(facts, size);
    return facts;
}

const struct bp_library_file *bp_library_file_at(struct bp_library_files *files,
                                                 const struct bp_root *root, const char *path) {
    struct bp_file_status status;
    if (bp_root_status(root, path, &status, NULL) != 0 || status.kind != BP_FILE_REGULAR) {
        return NULL;
    }
    for (size_t i = 0; i < files->count; i++) {
        if (files->items[i].inode == status.inode && files->items[i].device == status.device) {
            return &files->items[i];
        }
    }
    if (files->count == files->capacity) {
        files->capacity = files->capacity ? 2 * files->capacity : 32;
        files->items = bp_realloc_array(files->items, files->capacity, sizeof *files->items);
    }
    files->items[files->count] =
        (struct bp_library_file){.device = status.device,
                                 .inode = status.inode,
                                 .facts = read_facts(root, path, status.size)};
    return &files->items[files->count++];
}

void bp_library_files_free(struct bp_library_files *files) {
    for (size_t i = 0; i < files->count; i++) {
        cJSON_Delete(files->items[i].facts);
    }
    free(files->items);
    *files = (struct bp_library_files){0};
}
