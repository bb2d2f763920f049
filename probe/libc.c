#include "probe/libc.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/binary/binary.h"
#include "probe/host.h"

/* What was found out about the libc, each part NULL until it is. */
struct libc {
    const char *name;
    char *loader; /* path of the program loader */
    char *path;   /* of the library itself */
    char *version;
    char *from;
};

static void free_libc(struct libc *libc) {
    free(libc->loader);
    free(libc->path);
    free(libc->version);
    free(libc->from);
}

/* The loader of a system without a dynamic /bin/sh: the first file with a loader's name. */
static char *loader_by_name(const struct bp_root *root) {
    static const char *const folders[] = {"/lib64", "/lib", "/system/bin"};
    static const char *const starts[] = {"ld-linux", "ld-musl-", "ld64.so", "ld-uClibc",
                                         "linker64"};
    char *found = NULL;
    for (size_t i = 0; i < sizeof folders / sizeof folders[0] && !found; i++) {
        struct bp_strs names = {0};
        bp_root_list(root, folders[i], 0, &names, NULL);
        for (size_t j = 0; j < names.count && !found; j++) {
            for (size_t k = 0; k < sizeof starts / sizeof starts[0] && !found; k++) {
                if (bp_starts_with(names.items[j], starts[k])) {
                    found = bp_join(folders[i], names.items[j]);
                }
            }
        }
        bp_strs_free(&names);
    }
    return found;
}

static char *find_loader(const struct bp_root *root) {
    static const char *const programs[] = {"/bin/sh", "/usr/bin/env", "/bin/busybox", "/bin/bash",
                                           "/system/bin/sh"};
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++) {
        char *loader = bp_program_loader(root, programs[i]);
        if (loader) {
            return loader;
        }
    }
    return loader_by_name(root);
}

/* Each libc gives its loader a name of its own. */
static const char *name_of_loader(const char *loader) {
    const char *name = bp_base_name(loader);
    if (bp_starts_with(name, "ld-musl-")) {
        return "musl";
    }
    if (bp_starts_with(name, "ld-uClibc") || bp_starts_with(name, "ld64-uClibc")) {
        return "uclibc";
    }
    if (bp_starts_with(loader, "/system/bin/linker") || bp_starts_with(name, "linker64")) {
        return "bionic";
    }
    return bp_starts_with(name, "ld-") || bp_starts_with(name, "ld64.so") ||
                   bp_starts_with(name, "ld.so")
               ? "glibc"
               : NULL;
}

/* libc.so.6 beside the loader (links followed), which holds on NixOS too, or in a usual folder. */
static char *find_glibc(const struct bp_root *root, const char *loader, const char *machine) {
    struct bp_strs folders = {0};
    char *real = bp_root_resolve(root, loader, NULL);
    if (real) {
        bp_strs_add_owned(&folders, bp_dir_name(real));
    }
    free(real);
    bp_libc_usual_folders(machine, &folders);
    char *found = NULL;
    for (size_t i = 0; i < folders.count && !found; i++) {
        char *path = bp_join(folders.items[i], "libc.so.6");
        if (bp_root_is_file(root, path)) {
            found = path;
        } else {
            free(path);
        }
    }
    bp_strs_free(&folders);
    return found;
}

/* The highest version that the file defines in a family of symbol versions, or NULL. */
static char *highest_defined(const struct bp_root *root, const char *path, const char *family) {
    static const struct bp_binary_wishes wishes = {.version_definitions = true};
    cJSON *binary = bp_binary_facts(root, path, &wishes, NULL);
    char *version = bp_strdup(bp_json_text(bp_json_get(binary, "provides"), family));
    cJSON_Delete(binary);
    return version;
}

static void examine_glibc(const struct bp_root *root, const char *machine, struct libc *libc) {
    libc->path = find_glibc(root, libc->loader, machine);
    if (!libc->path) {
        return;
    }
    libc->version = bp_glibc_banner_version(root, libc->path);
    if (libc->version) {
        libc->from = bp_format("banner in %s", libc->path);
        return;
    }
    libc->version = highest_defined(root, libc->path, "GLIBC");
    libc->from = libc->version ? bp_format("symbol versions of %s", libc->path) : NULL;
}

/* musl's loader and library are one file. */
static void examine_musl(const struct bp_root *root, struct libc *libc) {
    const char *database = NULL;
    libc->path = bp_strdup(libc->loader);
    libc->version = bp_apk_package_version(root, "musl", &database);
    if (libc->version) {
        libc->from = bp_strdup(database);
        return;
    }
    libc->version = bp_musl_file_version(root, libc->loader);
    libc->from = libc->version ? bp_format("text in %s", libc->loader) : NULL;
}

static void say_libc(const struct libc *libc, struct bp_facts *facts) {
    if (!libc->loader) {
        bp_facts_unknown(facts, "/host/libc", "no program that names its loader was found");
        return;
    }
    cJSON *object = cJSON_CreateObject();
    bp_json_set_text(object, "name", libc->name);
    bp_json_set_text(object, "version", libc->version);
    bp_json_set_text(object, "path", libc->path);
    bp_json_set_text(object, "from", libc->from);
    bp_facts_put(facts, "/host/libc", object);
    if (!libc->name) {
        bp_facts_unknown(facts, "/host/libc/name", "unfamiliar loader %s", libc->loader);
    } else if (!libc->version) {
        bp_facts_unknown(facts, "/host/libc/version", "%s",
                         libc->path ? "the library's file does not tell its version"
                                    : "the library's file was not found");
    }
}

void bp_collect_libc(const struct bp_probe *probe, struct bp_facts *facts, const char *machine) {
    struct libc libc = {.loader = find_loader(probe->root)};
    libc.name = libc.loader ? name_of_loader(libc.loader) : NULL;
    if (bp_equal(libc.name, "glibc")) {
        examine_glibc(probe->root, machine, &libc);
    } else if (bp_equal(libc.name, "musl")) {
        examine_musl(probe->root, &libc);
    }
    say_libc(&libc, facts);
    bp_collect_libstdcxx(probe, facts, libc.path, machine);
    free_libc(&libc);
}
