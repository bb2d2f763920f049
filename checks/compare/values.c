#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "checks/compare/shorten.h"
#include "checks/compare/value.h"

/* The copies of a package in their order: the first is the one that is imported. */
static char *copies_words(const cJSON *copies, const char *members,
                          const struct bp_compare_view *view) {
    struct bp_str words = BP_STR_EMPTY;
    const cJSON *copy;
    cJSON_ArrayForEach(copy, copies) {
        char *one = bp_compare_row(copy, members, view);
        bp_str_addf(&words, "%s%s", words.length ? ", before " : "", one ? one : "of no version");
        free(one);
    }
    return words.length ? bp_str_detach(&words) : NULL;
}

/* Which devices a process of a job is given is noise; how many, or none, is not. */
static char *devices_words(const char *list) {
    static const char *const none[] = {"", "-1", "none", "void", "NoDevFiles"};
    struct bp_strs devices = {0};
    size_t count = 0;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        if (bp_equal(list, none[i])) {
            return bp_strdup("no device");
        }
    }
    bp_strs_split(&devices, list, ',', false);
    /* The driver takes no notice of what stands after one that is not there. */
    while (count < devices.count && !bp_equal(devices.items[count], "-1")) {
        count++;
    }
    bool all = bp_equal(list, "all");
    bp_strs_free(&devices);
    return all ? bp_strdup("all") : bp_format("%zu device%s", count, count == 1 ? "" : "s");
}

static char *variable_words(const cJSON *variable, const struct bp_compare_view *view) {
    const char *text = cJSON_GetStringValue(variable);
    if (!text) {
        return NULL;
    }
    if (bp_ends_with(variable->string, "_VISIBLE_DEVICES") ||
        bp_equal(variable->string, "GPU_DEVICE_ORDINAL") ||
        bp_equal(variable->string, "ZE_AFFINITY_MASK")) {
        return devices_words(text);
    }
    char *value = bp_shorten(text, view->prefix);
    if (!*value) {
        free(value);
        return bp_strdup("(empty)");
    }
    return value;
}

static char *tool_words(const cJSON *tool) {
    const char *version = bp_json_text(tool, "version");
    const char *path = bp_json_text(tool, "path");
    return version ? bp_strdup(version) : path ? bp_strdup("of no version") : NULL;
}

/* What is not there is told by other facts: that is no trouble. */
static char *trouble_words(const cJSON *collector) {
    const char *status = bp_json_text(collector, "status");
    bool fine = !status || bp_equal(status, "ok") || bp_equal(status, "absent");
    return fine ? NULL : bp_strdup(status);
}

/* Of these the files themselves are compared, which is more than what a record says. */
static bool is_compared_elsewhere(const char *package) {
    return bp_equal(package, "torch") || bp_equal(package, "bitsandbytes");
}

static char *member_words(const struct bp_compared *row, const cJSON *member,
                          const struct bp_compare_view *view) {
    switch (row->kind) {
    case BP_COMPARE_PACKAGES:
        return is_compared_elsewhere(member->string) ? NULL
                                                     : copies_words(member, row->members, view);
    case BP_COMPARE_VARIABLES:
        return variable_words(member, view);
    case BP_COMPARE_VERSIONS:
        return tool_words(member);
    default:
        return trouble_words(member);
    }
}

static cJSON *each_member(const struct bp_compared *row, const cJSON *object,
                          const struct bp_compare_view *view) {
    cJSON *values = cJSON_CreateObject();
    const cJSON *members = cJSON_IsObject(object) ? object : NULL;
    const cJSON *member;
    cJSON_ArrayForEach(member, members) {
        char *words = member_words(row, member, view);
        if (words) {
            bp_json_set_text(values, member->string, words);
        }
        free(words);
    }
    return values;
}

/* Adds to a member's text, unless it is there. */
static void add_part(cJSON *object, const char *name, const char *part) {
    const char *old = bp_json_text(object, name);
    char *text = old ? bp_format("%s, %s", old, part) : bp_strdup(part);
    if (!old || !strstr(old, part)) {
        cJSON_DeleteItemFromObjectCaseSensitive(object, name);
        bp_json_set_text(object, name, text);
    }
    free(text);
}

static cJSON *families(const cJSON *libraries) {
    cJSON *values = cJSON_CreateObject();
    const cJSON *library;
    cJSON_ArrayForEach(library, libraries) {
        const char *family = bp_json_text(library, "family");
        const char *version = bp_json_text(library, "version");
        const char *soname = bp_json_text(library, "soname");
        const char *from = bp_json_text(library, "found_from");
        char *part = bp_format("%s (%s)",
                               version  ? version
                               : soname ? soname
                                        : "of no version",
                               from ? from : "unknown way");
        if (family) {
            add_part(values, family, part);
        }
        free(part);
    }
    return values;
}

/* What comes with every system and has a fact of its own, or is never the trouble. */
static bool is_plain(const char *library) {
    static const char *const plain[] = {"libc.so",  "libm.so",       "libdl.so",   "librt.so",
                                        "ld-linux", "libpthread.so", "libgcc_s.so"};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        if (bp_starts_with(library, plain[i])) {
            return true;
        }
    }
    return false;
}

static cJSON *needed(const cJSON *files, const struct bp_compare_view *view) {
    cJSON *values = cJSON_CreateObject();
    const cJSON *file;
    const cJSON *need;
    cJSON_ArrayForEach(file, files) {
        const char *name = bp_json_text(file, "name");
        bool opened = name && bp_equal(name, view->opened);
        const cJSON *needs = opened ? bp_json_get(file, "needed") : NULL;
        cJSON_ArrayForEach(need, needs) {
            const char *library = bp_json_text(need, "library");
            const char *outcome = bp_json_text(need, "outcome");
            const char *path = bp_json_text(need, "path");
            char *place = path ? bp_shorten(path, view->prefix) : NULL;
            char *text = bp_format("%s%s%s", outcome ? outcome : "unknown", place ? ": " : "",
                                   place ? place : "");
            if (library && !is_plain(library) && !bp_json_get(values, library)) {
                bp_json_set_text(values, library, text);
            }
            free(text);
            free(place);
        }
    }
    return values;
}

/* Two files of one name are one build where the linker's mark, or else their size, is the same. */
static cJSON *build(const cJSON *libraries, const struct bp_compare_view *view) {
    cJSON *values = cJSON_CreateObject();
    const cJSON *library;
    cJSON_ArrayForEach(library, libraries) {
        const char *name = bp_json_text(library, "name");
        const char *mark = bp_json_text(library, "build_id");
        double bytes = bp_json_number(library, "size_bytes", -1);
        if (name && bp_equal(name, view->opened) && (mark || bytes >= 0)) {
            char *words = mark ? bp_strdup(mark) : bp_format("%.0f bytes", bytes);
            bp_json_set_text(values, name, words);
            free(words);
        }
    }
    return values;
}

cJSON *bp_compare_values(const struct bp_compared *row, const cJSON *fact,
                         const struct bp_compare_view *view) {
    switch (row->kind) {
    case BP_COMPARE_PACKAGES:
    case BP_COMPARE_VARIABLES:
    case BP_COMPARE_VERSIONS:
    case BP_COMPARE_TROUBLE:
        return each_member(row, fact, view);
    case BP_COMPARE_FAMILIES:
        return families(fact);
    case BP_COMPARE_NEEDED:
        return needed(fact, view);
    case BP_COMPARE_BUILD:
        return build(fact, view);
    default:
        return NULL;
    }
}
