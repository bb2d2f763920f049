#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/input.h"

static int list_json_files(const char *folder, struct bp_strs *names, struct bp_strs *problems) {
    DIR *stream = opendir(folder);
    if (!stream) {
        char *shown = bp_input_shown(folder);
        bp_strs_add_owned(problems, bp_format("%s: cannot be read as a folder of patterns: %s",
                                              shown, strerror(errno)));
        free(shown);
        return -1;
    }
    for (const struct dirent *entry; (entry = readdir(stream)) != NULL;) {
        if (entry->d_name[0] != '.' && bp_ends_with(entry->d_name, ".json")) {
            bp_strs_add(names, entry->d_name);
        }
    }
    closedir(stream);
    bp_strs_sort(names);
    return 0;
}

/* The last id that the catalogue took from `name`: its file is named after it. */
static void note_added(const char *name, struct bp_strs *added) {
    bp_strs_add_owned(added, bp_strndup(name, strlen(name) - strlen(".json")));
}

int bp_input_patterns(const char *folder, struct bp_catalogue *catalogue, struct bp_strs *added,
                      struct bp_strs *problems) {
    struct bp_strs names = {0};
    if (list_json_files(folder, &names, problems) != 0) {
        return -1;
    }
    int count = (int)names.count;
    for (size_t i = 0; i < names.count; i++) {
        struct bp_err err = {0};
        struct bp_str bytes = BP_STR_EMPTY;
        char *path = bp_join(folder, names.items[i]);
        if (bp_input_read(path, BP_PATTERN_LIMIT, &bytes, &err) == 0 &&
            bp_catalogue_add(catalogue, names.items[i], bytes.data, bytes.length, &err) == 0) {
            note_added(names.items[i], added);
        } else {
            bp_strs_add(problems, bp_err_text(&err));
        }
        free(path);
        bp_str_free(&bytes);
        bp_err_clear(&err);
    }
    bp_strs_free(&names);
    return count;
}
