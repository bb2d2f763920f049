/* A release as the snapshot's `bitsandbytes` section shows an installed one. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "base/version.h"
#include "checks/release_tables.h"
#include "checks/releases.h"

/* Places of a library's facts in its row. */
enum column {
    COLUMN_NAME,
    COLUMN_SIZE,
    COLUMN_KIND,
    COLUMN_NEEDED,
    COLUMN_DELAY_NEEDED,
    COLUMN_FOLDERS,
    COLUMN_VERSIONS,
    COLUMN_GPU_CODE,
    COLUMN_EXPORTS,
    COLUMN_COUNT
};

/* Those of a package's files that tell eras apart (checks/loader/era.c). */
static const char *const marker_names[] = {
    "cuda_setup_main", "cuda_setup_paths", "cuda_specs", "ops",     "backends",
    "research",        "backends_mps",     "npu_specs",  "py_typed"};

static void put_copy(cJSON *object, const char *key, const cJSON *value) {
    cJSON_AddItemToObject(object, key, value ? cJSON_Duplicate(value, true) : cJSON_CreateNull());
}

/* Keeps the higher of what is there and what `name` asks: GLIBC_2.14 asks 2.14 of GLIBC. */
static void note_version(cJSON *highest, const char *name) {
    const char *underline = name ? strrchr(name, '_') : NULL;
    const char *number = underline ? underline + 1 : NULL;
    if (!number || !bp_version_valid(number)) {
        return;
    }
    char *family = bp_strndup(name, (size_t)(underline - name));
    const char *kept = bp_json_text(highest, family);
    int order;
    if (!kept || (bp_version_compare(kept, number, &order) && order < 0)) {
        cJSON_DeleteItemFromObjectCaseSensitive(highest, family);
        bp_json_set_text(highest, family, number);
    }
    free(family);
}

/* From [[library, [version ...]] ...]: what is needed, and the highest of each family. */
static void put_versions(cJSON *library, const cJSON *versions) {
    cJSON *needs = cJSON_AddArrayToObject(library, "version_needs");
    cJSON *highest = cJSON_AddObjectToObject(library, "requires");
    const cJSON *row;
    cJSON_ArrayForEach(row, versions) {
        cJSON *need = cJSON_CreateObject();
        const cJSON *asked = cJSON_GetArrayItem(row, 1);
        const cJSON *version;
        put_copy(need, "library", cJSON_GetArrayItem(row, 0));
        put_copy(need, "versions", asked);
        cJSON_AddItemToArray(needs, need);
        cJSON_ArrayForEach(version, asked) {
            note_version(highest, cJSON_GetStringValue(version));
        }
    }
}

/* From ["cubin sm_90", ...]. */
static void put_gpu_code(cJSON *library, const cJSON *codes) {
    if (!codes) {
        cJSON_AddNullToObject(library, "gpu_code");
        return;
    }
    cJSON *list = cJSON_AddArrayToObject(library, "gpu_code");
    const cJSON *code;
    cJSON_ArrayForEach(code, codes) {
        const char *kind = cJSON_GetStringValue(code);
        const char *space = kind ? strchr(kind, ' ') : NULL;
        if (space) {
            cJSON *entry = cJSON_CreateObject();
            char *word = bp_strndup(kind, (size_t)(space - kind));
            bp_json_set_text(entry, "kind", word);
            bp_json_set_text(entry, "target", space + 1);
            cJSON_AddItemToArray(list, entry);
            free(word);
        }
    }
}

static bool lists(const cJSON *array, const char *word) {
    const cJSON *item;
    cJSON_ArrayForEach(item, array) {
        if (bp_equal(cJSON_GetStringValue(item), word)) {
            return true;
        }
    }
    return false;
}

static void put_symbols(cJSON *library, const cJSON *looked_for, const cJSON *exports) {
    if (!exports) {
        cJSON_AddNullToObject(library, "symbols");
        return;
    }
    cJSON *symbols = cJSON_AddObjectToObject(library, "symbols");
    const cJSON *name;
    cJSON_ArrayForEach(name, looked_for) {
        const char *symbol = cJSON_GetStringValue(name);
        if (symbol) {
            bp_json_set_bool(symbols, symbol, lists(exports, symbol));
        }
    }
}

static void put_kind(cJSON *library, const cJSON *kind, const char *name) {
    const cJSON *soname = bp_json_get(kind, "soname");
    put_copy(library, "format", bp_json_get(kind, "format"));
    put_copy(library, "bits", bp_json_get(kind, "bits"));
    bp_json_set_bool(library, "big_endian", false);
    put_copy(library, "machine", bp_json_get(kind, "machine"));
    bp_json_set_text(library, "soname", cJSON_IsTrue(soname) ? name : cJSON_GetStringValue(soname));
}

static cJSON *library_of(const struct bp_releases *releases, const cJSON *row, const char *folder) {
    const cJSON *columns[COLUMN_COUNT] = {0};
    const cJSON *item;
    size_t count = 0;
    cJSON_ArrayForEach(item, row) {
        if (count < COLUMN_COUNT) {
            columns[count++] = item;
        }
    }
    const char *name = cJSON_GetStringValue(columns[COLUMN_NAME]);
    const cJSON *folders = bp_table_at(&releases->folders, columns[COLUMN_FOLDERS]);
    cJSON *library = cJSON_CreateObject();
    bp_json_set_text(library, "name", name);
    if (folder && name) {
        char *path = bp_join(folder, name);
        bp_json_set_text(library, "path", path);
        free(path);
    }
    put_copy(library, "size_bytes", columns[COLUMN_SIZE]);
    bp_json_set_bool(library, "in_record", true);
    put_kind(library, bp_table_at(&releases->kinds, columns[COLUMN_KIND]), name);
    put_copy(library, "needed", bp_table_at(&releases->lists, columns[COLUMN_NEEDED]));
    put_copy(library, "delay_needed", bp_table_at(&releases->lists, columns[COLUMN_DELAY_NEEDED]));
    put_copy(library, "rpath", bp_json_get(folders, "rpath"));
    put_copy(library, "runpath", bp_json_get(folders, "runpath"));
    put_versions(library, bp_table_at(&releases->versions, columns[COLUMN_VERSIONS]));
    put_gpu_code(library, bp_table_at(&releases->gpu_code, columns[COLUMN_GPU_CODE]));
    put_symbols(library, bp_json_get(releases->document, "symbols"),
                bp_table_at(&releases->exports, columns[COLUMN_EXPORTS]));
    return library;
}

static void put_tag(cJSON *package, const char *platform) {
    struct bp_strs platforms = {0};
    cJSON *tags = cJSON_AddArrayToObject(package, "wheel_tags");
    bp_strs_split(&platforms, platform, '.', false);
    for (size_t i = 0; i < platforms.count; i++) {
        char *tag = bp_format("py3-none-%s", platforms.items[i]);
        cJSON_AddItemToArray(tags, cJSON_CreateString(tag));
        free(tag);
    }
    bp_strs_free(&platforms);
}

/* The library of that row in that folder, made once. Owned by the releases. */
static const cJSON *shared_library(const struct bp_releases *releases, const cJSON *row,
                                   const char *folder) {
    struct bp_made_libraries *made = releases->made;
    for (size_t i = 0; i < made->count; i++) {
        const struct bp_made_library *one = &made->items[i];
        if (one->row == row && (one->folder == folder || bp_equal(one->folder, folder))) {
            return one->library;
        }
    }
    if (made->count == made->capacity) {
        made->capacity = made->capacity ? 2 * made->capacity : 64;
        made->items = bp_realloc_array(made->items, made->capacity, sizeof *made->items);
    }
    struct bp_made_library *one = &made->items[made->count++];
    *one = (struct bp_made_library){row, bp_strdup(folder), library_of(releases, row, folder)};
    return one->library;
}

static cJSON *package_of(const struct bp_releases *releases, const char *version,
                         const char *platform, const char *folder, bool shared) {
    struct bp_release release;
    if (!bp_release_find(releases, version, &release) || !platform) {
        return NULL;
    }
    const cJSON *places = bp_json_get(release.wheels, platform);
    if (!places) {
        return NULL;
    }
    cJSON *package = cJSON_CreateObject();
    bp_json_set_bool(package, "installed", true);
    bp_json_set_text(package, "version", release.version);
    if (folder) {
        bp_json_set_text(package, "path", folder);
    }
    bp_json_set_text(package, "distribution", "bitsandbytes");
    bp_json_set_bool(package, "editable", false);
    put_tag(package, platform);
    cJSON_AddNullToObject(package, "source_checkout");
    cJSON *markers = cJSON_AddObjectToObject(package, "markers");
    for (size_t i = 0; i < sizeof marker_names / sizeof *marker_names; i++) {
        bp_json_set_bool(markers, marker_names[i], lists(release.markers, marker_names[i]));
    }
    cJSON *libraries = cJSON_AddArrayToObject(package, "native_libraries");
    const cJSON *place;
    cJSON_ArrayForEach(place, places) {
        const cJSON *row = bp_table_at(&releases->libraries, place);
        if (row) {
            cJSON *library =
                shared ? cJSON_CreateObjectReference(shared_library(releases, row, folder)->child)
                       : library_of(releases, row, folder);
            cJSON_AddItemToArray(libraries, library);
        }
    }
    return package;
}

cJSON *bp_release_package(const struct bp_releases *releases, const char *version,
                          const char *platform, const char *folder) {
    return package_of(releases, version, platform, folder, false);
}

cJSON *bp_release_package_shared(const struct bp_releases *releases, const char *version,
                                 const char *platform, const char *folder) {
    return package_of(releases, version, platform, folder, true);
}
