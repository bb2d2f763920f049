/* Another bitsandbytes: a release as its wheels hold it, one that is built here, or none. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/version.h"
#include "checks/assume/parts.h"
#include "checks/loader/machine.h"
#include "checks/releases.h"

/* Takes the package (owned afterwards) in place of the one that is there. */
static void set_package(struct bp_assuming *assuming, cJSON *package) {
    const cJSON *old = bp_json_get(assuming->snapshot, "bitsandbytes");
    double interpreter = bp_json_number(old, "interpreter", 0);
    const char *version = bp_json_text(package, "version");
    cJSON *copies = cJSON_CreateArray();
    if (cJSON_IsTrue(bp_json_get(package, "installed"))) {
        cJSON *copy = cJSON_CreateObject();
        bp_json_set_text(copy, "name", "bitsandbytes");
        bp_json_set_text(copy, "version", version);
        cJSON_AddItemToArray(copies, copy);
    }
    bp_json_set_number(package, "interpreter", interpreter);
    cJSON_AddItemToObject(package, "copies", cJSON_Duplicate(copies, true));
    bp_json_put(assuming->interpreter, "/packages/bitsandbytes", copies);
    cJSON_DeleteItemFromObjectCaseSensitive(assuming->snapshot, "bitsandbytes");
    cJSON_AddItemToObject(assuming->snapshot, "bitsandbytes", package);
    /* It is the one that is imported, so nothing hides it. */
    cJSON *shadowing = cJSON_GetObjectItemCaseSensitive(assuming->interpreter, "shadowing");
    cJSON *next;
    for (cJSON *shadow = shadowing ? shadowing->child : NULL; shadow; shadow = next) {
        next = shadow->next;
        if (bp_equal(bp_json_text(shadow, "package"), "bitsandbytes")) {
            cJSON_Delete(cJSON_DetachItemViaPointer(shadowing, shadow));
        }
    }
}

static void set_no_package(struct bp_assuming *assuming) {
    cJSON *package = cJSON_CreateObject();
    bp_json_set_bool(package, "installed", false);
    set_package(assuming, package);
}

/* --- where what it needs could be found --- */

/* The libraries of CUDA that were found, by soname, for a need that nothing had here before. */
static void add_found(struct bp_assuming *assuming, const char *soname) {
    const cJSON *found = bp_json_at(assuming->snapshot, "/cuda/libraries");
    const cJSON *library;
    bool cuda = false;
    struct bp_wheel wheel;
    if (bp_wheel_of_library(soname, &wheel)) {
        cuda = true;
        bp_wheel_free(&wheel);
    }
    if (!cuda) {
        return; /* only of these is every one known that there is */
    }
    cJSON *list = cJSON_CreateArray();
    cJSON_ArrayForEach(library, found) {
        if (bp_equal(bp_json_text(library, "soname"), soname)) {
            cJSON_AddItemToArray(list, cJSON_Duplicate(library, true));
        }
    }
    cJSON_AddItemToObject(bp_assuming_map(assuming, "libraries", "candidates"), soname, list);
}

static void find_needed(struct bp_assuming *assuming) {
    const cJSON *native;
    const cJSON *known = bp_json_at(assuming->snapshot, "/libraries/candidates");
    if (!cJSON_IsObject(known) ||
        !cJSON_IsArray(bp_json_at(assuming->snapshot, "/cuda/libraries"))) {
        return;
    }
    cJSON_ArrayForEach(native, bp_json_at(assuming->snapshot, "/bitsandbytes/native_libraries")) {
        const cJSON *needed;
        cJSON_ArrayForEach(needed, bp_json_get(native, "needed")) {
            if (cJSON_IsString(needed) && !bp_json_get(known, needed->valuestring)) {
                add_found(assuming, needed->valuestring);
                known = bp_json_at(assuming->snapshot, "/libraries/candidates");
            }
        }
    }
}

/* --- a release --- */

/* The package folder: where it is now, or where pip would put it. */
static char *folder_of(const struct bp_assuming *assuming) {
    const char *now = bp_json_text_at(assuming->snapshot, "/bitsandbytes/path");
    bool checkout = bp_json_text_at(assuming->snapshot, "/bitsandbytes/source_checkout") != NULL;
    if (assuming->moved) {
        return NULL;
    }
    if (now && !checkout) {
        return bp_strdup(now);
    }
    char *site = bp_wheel_site(assuming->interpreter);
    char *folder = site ? bp_join(site, "bitsandbytes") : NULL;
    free(site);
    return folder;
}

/* The release that is meant. False where there is none. */
static bool find_release(struct bp_assuming *assuming, const char *value,
                         const struct bp_wheel_machine *machine, struct bp_release *release) {
    if (strcmp(value, "newest") != 0 && strcmp(value, "source") != 0) {
        return bp_release_find(assuming->releases, value, release);
    }
    struct bp_wheel_choice choice = bp_release_newest_for(assuming->releases, machine, release);
    bool found = choice.state == BP_WHEEL_TAKEN;
    free(choice.reason);
    if (!found && bp_releases_count(assuming->releases)) {
        *release = bp_release_at(assuming->releases, 0);
        found = true;
    }
    return found;
}

/*
 * The wheel that is for this kind of machine, whatever glibc or Python it asks for: what someone
 * has who went past pip, as an image made elsewhere does. *choice is replaced where there is one.
 */
static void relax(const struct bp_assuming *assuming, const struct bp_release *release,
                  const struct bp_wheel_machine *machine, struct bp_wheel_choice *choice) {
    struct bp_wheel_machine relaxed = {.os = machine->os,
                                       .machine = machine->machine,
                                       .libc = "glibc",
                                       .libc_version = "99",
                                       .os_version = "99",
                                       .python = "3.12"};
    struct bp_wheel_choice other = bp_release_for(assuming->releases, release->version, &relaxed);
    if (other.state != BP_WHEEL_UNKNOWN) {
        free(choice->reason);
        *choice = other;
    } else {
        free(other.reason);
    }
}

/*
 * Where there is no wheel for such a machine, the package is not there; where it is not known
 * which one it would be, what is inside is not known either.
 */
static void set_release(struct bp_assuming *assuming, const struct bp_release *release,
                        const struct bp_wheel_machine *machine) {
    struct bp_wheel_choice choice = bp_release_for(assuming->releases, release->version, machine);
    char *folder = folder_of(assuming);
    if (choice.state != BP_WHEEL_TAKEN) {
        relax(assuming, release, machine, &choice);
    }
    if (choice.state == BP_WHEEL_TAKEN) {
        set_package(assuming, assuming->shares
                                  ? bp_release_package_shared(assuming->releases, release->version,
                                                              choice.platform, folder)
                                  : bp_release_package(assuming->releases, release->version,
                                                       choice.platform, folder));
        find_needed(assuming);
    } else if (choice.state == BP_WHEEL_NONE) {
        set_no_package(assuming);
        bp_assuming_forget(assuming, "/bitsandbytes/version", choice.reason);
    } else {
        cJSON *package = cJSON_CreateObject();
        bp_json_set_bool(package, "installed", true);
        bp_json_set_text(package, "version", release->version);
        set_package(assuming, package);
        bp_assuming_forget(assuming, "/bitsandbytes/native_libraries", choice.reason);
    }
    free(folder);
    free(choice.reason);
}

/* --- built here --- */

static void set_source(struct bp_assuming *assuming, const struct bp_release *release) {
    char *folder = folder_of(assuming);
    const cJSON *any = release->wheels ? release->wheels->child : NULL;
    cJSON *package =
        bp_release_package(assuming->releases, release->version, any ? any->string : NULL, folder);
    cJSON *library = bp_assume_built_library(assuming, folder);
    if (package) {
        cJSON *libraries = cJSON_CreateArray();
        if (library) {
            cJSON_AddItemToArray(libraries, library);
        }
        bp_json_put(package, "/native_libraries", libraries);
        bp_json_put(package, "/wheel_tags", cJSON_CreateArray());
        set_package(assuming, package);
        find_needed(assuming);
    } else {
        cJSON_Delete(library);
    }
    free(folder);
}

/* A version that no release has, such as a development version, on another platform. */
static void set_unknown(struct bp_assuming *assuming) {
    cJSON *package = cJSON_CreateObject();
    bp_json_set_bool(package, "installed", true);
    bp_json_set_text(package, "version",
                     bp_json_text_at(assuming->snapshot, "/bitsandbytes/version"));
    set_package(assuming, package);
    bp_assuming_forget(assuming, "/bitsandbytes/native_libraries",
                       "what a wheel of it for the platform that is assumed holds is not known");
}

int bp_assume_package(struct bp_assuming *assuming, struct bp_err *err) {
    const char *value = assuming->assumed->values[BP_ASSUME_BITSANDBYTES];
    const char *wanted =
        value ? value : bp_json_text_at(assuming->snapshot, "/bitsandbytes/version");
    bool there = cJSON_IsTrue(bp_json_at(assuming->snapshot, "/bitsandbytes/installed"));
    struct bp_machine machine = bp_machine_of(assuming->snapshot);
    struct bp_wheel_machine wheels = bp_wheel_machine_of(&machine);
    struct bp_release release;
    if (!value && !(assuming->moved && there)) {
        return 0;
    }
    if (bp_equal(value, "none")) {
        set_no_package(assuming);
    } else if (!assuming->releases || !wanted ||
               !find_release(assuming, wanted, &wheels, &release)) {
        if (value) {
            return bp_fail(err, BP_E_FORMAT, "bitsandbytes %s is no release that is known here",
                           value);
        }
        set_unknown(assuming);
    } else if (bp_equal(value, "source")) {
        set_source(assuming, &release);
    } else {
        set_release(assuming, &release, &wheels);
    }
    return 0;
}
