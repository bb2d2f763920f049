#include "checks/loader/machine.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/str.h"

static const cJSON *array_at(const cJSON *object, const char *key) {
    const cJSON *array = bp_json_get(object, key);
    return cJSON_IsArray(array) ? array : NULL;
}

static const cJSON *object_at(const cJSON *object, const char *pointer) {
    const cJSON *found = bp_json_at(object, pointer);
    return cJSON_IsObject(found) ? found : NULL;
}

struct bp_machine bp_machine_of(const cJSON *snapshot) {
    struct bp_machine machine = {
        .snapshot = snapshot,
        .package = object_at(snapshot, "/bitsandbytes"),
        .candidates = object_at(snapshot, "/libraries/candidates"),
        .search = object_at(snapshot, "/libraries/search"),
        .environment = object_at(snapshot, "/environment"),
        .os = bp_json_text_at(snapshot, "/host/os"),
        .libc = bp_json_text_at(snapshot, "/host/libc/name"),
        .libc_version = bp_json_text_at(snapshot, "/host/libc/version"),
    };
    machine.libraries = array_at(machine.package, "native_libraries");
    const cJSON *interpreters = bp_json_at(snapshot, "/python/interpreters");
    int index = bp_small_number(machine.package, "interpreter", 0);
    if (cJSON_IsArray(interpreters)) {
        machine.interpreter = cJSON_GetArrayItem(interpreters, index);
    }
    /* A 32-bit Python on a 64-bit kernel loads 32-bit libraries: its own file decides. */
    machine.machine = bp_json_text(machine.interpreter, "machine");
    if (!machine.machine) {
        machine.machine = bp_json_text_at(snapshot, "/host/machine");
    }
    return machine;
}

const char *bp_machine_variable(const struct bp_machine *machine, const char *name) {
    return bp_json_text(machine->environment, name);
}

enum bp_answer bp_machine_has_library(const struct bp_machine *machine, const char *name) {
    if (!machine->libraries) {
        return BP_UNKNOWN;
    }
    return bp_json_find(machine->libraries, "name", name) ? BP_YES : BP_NO;
}

static const cJSON *copies_of(const struct bp_machine *machine, const char *package) {
    return array_at(bp_json_get(machine->interpreter, "packages"), package);
}

enum bp_answer bp_machine_has_package(const struct bp_machine *machine, const char *package) {
    const cJSON *copies = copies_of(machine, package);
    if (!copies) {
        return BP_UNKNOWN;
    }
    return cJSON_GetArraySize(copies) > 0 ? BP_YES : BP_NO;
}

const cJSON *bp_machine_package(const struct bp_machine *machine, const char *package) {
    const cJSON *copies = copies_of(machine, package);
    return copies ? cJSON_GetArrayItem(copies, 0) : NULL;
}

const char *bp_machine_kind(const char *machine) {
    static const struct {
        const char *name;
        const char *kind;
    } kinds[] = {
        {"amd64", "x86_64"},  {"AMD64", "x86_64"},   {"arm64", "aarch64"},
        {"ARM64", "aarch64"}, {"arm64e", "aarch64"}, {"i386", "i686"},
        {"i486", "i686"},     {"i586", "i686"},      {"x86", "i686"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (bp_equal(machine, kinds[i].name)) {
            return kinds[i].kind;
        }
    }
    return machine;
}

int bp_small_number(const cJSON *object, const char *key, int fallback) {
    double number = bp_json_number(object, key, fallback);
    return number >= 0 && number <= 1000000 ? (int)number : fallback;
}

int bp_machine_bits(const struct bp_machine *machine) {
    static const char *const of_64_bits[] = {"x86_64", "aarch64", "ppc64le", "s390x", "riscv64"};
    int bits = bp_small_number(machine->interpreter, "bits", 0);
    for (size_t i = 0; i < sizeof of_64_bits / sizeof *of_64_bits && !bits; i++) {
        bits = bp_equal(bp_machine_kind(machine->machine), of_64_bits[i]) ? 64 : 0;
    }
    return bits;
}

bool bp_two_numbers(const char *text, int *major, int *minor) {
    char *end;
    if (!text || *text < '0' || *text > '9') {
        return false;
    }
    long first = strtol(text, &end, 10);
    if (*end != '.' || end[1] < '0' || end[1] > '9') {
        return false;
    }
    long second = strtol(end + 1, &end, 10);
    if (first > 10000 || second > 10000) {
        return false;
    }
    *major = (int)first;
    *minor = (int)second;
    return true;
}
