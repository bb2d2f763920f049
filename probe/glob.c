#include "probe/glob.h"

#include <stdlib.h>
#include <string.h>

#include "probe/os/name_match.h"

/* Appends `folder`'s entries that match one part of a pattern. */
static void match_part(const struct bp_root *root, const char *folder, const char *part,
                       struct bp_strs *paths) {
    struct bp_strs names = {0};
    bp_root_list(root, folder, 0, &names, NULL);
    for (size_t i = 0; i < names.count && paths->count < BP_GLOB_LIMIT; i++) {
        if (bp_name_matches(part, names.items[i])) {
            bp_strs_add_owned(paths, bp_join(folder, names.items[i]));
        }
    }
    bp_strs_free(&names);
}

/* Replaces the paths found so far by what one more part makes of them. */
static void take_part(const struct bp_root *root, const char *part, struct bp_strs *paths) {
    struct bp_strs longer = {0};
    for (size_t i = 0; i < paths->count; i++) {
        if (strpbrk(part, "*?[")) {
            match_part(root, paths->items[i], part, &longer);
        } else {
            bp_strs_add_owned(&longer, bp_join(paths->items[i], part));
        }
    }
    bp_strs_free(paths);
    *paths = longer;
}

void bp_root_glob(const struct bp_root *root, const char *folder, const char *pattern,
                  struct bp_strs *paths) {
    struct bp_strs parts = {0};
    struct bp_strs found = {0};
    bp_strs_split(&parts, pattern, '/', false);
    bp_strs_add(&found, folder);
    for (size_t i = 0; i < parts.count; i++) {
        take_part(root, parts.items[i], &found);
    }
    for (size_t i = 0; i < found.count; i++) {
        struct bp_file_status status;
        if (bp_root_status(root, found.items[i], &status, NULL) == 0) {
            bp_strs_add(paths, found.items[i]);
        }
    }
    bp_strs_free(&found);
    bp_strs_free(&parts);
}
