#include "checks/loader/symbol_versions.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "base/version.h"

bool bp_is_loader(const char *library) {
    return bp_starts_with(library, "ld-linux") || bp_starts_with(library, "ld64.so") ||
           bp_starts_with(library, "ld-musl");
}

bool bp_is_libc_part(const char *library) {
    static const char *const parts[] = {"libc.so.6",      "libm.so.6",   "libpthread.so.0",
                                        "libdl.so.2",     "librt.so.1",  "libutil.so.1",
                                        "libresolv.so.2", "libmvec.so.1"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (strcmp(library, parts[i]) == 0) {
            return true;
        }
    }
    return bp_is_loader(library);
}

/* The versions that `requester` asks of `library`: an array, or NULL where none are known. */
static const cJSON *versions_asked(const cJSON *requester, const char *library) {
    const cJSON *needs = bp_json_get(requester, "version_needs");
    return bp_json_get(bp_json_find(needs, "library", library), "versions");
}

static bool defines(const cJSON *definitions, const char *version) {
    const cJSON *definition;
    cJSON_ArrayForEach(definition, definitions) {
        if (bp_equal(cJSON_GetStringValue(definition), version)) {
            return true;
        }
    }
    return false;
}

/* The number in GLIBCXX_3.4.32, or NULL where the part after the last '_' is none. */
static const char *number_of(const char *version) {
    const char *underline = strrchr(version, '_');
    return underline && isdigit((unsigned char)underline[1]) ? underline + 1 : NULL;
}

/* From the highest version per family, where the whole list is not known. */
static enum bp_answer provides(const cJSON *highest, const char *version) {
    const char *number = number_of(version);
    int order;
    if (!number) {
        return BP_UNKNOWN;
    }
    char *family = bp_strndup(version, (size_t)(number - version - 1));
    const char *has = bp_json_text(highest, family);
    /* The facts may give the number alone or the whole name. */
    const char *has_number = has && number_of(has) ? number_of(has) : has;
    free(family);
    if (!has_number || !bp_version_compare(has_number, number, &order)) {
        return BP_UNKNOWN;
    }
    return order >= 0 ? BP_YES : BP_NO;
}

bool bp_lacks_version_table(const cJSON *requester, const char *library, const cJSON *provider) {
    const cJSON *definitions = bp_json_get(provider, "version_definitions");
    const cJSON *needs = bp_json_get(provider, "version_needs");
    return cJSON_GetArraySize(versions_asked(requester, library)) > 0 &&
           cJSON_IsArray(definitions) && cJSON_GetArraySize(definitions) == 0 &&
           cJSON_IsArray(needs) && cJSON_GetArraySize(needs) == 0;
}

enum bp_answer bp_lacks_version(const cJSON *requester, const char *library, const cJSON *provider,
                                char **lacking) {
    const cJSON *definitions = bp_json_get(provider, "version_definitions");
    const cJSON *highest = bp_json_get(provider, "provides");
    enum bp_answer answer = BP_NO;
    const cJSON *asked;
    *lacking = NULL;
    /*
     * The first definition, which is not listed, is the file itself under its soname, and the
     * loader takes it for a version like any other.
     */
    /* A library without any version definition is accepted with a warning (ld.so). */
    if (cJSON_IsArray(definitions) && cJSON_GetArraySize(definitions) == 0) {
        return BP_NO;
    }
    cJSON_ArrayForEach(asked, versions_asked(requester, library)) {
        const char *version = cJSON_GetStringValue(asked);
        if (!version) {
            continue;
        }
        enum bp_answer there = cJSON_IsArray(definitions)
                                   ? (defines(definitions, version) ||
                                              bp_equal(version, bp_json_text(provider, "soname"))
                                          ? BP_YES
                                          : BP_NO)
                                   : provides(highest, version);
        if (there == BP_NO) {
            *lacking = bp_strdup(version);
            return BP_YES;
        }
        if (there == BP_UNKNOWN) {
            answer = BP_UNKNOWN;
        }
    }
    return answer;
}

/* The lowest glibc that defines a version; NULL for names that no number follows from. */
static const char *glibc_of(const char *version) {
    if (strcmp(version, "GLIBC_ABI_DT_RELR") == 0) {
        return "2.36";
    }
    return bp_starts_with(version, "GLIBC_") ? number_of(version) : NULL;
}

enum bp_answer bp_libc_lacks_version(const cJSON *requester, const char *library,
                                     const char *libc_version, char **lacking) {
    enum bp_answer answer = BP_NO;
    const char *highest = NULL;
    const cJSON *asked;
    int order;
    *lacking = NULL;
    cJSON_ArrayForEach(asked, versions_asked(requester, library)) {
        const char *version = cJSON_GetStringValue(asked);
        const char *needs = version ? glibc_of(version) : NULL;
        if (!needs) {
            continue;
        }
        if (!libc_version || !bp_version_compare(libc_version, needs, &order)) {
            answer = BP_UNKNOWN;
        } else if (order < 0 &&
                   (!highest || (bp_version_compare(needs, highest, &order) && order > 0))) {
            highest = needs;
            free(*lacking);
            *lacking = bp_strdup(version);
        }
    }
    return highest ? BP_YES : answer;
}
