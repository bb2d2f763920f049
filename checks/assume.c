#include "checks/assume.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/version.h"
#include "checks/assume/parts.h"
#include "checks/releases.h"

static int check_release(const struct bp_assumed *assumed, const struct bp_releases *releases,
                         struct bp_err *err) {
    const char *value = assumed->values[BP_ASSUME_BITSANDBYTES];
    struct bp_release release;
    if (!value || !bp_version_valid(value) || bp_release_find(releases, value, &release)) {
        return 0;
    }
    return bp_fail(err, BP_E_FORMAT,
                   "bitsandbytes %s is no release that is known here; the newest is %s", value,
                   bp_releases_count(releases) ? bp_release_at(releases, 0).version : "none");
}

int bp_assume_check(const struct bp_strs *assumptions, const struct bp_releases *releases,
                    struct bp_err *err) {
    struct bp_assumed assumed = {0};
    int result = bp_assumed_read(&assumed, assumptions, err);
    if (result == 0 && releases) {
        result = check_release(&assumed, releases, err);
    }
    bp_assumed_free(&assumed);
    return result;
}

/* --- changing the snapshot --- */

cJSON *bp_assume_copy(const cJSON *snapshot) {
    cJSON *copy = cJSON_CreateObject();
    cJSON *section;
    /* cJSON's reference takes a pointer to change, although nothing is changed through it. */
    for (section = snapshot ? snapshot->child : NULL; section; section = section->next) {
        cJSON_AddItemReferenceToObject(copy, section->string, section);
    }
    return copy;
}

cJSON *bp_assuming_section(struct bp_assuming *assuming, const char *name) {
    cJSON *section = cJSON_GetObjectItemCaseSensitive(assuming->snapshot, name);
    if (section && cJSON_IsObject(section) && !(section->type & cJSON_IsReference)) {
        return section;
    }
    cJSON *own = cJSON_IsObject(section) ? cJSON_Duplicate(section, true) : cJSON_CreateObject();
    if (section) {
        cJSON_ReplaceItemInObjectCaseSensitive(assuming->snapshot, name, own);
    } else {
        cJSON_AddItemToObject(assuming->snapshot, name, own);
    }
    return own;
}

cJSON *bp_assuming_map(struct bp_assuming *assuming, const char *name, const char *map) {
    const cJSON *section = bp_json_get(assuming->snapshot, name);
    if (section && (section->type & cJSON_IsReference)) {
        cJSON *own = bp_assume_copy(section);
        cJSON *own_map = bp_assume_copy(bp_json_get(section, map));
        cJSON_ReplaceItemInObjectCaseSensitive(own, map, own_map);
        cJSON_ReplaceItemInObjectCaseSensitive(assuming->snapshot, name, own);
    }
    return cJSON_GetObjectItemCaseSensitive(bp_assuming_section(assuming, name), map);
}

void bp_assuming_put(struct bp_assuming *assuming, const char *pointer, cJSON *value) {
    const char *rest = pointer;
    char *name = bp_pointer_next(&rest);
    bp_json_put(bp_assuming_section(assuming, name), rest, value);
    free(name);
}

void bp_assuming_forget(struct bp_assuming *assuming, const char *pointer, const char *reason) {
    if (bp_json_at(assuming->snapshot, pointer)) {
        if (strchr(pointer + 1, '/')) {
            bp_assuming_put(assuming, pointer, cJSON_CreateNull());
        } else {
            cJSON_DeleteItemFromObjectCaseSensitive(assuming->snapshot, pointer + 1);
        }
    }
    if (!bp_json_get(assuming->unknown, pointer)) {
        bp_json_set_text(assuming->unknown, pointer, reason);
    }
}

/* The interpreter of the package, for the subjects to change. */
static void find_interpreter(struct bp_assuming *assuming) {
    double index =
        bp_json_number(bp_json_get(assuming->snapshot, "bitsandbytes"), "interpreter", 0);
    cJSON *python = bp_assuming_section(assuming, "python");
    cJSON *list = cJSON_GetObjectItemCaseSensitive(python, "interpreters");
    if (!cJSON_IsArray(list)) {
        list = cJSON_CreateArray();
        bp_json_put(python, "/interpreters", list);
    }
    int count = cJSON_GetArraySize(list);
    int at = index >= 0 && index < count ? (int)index : 0;
    if (count == 0) {
        cJSON_AddItemToArray(list, cJSON_CreateObject());
    }
    assuming->interpreter = cJSON_GetArrayItem(list, at);
    if (!cJSON_IsObject(assuming->interpreter)) {
        cJSON_ReplaceItemInArray(list, at, cJSON_CreateObject());
        assuming->interpreter = cJSON_GetArrayItem(list, at);
    }
}

/* What was assumed stands beside the collectors: it is where these facts come from. */
static void record(struct bp_assuming *assuming, const struct bp_strs *assumptions) {
    cJSON *before = bp_assumed(assuming->snapshot);
    struct bp_str detail = BP_STR_EMPTY;
    const cJSON *item;
    cJSON_ArrayForEach(item, before) {
        bp_str_addf(&detail, "%s%s", detail.length ? "\n" : "", cJSON_GetStringValue(item));
    }
    for (size_t i = 0; i < assumptions->count; i++) {
        bp_str_addf(&detail, "%s%s", detail.length ? "\n" : "", assumptions->items[i]);
    }
    cJSON *collector = cJSON_CreateObject();
    bp_json_set_text(collector, "status", "ok");
    bp_json_set_number(collector, "ms", 0);
    bp_json_set_text(collector, "detail", detail.data);
    cJSON_AddItemToObject(collector, "unknown", assuming->unknown);
    bp_assuming_put(assuming, "/collectors/assumed", collector);
    cJSON_Delete(before);
    bp_str_free(&detail);
}

cJSON *bp_assumed(const cJSON *snapshot) {
    const char *detail = bp_json_text_at(snapshot, "/collectors/assumed/detail");
    struct bp_strs lines = {0};
    if (!detail) {
        return NULL;
    }
    bp_strs_split(&lines, detail, '\n', false);
    cJSON *list = bp_json_of_strs(&lines);
    bp_strs_free(&lines);
    return list;
}

static int assume(cJSON *snapshot, const struct bp_strs *assumptions,
                  const struct bp_releases *releases, bool shares, struct bp_err *err) {
    struct bp_assumed assumed = {0};
    struct bp_assuming assuming = {
        .snapshot = snapshot, .releases = releases, .assumed = &assumed, .shares = shares};
    int result = bp_assumed_read(&assumed, assumptions, err);
    if (result == 0) {
        assuming.unknown = cJSON_CreateObject();
        find_interpreter(&assuming);
        bp_assume_platform(&assuming);
        bp_assume_libc(&assuming);
        bp_assume_python(&assuming);
        bp_assume_variables(&assuming);
        bp_assume_gpu(&assuming);
        bp_assume_driver(&assuming);
        bp_assume_torch(&assuming);
        bp_assume_libraries(&assuming);
        result = bp_assume_package(&assuming, err);
        record(&assuming, assumptions);
    }
    bp_assumed_free(&assumed);
    return result;
}

int bp_assume(cJSON *snapshot, const struct bp_strs *assumptions,
              const struct bp_releases *releases, struct bp_err *err) {
    return assume(snapshot, assumptions, releases, false, err);
}

int bp_assume_shared(cJSON *copy, const struct bp_strs *assumptions,
                     const struct bp_releases *releases, struct bp_err *err) {
    return assume(copy, assumptions, releases, true, err);
}
