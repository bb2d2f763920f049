/* The values of assumptions: platforms, GPUs, CUDA versions, and what a driver supports. */
#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/version.h"
#include "checks/assume/parts.h"
#include "checks/loader/machine.h"

/* --- platforms --- */

static const struct {
    const char *start;
    const char *os;
    const char *libc;
} systems[] = {
    {"manylinux_", "linux", "glibc"}, {"musllinux_", "linux", "musl"}, {"linux_", "linux", NULL},
    {"win_", "windows", NULL},        {"macosx_", "macos", NULL},
};

/* As a wheel tag ends, and as the operating system calls such a machine. */
static const struct {
    const char *os;
    const char *end;
    const char *machine;
} machines[] = {
    {"linux", "x86_64", "x86_64"},   {"linux", "aarch64", "aarch64"},
    {"linux", "ppc64le", "ppc64le"}, {"linux", "riscv64", "riscv64"},
    {"linux", "s390x", "s390x"},     {"linux", "i686", "i686"},
    {"linux", "armv7l", "armv7l"},   {"windows", "amd64", "AMD64"},
    {"windows", "arm64", "ARM64"},   {"macos", "arm64", "arm64"},
    {"macos", "x86_64", "x86_64"},   {"macos", "universal2", NULL},
};

/* "2_28" as 2.28; NULL where `text` is not two numbers. */
static char *numbers_of(const char *text, size_t length) {
    char *copy = bp_strndup(text, length);
    char *underline = strchr(copy, '_');
    if (!underline || strspn(copy, "0123456789_") != length) {
        free(copy);
        return NULL;
    }
    *underline = '.';
    return copy;
}

/* What stands between the system and the machine: nothing, or a version. */
static bool read_middle(struct bp_platform *platform, const char *text, size_t length) {
    if (length == 0) {
        return true;
    }
    if (platform->libc || strcmp(platform->os, "macos") == 0) {
        platform->version = numbers_of(text, length);
    }
    return platform->version != NULL;
}

static bool read_rest(struct bp_platform *platform, const char *rest) {
    size_t length = strlen(rest);
    for (size_t i = 0; i < sizeof machines / sizeof *machines; i++) {
        size_t end = strlen(machines[i].end);
        if (strcmp(machines[i].os, platform->os) != 0 || !bp_ends_with(rest, machines[i].end) ||
            (length > end && rest[length - end - 1] != '_')) {
            continue;
        }
        platform->machine = machines[i].machine;
        return platform->machine &&
               read_middle(platform, rest, length > end ? length - end - 1 : 0);
    }
    return false;
}

bool bp_platform_read(const char *text, struct bp_platform *platform) {
    *platform = (struct bp_platform){0};
    for (size_t i = 0; i < sizeof systems / sizeof *systems; i++) {
        if (bp_starts_with(text, systems[i].start)) {
            platform->os = systems[i].os;
            platform->libc = systems[i].libc;
            if (read_rest(platform, text + strlen(systems[i].start))) {
                return true;
            }
        }
    }
    bp_platform_free(platform);
    return false;
}

void bp_platform_free(struct bp_platform *platform) {
    free(platform->version);
    *platform = (struct bp_platform){0};
}

/* --- GPUs --- */

char *bp_gpu_target(const char *text) {
    const char *number = bp_starts_with(text, "sm_") ? text + 3 : text;
    size_t digits = strspn(number, "0123456789");
    if (bp_starts_with(text, "gfx")) {
        bool hex = strlen(text) >= 6 && strspn(text + 3, "0123456789abcdef") == strlen(text) - 3;
        return hex && isdigit((unsigned char)text[3]) ? bp_strdup(text) : NULL;
    }
    if (number[digits] == '.' && digits && digits < 4) {
        size_t minor = strspn(number + digits + 1, "0123456789");
        return minor == 1 && !number[digits + 2] ? bp_strdup(number) : NULL;
    }
    /* sm_90a and sm_100f are code for the GPU 9.0, 10.0. */
    bool suffix = number[digits] == 'a' || number[digits] == 'f';
    if (digits < 2 || digits > 4 || number[digits + suffix]) {
        return NULL;
    }
    return bp_format("%.*s.%c", (int)digits - 1, number, number[digits - 1]);
}

/* --- CUDA versions --- */

char *bp_cuda_version(const char *text) {
    const char *number = bp_starts_with(text, "cu") ? text + 2 : text;
    size_t digits = strspn(number, "0123456789");
    if (digits == 0 || digits > 3) {
        return NULL;
    }
    if (!number[digits]) {
        /* 124 is 12.4; 570, a driver's, is none of CUDA's. */
        return digits == 3 && *number == '1' ? bp_format("%.2s.%c", number, number[2]) : NULL;
    }
    const char *minor = number[digits] == '.' ? number + digits + 1 : "";
    size_t minor_digits = strspn(minor, "0123456789");
    const char *patch = minor[minor_digits] == '.' ? minor + minor_digits + 1 : NULL;
    bool ended = !minor[minor_digits] || (patch && strspn(patch, "0123456789") == strlen(patch));
    if (minor_digits == 0 || minor_digits > 2 || !ended || digits > 2) {
        return NULL;
    }
    return bp_format("%.*s.%.*s", (int)digits, number, (int)minor_digits, minor);
}

/*
 * Branches of NVIDIA's kernel driver and the CUDA version of each (CUDA's release notes, the
 * table of toolkits and drivers), oldest first.
 */
static const struct {
    const char *branch; /* three digits */
    const char *cuda;
} drivers[] = {
    {"450", "11.0"}, {"455", "11.1"}, {"460", "11.2"}, {"465", "11.3"}, {"470", "11.4"},
    {"495", "11.5"}, {"510", "11.6"}, {"515", "11.7"}, {"520", "11.8"}, {"525", "12.0"},
    {"530", "12.1"}, {"535", "12.2"}, {"545", "12.3"}, {"550", "12.4"}, {"555", "12.5"},
    {"560", "12.6"}, {"565", "12.7"}, {"570", "12.8"}, {"575", "12.9"}, {"580", "13.0"},
    {"590", "13.1"}, {"595", "13.2"},
};

#define DRIVER_COUNT (sizeof drivers / sizeof *drivers)

const char *bp_cuda_of_driver(const char *driver) {
    const char *cuda = NULL;
    /* A branch is three digits. One of a later series than the table's supports more. */
    if (strspn(driver, "0123456789") != 3 || *driver > '5') {
        return NULL;
    }
    for (size_t i = 0; i < DRIVER_COUNT && strncmp(drivers[i].branch, driver, 3) <= 0; i++) {
        cuda = drivers[i].cuda;
    }
    return cuda;
}

const char *bp_driver_for_cuda(const char *cuda) {
    for (size_t i = 0; i < DRIVER_COUNT; i++) {
        int order;
        if (bp_version_compare(drivers[i].cuda, cuda, &order) && order >= 0) {
            return drivers[i].branch;
        }
    }
    return NULL;
}

const char *bp_newest_torch_cuda(const char *os, const char *machine) {
    bool cuda = bp_equal(os, "linux") && bp_equal(bp_machine_kind(machine), "x86_64");
    return cuda ? "13.0" : NULL;
}
