/* Another C library, and with it another compiler's runtime. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/version.h"
#include "checks/assume/parts.h"

const char *const bp_compiler_libraries[] = {"libstdc++.so.6", "libgcc_s.so.1", "libgomp.so.1",
                                             NULL};

/*
 * The compiler's libraries of the distributions that have that glibc: CentOS 7, Debian 9,
 * RHEL 8 and Debian 10, Debian 11 and Ubuntu 20.04, RHEL 9, Ubuntu 22.04 and Debian 12,
 * Ubuntu 24.04. Highest version per family.
 */
static const struct {
    const char *glibc; /* from this version on */
    const char *glibcxx;
    const char *cxxabi;
    const char *gcc;
    const char *gomp;
    const char *omp;
} distributions[] = {
    {"2.17", "3.4.19", "1.3.7", "4.8.0", "3.0", "3.1"},
    {"2.24", "3.4.22", "1.3.10", "4.8.0", "4.5", "4.5"},
    {"2.28", "3.4.25", "1.3.11", "7.0.0", "4.5", "4.5"},
    {"2.31", "3.4.28", "1.3.12", "7.0.0", "5.0", "5.0"},
    {"2.34", "3.4.29", "1.3.13", "7.0.0", "5.0.1", "5.0.2"},
    {"2.35", "3.4.30", "1.3.13", "12.0.0", "5.0.1", "5.0.2"},
    {"2.39", "3.4.33", "1.3.15", "14.0.0", "5.1.1", "5.1.1"},
};

#define DISTRIBUTION_COUNT (sizeof distributions / sizeof *distributions)

static int order_of(const char *left, const char *right) {
    int order = 0;
    bp_version_compare(left, right, &order);
    return order;
}

/* The candidates that are left of one library once those that need a newer glibc are out. */
static void drop_too_new(cJSON *list, const char *glibc) {
    cJSON *next;
    for (cJSON *candidate = list ? list->child : NULL; candidate; candidate = next) {
        const char *needs = bp_json_text_at(candidate, "/requires/GLIBC");
        next = candidate->next;
        if (needs && order_of(needs, glibc) > 0) {
            cJSON_Delete(cJSON_DetachItemViaPointer(list, candidate));
        }
    }
}

char *bp_assuming_system_path(struct bp_assuming *assuming, const char *soname) {
    const char *folder =
        cJSON_GetStringValue(bp_json_at(assuming->snapshot, "/libraries/search/default_folders/0"));
    if (!folder) {
        cJSON *folders = cJSON_CreateArray();
        cJSON_AddItemToArray(folders, cJSON_CreateString("/usr/lib"));
        bp_assuming_put(assuming, "/libraries/search/default_folders", folders);
        folder = "/usr/lib";
    }
    return bp_join(folder, soname);
}

static cJSON *system_library(struct bp_assuming *assuming, const char *soname) {
    const char *machine = bp_json_text(assuming->interpreter, "machine");
    cJSON *candidate = cJSON_CreateObject();
    char *path = bp_assuming_system_path(assuming, soname);
    bp_json_set_text(candidate, "path", path);
    free(path);
    bp_json_set_text(candidate, "found_from", "default");
    bp_json_set_text(candidate, "soname", soname);
    bp_json_set_text(candidate, "format", "elf");
    bp_json_set_text(candidate, "machine",
                     machine ? machine : bp_json_text_at(assuming->snapshot, "/host/machine"));
    cJSON_AddItemToObject(candidate, "needed", cJSON_CreateArray());
    cJSON_AddObjectToObject(candidate, "provides");
    return candidate;
}

static void put_library(cJSON *candidates, cJSON *library) {
    const char *soname = bp_json_text(library, "soname");
    cJSON_DeleteItemFromObjectCaseSensitive(candidates, soname);
    cJSON *list = cJSON_CreateArray();
    cJSON_AddItemToObject(candidates, soname, list);
    cJSON_AddItemToArray(list, library);
}

/* libgomp is not everywhere: where it was not, or was not looked for, that stays so. */
static void put_runtime(struct bp_assuming *assuming, cJSON *candidates, size_t row) {
    cJSON *cxx = system_library(assuming, "libstdc++.so.6");
    cJSON *gcc = system_library(assuming, "libgcc_s.so.1");
    const cJSON *gomp = bp_json_get(candidates, "libgomp.so.1");
    bp_json_put(cxx, "/provides/GLIBCXX", cJSON_CreateString(distributions[row].glibcxx));
    bp_json_put(cxx, "/provides/CXXABI", cJSON_CreateString(distributions[row].cxxabi));
    bp_json_put(gcc, "/provides/GCC", cJSON_CreateString(distributions[row].gcc));
    put_library(candidates, cxx);
    put_library(candidates, gcc);
    if (gomp && gomp->child) {
        cJSON *library = system_library(assuming, "libgomp.so.1");
        bp_json_put(library, "/provides/GOMP", cJSON_CreateString(distributions[row].gomp));
        bp_json_put(library, "/provides/OMP", cJSON_CreateString(distributions[row].omp));
        put_library(candidates, library);
    }
    bp_assuming_put(assuming, "/host/libstdcxx", cJSON_CreateObject());
    bp_assuming_put(assuming, "/host/libstdcxx/path", cJSON_CreateString("libstdc++.so.6"));
    bp_assuming_put(assuming, "/host/libstdcxx/glibcxx",
                    cJSON_CreateString(distributions[row].glibcxx));
    bp_assuming_put(assuming, "/host/libstdcxx/cxxabi",
                    cJSON_CreateString(distributions[row].cxxabi));
}

static size_t distribution_of(const char *glibc) {
    size_t row = DISTRIBUTION_COUNT;
    for (size_t i = 0; i < DISTRIBUTION_COUNT; i++) {
        row = order_of(glibc, distributions[i].glibc) >= 0 ? i : row;
    }
    return row;
}

/* Whether the libstdc++ that is here is known to be no older than that of such a system. */
static bool has_newer_runtime(const struct bp_assuming *assuming, const char *glibc) {
    const cJSON *list =
        bp_json_get(bp_json_at(assuming->snapshot, "/libraries/candidates"), "libstdc++.so.6");
    const char *has = bp_json_text_at(list, "/0/provides/GLIBCXX");
    size_t row = distribution_of(glibc);
    if (!has) {
        has = bp_json_text_at(assuming->snapshot, "/host/libstdcxx/glibcxx");
    }
    return has && row < DISTRIBUTION_COUNT && order_of(has, distributions[row].glibcxx) >= 0;
}

/* A system with another glibc has another compiler's runtime, too. */
static void set_compiler_runtime(struct bp_assuming *assuming, const char *glibc) {
    cJSON *libraries = bp_assuming_section(assuming, "libraries");
    cJSON *candidates = cJSON_GetObjectItemCaseSensitive(libraries, "candidates");
    size_t row = distribution_of(glibc);
    if (!cJSON_IsObject(candidates)) {
        candidates = cJSON_CreateObject();
        bp_json_put(libraries, "/candidates", candidates);
    }
    if (row < DISTRIBUTION_COUNT) {
        put_runtime(assuming, candidates, row);
    } else {
        bp_assuming_forget(assuming, "/host/libstdcxx", "what systems so old have is not known");
        for (size_t i = 0; bp_compiler_libraries[i]; i++) {
            cJSON_DeleteItemFromObjectCaseSensitive(candidates, bp_compiler_libraries[i]);
        }
    }
    cJSON *list;
    cJSON_ArrayForEach(list, candidates) {
        drop_too_new(list, glibc);
    }
}

void bp_assume_set_libc(struct bp_assuming *assuming, const char *name, const char *version) {
    const char *old = bp_json_text_at(assuming->snapshot, "/host/libc/version");
    bool same = bp_equal(bp_json_text_at(assuming->snapshot, "/host/libc/name"), name);
    bool lower = !same || !old || order_of(version, old) < 0;
    cJSON *facts = cJSON_CreateObject();
    bp_json_set_text(facts, "name", name);
    bp_json_set_text(facts, "version", version);
    bp_json_set_text(facts, "from", "assumed");
    bp_assuming_put(assuming, "/host/libc", facts);
    if (lower) {
        bp_assuming_forget(assuming, "/host/distribution",
                           "the distribution found here has another C library than assumed");
    }
    if (strcmp(name, "glibc") == 0 && (lower || !has_newer_runtime(assuming, version))) {
        set_compiler_runtime(assuming, version);
    }
}

void bp_assume_libc(struct bp_assuming *assuming) {
    const char *glibc = assuming->assumed->values[BP_ASSUME_GLIBC];
    const char *musl = assuming->assumed->values[BP_ASSUME_MUSL];
    const char *os = bp_json_text_at(assuming->snapshot, "/host/os");
    if ((glibc || musl) && !bp_equal(os, "linux")) {
        /* Only Linux has either; without a platform of its own this is what is meant. */
        bp_assuming_put(assuming, "/host/os", cJSON_CreateString("linux"));
    }
    if (glibc) {
        bp_assume_set_libc(assuming, "glibc", glibc);
    } else if (musl) {
        bp_assume_set_libc(assuming, "musl", musl);
    }
}
