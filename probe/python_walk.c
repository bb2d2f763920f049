#include "probe/python_walk.h"

#include <stdlib.h>

#include "base/memory.h"
#include "probe/python_root.h"

/* A folder of homes on a big server must not make this endless. */
static const size_t names_limit = 512;

static bool is_passed_over(const struct bp_python_walk *walk, const char *name) {
    return walk->passed_over && walk->same_name(name, walk->passed_over);
}

void bp_python_walk_below(const struct bp_python_walk *walk, const char *base, int levels) {
    struct bp_strs names = {0};
    bp_root_list(walk->probe->root, base, names_limit, &names, NULL);
    for (size_t i = 0; i < names.count && walk->list->count < bp_python_root_limit; i++) {
        char *folder = bp_join(base, names.items[i]);
        if (!is_passed_over(walk, names.items[i]) && bp_root_is_folder(walk->probe->root, folder) &&
            !walk->look_at(walk->probe, walk->list, folder) && levels > 0) {
            bp_python_walk_below(walk, folder, levels - 1);
        }
        free(folder);
    }
    bp_strs_free(&names);
}

static bool is_one_of(const struct bp_python_walk *walk, const char *name,
                      const char *const *names) {
    for (size_t i = 0; names[i]; i++) {
        if (walk->same_name(name, names[i])) {
            return true;
        }
    }
    return false;
}

void bp_python_walk_top(const struct bp_python_walk *walk, const char *top,
                        const char *const *system_folders, int levels) {
    struct bp_strs names = {0};
    bp_root_list(walk->probe->root, top, names_limit, &names, NULL);
    for (size_t i = 0; i < names.count; i++) {
        char *folder = bp_join(top, names.items[i]);
        if (!is_one_of(walk, names.items[i], system_folders) &&
            !walk->look_at(walk->probe, walk->list, folder)) {
            bp_python_walk_below(walk, folder, levels);
        }
        free(folder);
    }
    bp_strs_free(&names);
}

void bp_python_walk_collections(const struct bp_python_walk *walk, const char *home,
                                const char *const *collections) {
    for (size_t i = 0; collections[i]; i++) {
        char *folder = bp_join(home, collections[i]);
        bp_python_walk_below(walk, folder, 0);
        free(folder);
    }
}

void bp_python_walk_add_asked(const struct bp_probe *probe, struct bp_interpreters *list,
                              const char *asked, const char *program) {
    if (program && bp_root_is_file(probe->root, program)) {
        bp_python_root_add(probe, list, program, asked);
        return;
    }
    struct bp_interpreter *interpreter = bp_interpreters_add(list);
    interpreter->asked = bp_strdup(asked);
    interpreter->chosen_because = bp_strdup("asked for");
    interpreter->error = bp_format("there is no program %s in %s", asked, probe->root->path);
}
