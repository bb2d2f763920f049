#include "probe/python.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"

struct bp_interpreter *bp_interpreters_add(struct bp_interpreters *list) {
    list->items = bp_realloc_array(list->items, list->count + 1, sizeof *list->items);
    struct bp_interpreter *added = &list->items[list->count++];
    memset(added, 0, sizeof *added);
    return added;
}

static void interpreter_free(struct bp_interpreter *interpreter) {
    free(interpreter->asked);
    free(interpreter->chosen_because);
    free(interpreter->executable);
    free(interpreter->shim);
    free(interpreter->error);
    free(interpreter->implementation);
    free(interpreter->version);
    free(interpreter->base_prefix);
    free(interpreter->base_exec_prefix);
    free(interpreter->library_folder);
    bp_strs_free(&interpreter->core_path);
    free(interpreter->path_file);
    free(interpreter->prefix);
    bp_strs_free(&interpreter->search_path);
    bp_strs_free(&interpreter->site_folders);
    free(interpreter->user_site);
    free(interpreter->standard_library);
    bp_strs_free(&interpreter->code_paths);
}

void bp_interpreters_free(struct bp_interpreters *list) {
    for (size_t i = 0; i < list->count; i++) {
        interpreter_free(&list->items[i]);
    }
    free(list->items);
    *list = (struct bp_interpreters){0};
}

char *bp_working_folder(const struct bp_probe *probe) {
    return probe->root->live ? bp_current_folder() : NULL;
}

/* The length of "C:" where `path` begins as a path on a drive, else 0. */
static size_t drive_length(const char *path) {
    bool drive = isalpha((unsigned char)path[0]) && path[1] == ':' &&
                 (path[2] == '/' || path[2] == '\\' || path[2] == '\0');
    return drive ? 2 : 0;
}

/* `path` taken from `folder`, with the drive of either in front; backslashes turned on a drive. */
static char *absolute_path(const char *folder, const char *path) {
    size_t drive = drive_length(path) ? 0 : drive_length(folder);
    bool from_top = path[0] == '/' || (drive && path[0] == '\\');
    char *whole = drive_length(path) ? bp_strdup(path)
                  : from_top         ? bp_format("%.*s%s", (int)drive, folder, path)
                                     : bp_join(folder, path);
    for (char *at = whole; drive_length(whole) && *at; at++) {
        *at = *at == '\\' ? '/' : *at;
    }
    return whole;
}

char *bp_path_normal(const char *folder, const char *path) {
    char *whole = absolute_path(folder ? folder : "/", path);
    size_t drive = drive_length(whole);
    struct bp_strs parts = {0};
    struct bp_strs kept = {0};
    bp_strs_split(&parts, whole + drive, '/', false);
    for (size_t i = 0; i < parts.count; i++) {
        if (bp_equal(parts.items[i], ".")) {
            continue;
        }
        if (!bp_equal(parts.items[i], "..")) {
            bp_strs_add(&kept, parts.items[i]);
        } else if (kept.count > 0) {
            free(kept.items[--kept.count]);
        }
    }
    struct bp_str normal = BP_STR_EMPTY;
    bp_str_add_bytes(&normal, whole, drive);
    for (size_t i = 0; i < kept.count; i++) {
        bp_str_add_char(&normal, '/');
        bp_str_add(&normal, kept.items[i]);
    }
    if (normal.length == drive) {
        bp_str_add_char(&normal, '/');
    }
    bp_strs_free(&kept);
    bp_strs_free(&parts);
    free(whole);
    return bp_str_detach(&normal);
}

/* Letter for letter, except that on a drive capitals do not count. */
static bool begins_alike(const char *path, const char *folder, size_t length) {
    return drive_length(folder) ? strncasecmp(path, folder, length) == 0
                                : strncmp(path, folder, length) == 0;
}

bool bp_path_inside(const char *path, const char *folder) {
    size_t length = strlen(folder);
    while (length > 0 && folder[length - 1] == '/') {
        length--;
    }
    return begins_alike(path, folder, length) && (path[length] == '/' || path[length] == '\0');
}
