#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/binary/binary.h"
#include "probe/binary/ld_cache.h"
#include "probe/host.h"
#include "probe/libc.h"

static const char soname[] = "libstdc++.so.6";

/* Whom the library is looked for: programs of this architecture; NULL: any. */
struct wanted {
    const struct bp_root *root;
    const char *machine;
    unsigned bits;
};

/* The facts of the library at `path`, or NULL where it is none for these programs. */
static cJSON *describe(const struct wanted *wanted, const char *path) {
    static const struct bp_binary_wishes wishes = {.version_definitions = true};
    cJSON *binary = bp_binary_facts(wanted->root, path, &wishes, NULL);
    cJSON *object = NULL;
    if (binary &&
        (!wanted->machine || bp_equal(bp_json_text(binary, "machine"), wanted->machine))) {
        const cJSON *provides = bp_json_get(binary, "provides");
        object = cJSON_CreateObject();
        bp_json_set_text(object, "path", path);
        bp_json_set_text(object, "glibcxx", bp_json_text(provides, "GLIBCXX"));
        bp_json_set_text(object, "cxxabi", bp_json_text(provides, "CXXABI"));
    }
    cJSON_Delete(binary);
    return object;
}

/* The loader asks its cache first, where a library of one's own may stand before the system's. */
static cJSON *find_in_cache(const struct wanted *wanted) {
    struct bp_ld_cache cache = {0};
    cJSON *object = NULL;
    if (bp_ld_cache_read(&cache, wanted->root, BP_LD_CACHE_PATH, NULL) == 0) {
        for (size_t i = 0; i < cache.count && !object; i++) {
            const struct bp_ld_cache_entry *entry = &cache.entries[i];
            if (bp_equal(entry->soname, soname) && !entry->subfolder &&
                bp_ld_cache_fits(entry->flags, wanted->machine, wanted->bits)) {
                object = describe(wanted, entry->path);
            }
        }
    }
    bp_ld_cache_close(&cache);
    return object;
}

/* Where there is no cache (musl, an image not finished): beside libc or in a usual folder. */
static cJSON *find_in_folders(const struct wanted *wanted, const char *libc_path) {
    struct bp_strs folders = {0};
    if (libc_path) {
        bp_strs_add_owned(&folders, bp_dir_name(libc_path));
    }
    bp_libc_usual_folders(wanted->machine, &folders);
    cJSON *object = NULL;
    for (size_t i = 0; i < folders.count && !object; i++) {
        char *path = bp_join(folders.items[i], soname);
        object = describe(wanted, path);
        free(path);
    }
    bp_strs_free(&folders);
    return object;
}

void bp_collect_libstdcxx(const struct bp_probe *probe, struct bp_facts *facts,
                          const char *libc_path, const char *kernel_machine) {
    /* A 64-bit kernel may run a 32-bit system: libc knows what programs are here. */
    char *machine = libc_path ? bp_binary_machine(probe->root, libc_path) : NULL;
    struct wanted wanted = {
        .root = probe->root,
        .machine = machine ? machine : kernel_machine,
    };
    if (wanted.machine) {
        wanted.bits = bp_equal(wanted.machine, "i686") || bp_equal(wanted.machine, "arm") ||
                              bp_starts_with(wanted.machine, "armv")
                          ? 32
                          : 64;
    }
    cJSON *object = find_in_cache(&wanted);
    if (!object) {
        object = find_in_folders(&wanted, libc_path);
    }
    /* A null says that none was found: looked for, and not there. */
    bp_facts_put(facts, "/host/libstdcxx", object ? object : cJSON_CreateNull());
    free(machine);
}
