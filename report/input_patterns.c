#include <stdlib.h>

#include "base/memory.h"
#include "report/input.h"
#include "report/named_files.h"

static void list_json_files(const char *folder, struct bp_strs *names, struct bp_strs *problems) {
    struct bp_strs all = {0};
    struct bp_err err = {0};
    if (bp_named_list(folder, &all, &err) != 0) {
        char *shown = bp_input_shown(folder);
        bp_strs_add_owned(problems, bp_format("%s: cannot be read as a folder of patterns: %s",
                                              shown, bp_err_text(&err)));
        free(shown);
    }
    for (size_t i = 0; i < all.count; i++) {
        if (all.items[i][0] != '.' && bp_ends_with(all.items[i], ".json")) {
            bp_strs_add(names, all.items[i]);
        }
    }
    bp_strs_sort(names);
    bp_strs_free(&all);
    bp_err_clear(&err);
}

static void add_folder(const char *folder, struct bp_catalogue *catalogue,
                       struct bp_strs *problems) {
    struct bp_strs names = {0};
    list_json_files(folder, &names, problems);
    for (size_t i = 0; i < names.count; i++) {
        struct bp_err err = {0};
        struct bp_str bytes = BP_STR_EMPTY;
        char *path = bp_join(folder, names.items[i]);
        if (bp_input_read(path, BP_PATTERN_LIMIT, &bytes, &err) != 0 ||
            bp_catalogue_add(catalogue, names.items[i], bytes.data, bytes.length, &err) != 0) {
            bp_strs_add(problems, bp_err_text(&err));
        }
        free(path);
        bp_str_free(&bytes);
        bp_err_clear(&err);
    }
    bp_strs_free(&names);
}

void bp_input_patterns(const struct bp_strs *folders, struct bp_catalogue *catalogue,
                       struct bp_strs *problems) {
    for (size_t i = 0; i < folders->count; i++) {
        add_folder(folders->items[i], catalogue, problems);
    }
}
