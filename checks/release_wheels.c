/* Which wheel of a release pip would take. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "base/version.h"
#include "checks/loader/machine.h"
#include "checks/releases.h"

/* The names that PEP 513, 571 and 599 gave to what PEP 600 writes as a glibc version. */
static const struct {
    const char *prefix;
    const char *glibc;
} old_manylinux[] = {
    {"manylinux1_", "2.5"}, {"manylinux2010_", "2.12"}, {"manylinux2014_", "2.17"}};

/* The first pip that knows manylinux_2_24 and its like, and musllinux. */
#define PIP_OF_PEP_600 "20.3"
#define PIP_OF_PEP_656 "21.2"

/* A platform tag, taken apart. Strings are owned. */
struct tag {
    const char *os;   /* linux, windows, macos; NULL: of another kind */
    const char *libc; /* glibc, musl; NULL: does not count */
    const char *pip;  /* the first pip that knows it; NULL: all do */
    char *lowest;     /* of libc or macOS; NULL: does not count */
    char *machine;    /* as bp_machine_kind says it; NULL: any */
};

static void tag_free(struct tag *tag) {
    free(tag->lowest);
    free(tag->machine);
}

/* "2_24_x86_64" gives 2.24 and x86_64. */
static bool numbers_and_machine(const char *text, struct tag *tag) {
    int major;
    int minor;
    int length = 0;
    if (sscanf(text, "%6d_%6d_%n", &major, &minor, &length) != 2 || length == 0) {
        return false;
    }
    tag->lowest = bp_format("%d.%d", major, minor);
    tag->machine = bp_strdup(bp_machine_kind(text + length));
    return true;
}

static struct tag linux_tag(const char *text) {
    struct tag tag = {.os = "linux"};
    for (size_t i = 0; i < sizeof old_manylinux / sizeof *old_manylinux; i++) {
        if (bp_starts_with(text, old_manylinux[i].prefix)) {
            tag.libc = "glibc";
            tag.lowest = bp_strdup(old_manylinux[i].glibc);
            tag.machine = bp_strdup(bp_machine_kind(text + strlen(old_manylinux[i].prefix)));
            return tag;
        }
    }
    if (bp_starts_with(text, "manylinux_") && numbers_and_machine(text + 10, &tag)) {
        tag.libc = "glibc";
        tag.pip = PIP_OF_PEP_600;
    } else if (bp_starts_with(text, "musllinux_") && numbers_and_machine(text + 10, &tag)) {
        tag.libc = "musl";
        tag.pip = PIP_OF_PEP_656;
    } else if (bp_starts_with(text, "linux_")) {
        tag.machine = bp_strdup(bp_machine_kind(text + 6));
    } else {
        tag.os = NULL;
    }
    return tag;
}

static struct tag tag_of(const char *text) {
    if (bp_starts_with(text, "macosx_")) {
        struct tag tag = {.os = "macos"};
        if (!numbers_and_machine(text + 7, &tag)) {
            tag.os = NULL;
        } else if (bp_equal(tag.machine, "universal2")) {
            free(tag.machine);
            tag.machine = NULL;
        }
        return tag;
    }
    if (bp_starts_with(text, "win_")) {
        return (struct tag){.os = "windows", .machine = bp_strdup(bp_machine_kind(text + 4))};
    }
    if (strcmp(text, "win32") == 0) {
        return (struct tag){.os = "windows", .machine = bp_strdup("i686")};
    }
    return linux_tag(text);
}

static struct bp_wheel_choice not_taken(enum bp_wheel_state state, char *reason) {
    return (struct bp_wheel_choice){.state = state, .reason = reason};
}

static struct bp_wheel_choice taken(void) {
    return (struct bp_wheel_choice){.state = BP_WHEEL_TAKEN};
}

static struct bp_wheel_choice unknown(const char *what) {
    return not_taken(BP_WHEEL_UNKNOWN, bp_format("%s is not known", what));
}

/* The wheel is for this kind of machine; whether its C library, macOS and pip are enough. */
static struct bp_wheel_choice enough(const char *platform, const struct tag *tag,
                                     const struct bp_wheel_machine *machine) {
    const char *has = tag->libc ? machine->libc_version : machine->os_version;
    const char *what = tag->libc ? tag->libc : "macOS";
    int order;
    if (tag->libc && !machine->libc) {
        return unknown("which C library this machine has");
    }
    if (tag->libc && strcmp(tag->libc, machine->libc) != 0) {
        return not_taken(BP_WHEEL_NONE,
                         bp_format("its wheel %s needs %s, and the C library here is %s", platform,
                                   tag->libc, machine->libc));
    }
    if (tag->lowest && (!has || !bp_version_compare(has, tag->lowest, &order))) {
        char *subject = bp_format("the version of %s", what);
        struct bp_wheel_choice choice = unknown(subject);
        free(subject);
        return choice;
    }
    if (tag->lowest && order < 0) {
        return not_taken(BP_WHEEL_NONE, bp_format("its wheel %s needs %s %s, and this is %s",
                                                  platform, what, tag->lowest, has));
    }
    if (tag->pip && machine->pip && bp_version_compare(machine->pip, tag->pip, &order) &&
        order < 0) {
        return not_taken(BP_WHEEL_NONE,
                         bp_format("its wheel %s is recognised by pip %s and newer, and this is %s",
                                   platform, tag->pip, machine->pip));
    }
    return taken();
}

/* NULL reason and BP_WHEEL_NONE: a wheel for other machines, of which there is nothing to say. */
static struct bp_wheel_choice fits(const char *platform, const struct bp_wheel_machine *machine) {
    if (strcmp(platform, "any") == 0) {
        return taken();
    }
    if (!machine->os) {
        return unknown("the operating system");
    }
    if (!machine->machine) {
        return unknown("what machine the interpreter is for");
    }
    struct tag tag = tag_of(platform);
    struct bp_wheel_choice choice = not_taken(BP_WHEEL_NONE, NULL);
    if (bp_equal(tag.os, machine->os) &&
        (!tag.machine || strcmp(tag.machine, bp_machine_kind(machine->machine)) == 0)) {
        choice = enough(platform, &tag, machine);
    }
    tag_free(&tag);
    return choice;
}

/* A wheel may be for several platforms: "manylinux_2_24_x86_64.manylinux2014_x86_64". */
static struct bp_wheel_choice any_fits(const char *platforms,
                                       const struct bp_wheel_machine *machine) {
    struct bp_strs parts = {0};
    struct bp_wheel_choice best = not_taken(BP_WHEEL_NONE, NULL);
    bp_strs_split(&parts, platforms, '.', false);
    for (size_t i = 0; i < parts.count && best.state != BP_WHEEL_TAKEN; i++) {
        struct bp_wheel_choice one = fits(parts.items[i], machine);
        if (one.state == BP_WHEEL_TAKEN || (one.reason && best.state == BP_WHEEL_NONE)) {
            free(best.reason);
            best = one;
        } else {
            free(one.reason);
        }
    }
    bp_strs_free(&parts);
    return best;
}

static struct bp_wheel_choice python_fits(const struct bp_release *release,
                                          const struct bp_wheel_machine *machine) {
    bool met;
    if (!release->python) {
        return taken();
    }
    if (!machine->python || !bp_version_meets(machine->python, release->python, &met)) {
        return unknown("the version of Python");
    }
    return met ? taken()
               : not_taken(BP_WHEEL_NONE, bp_format("it needs Python %s, and this is %s",
                                                    release->python, machine->python));
}

static struct bp_wheel_choice choose(const struct bp_release *release,
                                     const struct bp_wheel_machine *machine) {
    struct bp_wheel_choice best = python_fits(release, machine);
    if (best.state != BP_WHEEL_TAKEN) {
        return best;
    }
    best = not_taken(BP_WHEEL_NONE, NULL);
    const cJSON *wheel;
    cJSON_ArrayForEach(wheel, release->wheels) {
        struct bp_wheel_choice one = any_fits(wheel->string, machine);
        if (one.state == BP_WHEEL_TAKEN) {
            free(best.reason);
            one.platform = wheel->string;
            return one;
        }
        if (one.reason && !best.reason) {
            best = one;
        } else {
            free(one.reason);
        }
    }
    return best;
}

/* The oldest release with a wheel for that kind of machine, whatever else it asks; NULL: none. */
static const char *first_for(const struct bp_releases *releases,
                             const struct bp_wheel_machine *machine) {
    for (size_t i = bp_releases_count(releases); i > 0; i--) {
        struct bp_release release = bp_release_at(releases, i - 1);
        const cJSON *wheel;
        cJSON_ArrayForEach(wheel, release.wheels) {
            struct bp_wheel_choice one = any_fits(wheel->string, machine);
            bool meant =
                strcmp(wheel->string, "any") != 0 && (one.state != BP_WHEEL_NONE || one.reason);
            free(one.reason);
            if (meant) {
                return release.version;
            }
        }
    }
    return NULL;
}

static const char *os_name(const char *os) {
    return strcmp(os, "linux") == 0     ? "Linux"
           : strcmp(os, "windows") == 0 ? "Windows"
           : strcmp(os, "macos") == 0   ? "macOS"
                                        : os;
}

struct bp_wheel_choice bp_release_for(const struct bp_releases *releases, const char *version,
                                      const struct bp_wheel_machine *machine) {
    struct bp_release release;
    if (!bp_release_find(releases, version, &release)) {
        return not_taken(BP_WHEEL_UNKNOWN,
                         bp_format("%s is no release that is known here",
                                   version ? version : "a release without a version"));
    }
    struct bp_wheel_choice choice = choose(&release, machine);
    if (choice.state == BP_WHEEL_NONE && !choice.reason) {
        const char *first = first_for(releases, machine);
        choice.reason =
            bp_format("it has no wheel for %s on %s%s%s%s", os_name(machine->os), machine->machine,
                      first ? " (the first release with one is " : ", as no release has",
                      first ? first : "", first ? ")" : "");
    }
    return choice;
}

struct bp_wheel_choice bp_release_newest_for(const struct bp_releases *releases,
                                             const struct bp_wheel_machine *machine,
                                             struct bp_release *release) {
    for (size_t i = 0; i < bp_releases_count(releases); i++) {
        struct bp_release one = bp_release_at(releases, i);
        if (one.yanked) {
            continue;
        }
        struct bp_wheel_choice choice = choose(&one, machine);
        if (choice.state == BP_WHEEL_TAKEN) {
            *release = one;
            return choice;
        }
        if (choice.state == BP_WHEEL_UNKNOWN) {
            return choice;
        }
        free(choice.reason);
    }
    return not_taken(BP_WHEEL_NONE, bp_strdup("no release has a wheel that fits this machine"));
}

struct bp_wheel_machine bp_wheel_machine_of(const struct bp_machine *machine) {
    return (struct bp_wheel_machine){
        .os = machine->os,
        .machine = machine->machine,
        .libc = machine->libc,
        .libc_version = machine->libc_version,
        .os_version = bp_equal(machine->os, "macos")
                          ? bp_json_text_at(machine->snapshot, "/host/distribution/version")
                          : NULL,
        .python = bp_json_text(machine->interpreter, "version"),
        .pip = bp_json_text(bp_machine_package(machine, "pip"), "version"),
    };
}
