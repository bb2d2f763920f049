/*
 * Another torch, and the libraries that it maps: those that its published builds bring.
 * checks/loader/torch_maps.c says which of them a process has once torch is imported.
 */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/version.h"
#include "checks/assume/parts.h"
#include "checks/loader/machine.h"
#include "checks/loader/windows_names.h"

/*
 * The sonames by major version. Up to CUDA 12.3 some published builds link cusparse
 * statically, so whether it is there is left open for them.
 */
static const struct {
    const char *kind; /* cuda, hip */
    int major;
    const char *soname;
    const char *since; /* of the CUDA version: certain from here on */
} brought[] = {
    {"cuda", 10, "libcudart.so.10.2", NULL},   {"cuda", 10, "libcublas.so.10", NULL},
    {"cuda", 11, "libcudart.so.11.0", NULL},   {"cuda", 11, "libcublas.so.11", NULL},
    {"cuda", 11, "libcublasLt.so.11", NULL},   {"cuda", 12, "libcudart.so.12", NULL},
    {"cuda", 12, "libcublas.so.12", NULL},     {"cuda", 12, "libcublasLt.so.12", NULL},
    {"cuda", 12, "libcusparse.so.12", "12.4"}, {"cuda", 12, "libnvJitLink.so.12", "12.4"},
    {"cuda", 13, "libcudart.so.13", NULL},     {"cuda", 13, "libcublas.so.13", NULL},
    {"cuda", 13, "libcublasLt.so.13", NULL},   {"cuda", 13, "libcusparse.so.12", NULL},
    {"cuda", 13, "libnvJitLink.so.13", NULL},  {"hip", 6, "libamdhip64.so.6", NULL},
    {"hip", 6, "libhipblas.so.2", NULL},       {"hip", 6, "libhipblaslt.so.0", NULL},
    {"hip", 6, "libhiprand.so.1", NULL},       {"hip", 6, "librocrand.so.1", NULL},
    {"hip", 6, "libhipsparse.so.1", NULL},     {"hip", 7, "libamdhip64.so.7", NULL},
    {"hip", 7, "libhipblas.so.3", NULL},       {"hip", 7, "libhipblaslt.so.1", NULL},
    {"hip", 7, "libhiprand.so.1", NULL},       {"hip", 7, "librocrand.so.1", NULL},
    {"hip", 7, "libhipsparse.so.4", NULL},
};

/* A torch build. */
struct build {
    char *version; /* with its local part; owned */
    char *cuda;    /* owned */
    char *hip;     /* owned */
    bool known;    /* a NULL above means "not built for it" */
};

static void build_free(struct build *build) {
    free(build->version);
    free(build->cuda);
    free(build->hip);
}

/* What the local part of a version says: +cu128, +rocm6.4, +cpu. */
static void read_local(struct build *build) {
    const char *local = build->version ? strchr(build->version, '+') : NULL;
    if (!local) {
        return;
    }
    if (strcmp(local, "+cpu") == 0) {
        build->known = true;
    } else if (bp_starts_with(local, "+cu")) {
        build->cuda = bp_cuda_version(local + 1);
        build->known = build->cuda != NULL;
    } else if (bp_starts_with(local, "+rocm")) {
        build->hip = bp_strdup(local + strlen("+rocm"));
        build->known = true;
    }
}

/* The version with the local part that such a build has: 2.8.0+cu128. */
static void set_local(struct build *build) {
    if (!build->version) {
        return;
    }
    size_t length = strcspn(build->version, "+");
    int major;
    int minor;
    char *whole;
    if (build->cuda && bp_two_numbers(build->cuda, &major, &minor)) {
        whole = bp_format("%.*s+cu%d%d", (int)length, build->version, major, minor);
    } else if (build->hip) {
        whole = bp_format("%.*s+rocm%s", (int)length, build->version, build->hip);
    } else {
        whole = bp_format("%.*s+cpu", (int)length, build->version);
    }
    free(build->version);
    build->version = whole;
}

static void take_newest(const struct bp_assuming *assuming, struct build *build) {
    const char *os = bp_json_text_at(assuming->snapshot, "/host/os");
    const char *machine = bp_json_text(assuming->interpreter, "machine");
    if (!machine) {
        machine = bp_json_text_at(assuming->snapshot, "/host/machine");
    }
    free(build->version);
    build->version = bp_strdup(BP_NEWEST_TORCH);
    build->cuda = bp_strdup(bp_newest_torch_cuda(os, machine));
    build->known = true;
    set_local(build);
}

/* The build that is assumed, on the ground of the one that is there. */
static struct build assumed_build(const struct bp_assuming *assuming) {
    const char *const *values = assuming->assumed->values;
    const cJSON *there = bp_json_get(assuming->interpreter, "torch");
    const char *version = values[BP_ASSUME_TORCH];
    const char *cuda = values[BP_ASSUME_TORCH_CUDA];
    const char *hip = values[BP_ASSUME_TORCH_HIP];
    struct build build = {.version = bp_strdup(version ? version : bp_json_text(there, "version"))};
    bool again = bp_equal(version, "again");
    if (again) {
        free(build.version);
        build.version = bp_strdup(bp_json_text(there, "version"));
    }
    bool of_cuda = cuda && strcmp(cuda, "none") != 0;
    bool of_hip = hip && strcmp(hip, "none") != 0;
    if (bp_equal(version, "newest")) {
        take_newest(assuming, &build);
    }
    if (cuda || hip) {
        free(build.cuda);
        build.cuda = of_cuda ? bp_cuda_version(cuda) : NULL;
        build.hip = of_hip ? bp_strdup(hip) : NULL;
        build.known = true;
        set_local(&build);
    } else if (again) {
        build.cuda = bp_strdup(bp_json_text(there, "cuda"));
        build.hip = bp_strdup(bp_json_text(there, "hip"));
        build.known = bp_json_is_true(there, "build_known");
    } else if (!build.known) {
        read_local(&build);
    }
    return build;
}

static void set_build(struct bp_assuming *assuming, const struct build *build) {
    cJSON *facts = cJSON_CreateObject();
    bp_json_set_text(facts, "version", build->version);
    bp_json_set_text(facts, "cuda", build->cuda);
    bp_json_set_text(facts, "hip", build->hip);
    bp_json_set_text(facts, "xpu", NULL);
    bp_json_set_bool(facts, "build_known", build->known);
    bp_json_put(assuming->interpreter, "/torch", facts);
    cJSON *copy = cJSON_CreateObject();
    cJSON *copies = cJSON_CreateArray();
    bp_json_set_text(copy, "name", "torch");
    bp_json_set_text(copy, "version", build->version);
    cJSON_AddItemToArray(copies, copy);
    bp_json_put(assuming->interpreter, "/packages/torch", copies);
}

/* --- its libraries --- */

/* The candidates by soname, as an object that may be changed. */
cJSON *bp_assuming_candidates(struct bp_assuming *assuming) {
    cJSON *libraries = bp_assuming_section(assuming, "libraries");
    cJSON *candidates = cJSON_GetObjectItemCaseSensitive(libraries, "candidates");
    if (!cJSON_IsObject(candidates)) {
        candidates = cJSON_CreateObject();
        bp_json_put(libraries, "/candidates", candidates);
    }
    return candidates;
}

static bool is_of_old_torch(const cJSON *candidate) {
    const char *from = bp_json_text(candidate, "found_from");
    return bp_equal(from, "torch") || bp_equal(from, "wheel");
}

/* Those of the old torch; of the same one again only what is damaged. */
static void drop_old(cJSON *list, bool again) {
    cJSON *next;
    for (cJSON *candidate = list ? list->child : NULL; candidate; candidate = next) {
        next = candidate->next;
        if (is_of_old_torch(candidate) && (!again || bp_json_text(candidate, "error"))) {
            cJSON_Delete(cJSON_DetachItemViaPointer(list, candidate));
        }
    }
}

/*
 * A library of NVIDIA or AMD as a wheel brings it. NVIDIA's define one symbol version, called
 * like the library.
 */
cJSON *bp_assuming_wheel_library(const struct bp_assuming *assuming, const char *soname,
                                 const char *found_from) {
    const char *machine = bp_json_text(assuming->interpreter, "machine");
    cJSON *candidate = cJSON_CreateObject();
    cJSON *definitions = cJSON_CreateArray();
    bp_json_set_text(candidate, "found_from", found_from);
    bp_json_set_text(candidate, "soname", soname);
    bp_json_set_text(candidate, "format", "elf");
    bp_json_set_number(candidate, "bits", 64);
    bp_json_set_text(candidate, "machine",
                     machine ? machine : bp_json_text_at(assuming->snapshot, "/host/machine"));
    cJSON_AddItemToObject(candidate, "needed", cJSON_CreateArray());
    cJSON_AddItemToArray(definitions, cJSON_CreateString(soname));
    cJSON_AddItemToObject(candidate, "version_definitions", definitions);
    return candidate;
}

void bp_assuming_add_candidate(cJSON *candidates, const char *soname, cJSON *candidate) {
    cJSON *list = cJSON_GetObjectItemCaseSensitive(candidates, soname);
    if (!cJSON_IsArray(list)) {
        cJSON_DeleteItemFromObjectCaseSensitive(candidates, soname);
        list = cJSON_CreateArray();
        cJSON_AddItemToObject(candidates, soname, list);
    }
    cJSON_InsertItemInArray(list, 0, candidate);
}

/* Whether there is such a library is not known: null, which no list of files takes the place of. */
static void leave_open(cJSON *candidates, const char *soname) {
    cJSON_DeleteItemFromObjectCaseSensitive(candidates, soname);
    cJSON_AddNullToObject(candidates, soname);
}

/* What torch opens by itself is the old torch's. */
static void drop_opened(struct bp_assuming *assuming) {
    cJSON *libraries = bp_assuming_section(assuming, "libraries");
    cJSON *opened = cJSON_GetObjectItemCaseSensitive(libraries, "opened");
    cJSON *next;
    for (cJSON *file = opened ? opened->child : NULL; file; file = next) {
        next = file->next;
        if (bp_starts_with(bp_json_text(file, "role"), "torch")) {
            cJSON_Delete(cJSON_DetachItemViaPointer(opened, file));
        }
    }
}

/* Whether the torch that is there has such a file. */
static bool is_there(const cJSON *candidates, const char *soname) {
    const cJSON *candidate;
    cJSON_ArrayForEach(candidate, bp_json_get(candidates, soname)) {
        if (is_of_old_torch(candidate)) {
            return true;
        }
    }
    return false;
}

/*
 * Which DLLs Windows wheels bring follows from their names (checks/loader/windows_names.h), as
 * long as nothing is known of the files.
 */
static void forget_brought(cJSON *candidates, const char *cuda) {
    cJSON *next;
    for (cJSON *list = candidates ? candidates->child : NULL; list; list = next) {
        next = list->next;
        if (bp_windows_torch_brings(list->string, cuda)) {
            cJSON_Delete(cJSON_DetachItemViaPointer(candidates, list));
        }
    }
}

/* `again`: it is the torch that is there, of which what is whole stays. */
static void bring_libraries(struct bp_assuming *assuming, const struct build *build, bool again) {
    cJSON *candidates = bp_assuming_candidates(assuming);
    const char *kind = build->cuda ? "cuda" : "hip";
    const char *version = build->cuda ? build->cuda : build->hip;
    int major;
    int minor;
    cJSON *list;
    cJSON_ArrayForEach(list, candidates) {
        drop_old(list, again);
    }
    drop_opened(assuming);
    drop_old(cJSON_GetObjectItemCaseSensitive(bp_assuming_section(assuming, "cuda"), "libraries"),
             again);
    if (build->cuda && bp_equal(bp_json_text_at(assuming->snapshot, "/host/os"), "windows")) {
        forget_brought(candidates, build->cuda);
    }
    if (!bp_two_numbers(version, &major, &minor) ||
        !bp_equal(bp_json_text_at(assuming->snapshot, "/host/os"), "linux")) {
        return;
    }
    for (size_t i = 0; i < sizeof brought / sizeof *brought; i++) {
        int order = 0;
        if (strcmp(brought[i].kind, kind) != 0 || brought[i].major != major ||
            (again && is_there(candidates, brought[i].soname))) {
            continue;
        }
        if (brought[i].since && bp_version_compare(version, brought[i].since, &order) &&
            order < 0) {
            leave_open(candidates, brought[i].soname);
        } else {
            bp_assuming_add_candidate(
                candidates, brought[i].soname,
                bp_assuming_wheel_library(assuming, brought[i].soname, "torch"));
        }
    }
    if (build->cuda && major == 11 && !(again && is_there(candidates, "libcusparse.so.11"))) {
        leave_open(candidates, "libcusparse.so.11");
    }
}

static bool is_same_build(const struct bp_assuming *assuming, const struct build *build) {
    const cJSON *there = bp_json_get(assuming->interpreter, "torch");
    const char *cuda = bp_json_text(there, "cuda");
    const char *hip = bp_json_text(there, "hip");
    bool same_cuda = build->cuda ? bp_equal(cuda, build->cuda) : !cuda;
    bool same_hip = build->hip ? bp_equal(hip, build->hip) : !hip;
    return same_cuda && same_hip && bp_equal(bp_json_text(there, "version"), build->version) &&
           !assuming->moved;
}

static void set_no_torch(struct bp_assuming *assuming) {
    bp_json_put(assuming->interpreter, "/torch", cJSON_CreateNull());
    bp_json_put(assuming->interpreter, "/packages/torch", cJSON_CreateArray());
}

void bp_assume_torch(struct bp_assuming *assuming) {
    const char *const *values = assuming->assumed->values;
    bool given =
        values[BP_ASSUME_TORCH] || values[BP_ASSUME_TORCH_CUDA] || values[BP_ASSUME_TORCH_HIP];
    bool there = cJSON_IsObject(bp_json_get(assuming->interpreter, "torch"));
    if (bp_equal(values[BP_ASSUME_TORCH], "none")) {
        set_no_torch(assuming);
        return;
    }
    bool again = bp_equal(values[BP_ASSUME_TORCH], "again");
    if ((again && !there) || (!given && !(assuming->moved && there))) {
        return;
    }
    struct build build = assumed_build(assuming);
    if (!given) {
        /* The same build on another platform: only its files are others. */
        const cJSON *torch = bp_json_get(assuming->interpreter, "torch");
        build.cuda = build.cuda ? build.cuda : bp_strdup(bp_json_text(torch, "cuda"));
        build.hip = build.hip ? build.hip : bp_strdup(bp_json_text(torch, "hip"));
        build.known = build.known || bp_json_is_true(torch, "build_known");
    }
    if (again || !is_same_build(assuming, &build)) {
        set_build(assuming, &build);
        bring_libraries(assuming, &build, again);
    }
    build_free(&build);
}
