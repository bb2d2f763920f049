/* What is the same on every system: made of what the systems' own files do. */
#include "probe/os/files.h"

#include <stdlib.h>

#include "base/memory.h"

char *bp_root_read_line(const struct bp_root *root, const char *path, struct bp_err *err) {
    struct bp_str text = BP_STR_EMPTY;
    if (bp_root_read(root, path, 0, &text, err) != 0) {
        bp_str_free(&text);
        return NULL;
    }
    char *line = bp_strdup(bp_trim(text.data));
    bp_str_free(&text);
    return line;
}

bool bp_root_is_file(const struct bp_root *root, const char *path) {
    struct bp_file_status status;
    return bp_root_status(root, path, &status, NULL) == 0 && status.kind == BP_FILE_REGULAR;
}

bool bp_root_is_folder(const struct bp_root *root, const char *path) {
    struct bp_file_status status;
    return bp_root_status(root, path, &status, NULL) == 0 && status.kind == BP_FILE_FOLDER;
}

bool bp_root_holds(const struct bp_root *root, const char *folder, const char *name) {
    struct bp_file_status status;
    char *path = bp_join(folder, name);
    bool there = bp_root_status(root, path, &status, NULL) == 0;
    free(path);
    return there;
}

int bp_root_list(const struct bp_root *root, const char *path, size_t limit, struct bp_strs *names,
                 struct bp_err *err) {
    int result = bp_root_list_unsorted(root, path, limit, names, err);
    bp_strs_sort(names);
    return result;
}

int bp_root_begin_reading(const struct bp_root *root, const char *path, struct bp_err *err) {
    if (root->left_out && bp_strs_has(root->left_out, path)) {
        return bp_fail(err, BP_E_UNSAFE, "%s was not read: it was the end of the one who read it",
                       path);
    }
    bp_reading_note(root->reading, path);
    return 0;
}
