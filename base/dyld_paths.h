/*
 * Where dyld looks for a library that a Mach-O file needs, in its order (dyld(1)): the folders
 * of DYLD_LIBRARY_PATH by file name, then the name as it stands in the file with @loader_path,
 * @executable_path and @rpath replaced, then the fallback folders by file name.
 */
#ifndef BP_BASE_DYLD_PATHS_H
#define BP_BASE_DYLD_PATHS_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

struct bp_dyld_search {
    /*
     * Header facts ("path", "real_path", "rpath") of the file that needs the library, and then
     * of those whose LC_RPATH counts as well: what loaded it, up to the program.
     */
    const cJSON *images[2];
    const char *program;        /* real path of the program's file; NULL: not known */
    const cJSON *library_path;  /* of DYLD_LIBRARY_PATH, an array of folders, or NULL */
    const cJSON *fallback_path; /* of DYLD_FALLBACK_LIBRARY_PATH, the same */
};

struct bp_dyld_place {
    char *path;       /* absolute */
    const char *rule; /* for a person */
};

struct bp_dyld_places {
    struct bp_dyld_place *items;
    size_t count;
};

/* The paths at which dyld looks for `library`, each once. Free with bp_dyld_places_free. */
struct bp_dyld_places bp_dyld_places_of(const struct bp_dyld_search *search, const char *library);
void bp_dyld_places_free(struct bp_dyld_places *places);

/*
 * Whether it is part of every macOS, although since macOS 11 it stands in the shared cache
 * and not in a file of its own: what lies in /usr/lib or below /System.
 */
bool bp_dyld_is_system(const char *library);

#endif
