#include "probe/system_loader.h"

#include <stdlib.h>
#include <string.h>

#include "base/loader_tokens.h"
#include "base/cursor.h"
#include "base/memory.h"
#include "probe/binary/binary.h"
#include "probe/binary/elf.h"

/* More default folders than any loader has, and a longer path. */
enum { FOLDER_LIMIT = 16, FOLDER_LENGTH_LIMIT = 1024 };

/* Where each architecture's programs look for their loader, glibc first. */
static const char *const usual_loaders[] = {
    "/lib64/ld-linux-x86-64.so.2",
    "/lib/ld-linux-aarch64.so.1",
    "/lib64/ld64.so.2",
    "/lib/ld64.so.1",
    "/lib/ld-linux-riscv64-lp64d.so.1",
    "/lib64/ld-linux-loongarch-lp64d.so.1",
    "/lib/ld-linux-armhf.so.3",
    "/lib/ld-linux.so.2",
    "/lib/ld-musl-x86_64.so.1",
    "/lib/ld-musl-aarch64.so.1",
};

/* Takes architecture and interpreter from an ELF program. */
static void read_program(struct bp_system_loader *loader, const struct bp_root *root,
                         const char *program) {
    struct bp_map map = {0};
    if (bp_root_map(root, program, &map, NULL) != 0) {
        return;
    }
    struct bp_cursor file = bp_cursor_of(map.data, map.size);
    struct bp_elf elf = {0};
    if (bp_cursor_has(&file, 0, 4) && memcmp(file.data, "\177ELF", 4) == 0 &&
        bp_elf_open(&elf, file, NULL) == 0) {
        loader->machine = bp_strdup(bp_elf_machine(&elf));
        loader->bits = elf.bits;
        loader->path = bp_elf_interpreter(&elf);
    }
    bp_elf_close(&elf);
    bp_map_close(&map);
}

static void use_usual_loader(struct bp_system_loader *loader, const struct bp_root *root) {
    for (size_t i = 0; i < sizeof usual_loaders / sizeof usual_loaders[0]; i++) {
        struct bp_system_loader found = {0};
        read_program(&found, root, usual_loaders[i]);
        bool fits = found.machine &&
                    (!loader->machine ||
                     (bp_equal(found.machine, loader->machine) && found.bits == loader->bits));
        if (fits && !loader->path) {
            loader->path = bp_strdup(usual_loaders[i]);
            loader->bits = found.bits;
            free(loader->machine);
            loader->machine = bp_strdup(found.machine);
        }
        free(found.machine);
        free(found.path);
    }
}

/* The length of the folder name that begins at `at` and ends with "/" and a zero; else 0. */
static size_t folder_length(const char *at, const char *end) {
    size_t rest = (size_t)(end - at);
    const char *zero = memchr(at, '\0', rest < FOLDER_LENGTH_LIMIT ? rest : FOLDER_LENGTH_LIMIT);
    if (!zero || zero - at < 3 || *at != '/' || zero[-1] != '/') {
        return 0;
    }
    for (const char *byte = at; byte < zero; byte++) {
        if (*byte <= ' ' || *byte > '~') {
            return 0;
        }
    }
    return (size_t)(zero - at);
}

/* Appends the folders that stand one after the other from `at` on. */
static void take_folders(const char *at, const char *end, struct bp_strs *folders) {
    size_t length;
    while (folders->count < FOLDER_LIMIT && at < end && (length = folder_length(at, end)) > 0) {
        bp_strs_add_owned(folders, bp_strndup(at, length - 1));
        at += length + 1;
    }
}

void bp_system_loader_folders_in(const void *bytes, size_t size, struct bp_strs *folders) {
    const char *at = bytes;
    const char *end = at + size;
    while (at < end && (at = memchr(at, '/', (size_t)(end - at)))) {
        size_t length = folder_length(at, end);
        /* Other strings end with a slash, too; none of them has a part that begins with "lib". */
        char *folder = bp_strndup(at, length);
        bool found = length && strstr(folder, "/lib");
        free(folder);
        if (found) {
            take_folders(at, end, folders);
            return;
        }
        at++;
    }
}

static void read_glibc_folders(struct bp_system_loader *loader, const struct bp_root *root) {
    struct bp_map map = {0};
    if (loader->path && bp_root_map(root, loader->path, &map, NULL) == 0 && map.size) {
        bp_system_loader_folders_in(map.data, map.size, &loader->default_folders);
    }
    bp_map_close(&map);
    if (!loader->default_folders.count) {
        /* glibc's own choice for 64 bits, then for 32. */
        static const char *const usual[] = {"/lib64", "/usr/lib64", "/lib", "/usr/lib"};
        for (size_t i = loader->bits == 32 ? 2 : 0; i < 4; i++) {
            bp_strs_add(&loader->default_folders, usual[i]);
        }
    }
}

/* musl reads /etc/ld-musl-ARCH.path, beside the loader; lines or colons between folders. */
static void read_musl_folders(struct bp_system_loader *loader, const struct bp_root *root) {
    char *arch = bp_strdup(bp_base_name(loader->path));
    char *dot = strstr(arch, ".so");
    if (dot) {
        *dot = '\0';
    }
    char *path = bp_format("/etc/%s.path", arch);
    struct bp_str text = BP_STR_EMPTY;
    if (bp_root_read(root, path, 0, &text, NULL) != 0) {
        bp_str_truncate(&text, 0);
        bp_str_add(&text, "/lib:/usr/local/lib:/usr/lib");
    }
    for (size_t i = 0; i < text.length; i++) {
        text.data[i] = text.data[i] == '\n' ? ':' : text.data[i];
    }
    bp_strs_split(&loader->default_folders, text.data, ':', false);
    bp_str_free(&text);
    free(path);
    free(arch);
}

/* $LIB is the name of the library folder below /usr: the first default folder there tells it. */
static char *library_token(const struct bp_system_loader *loader) {
    for (size_t i = 0; i < loader->default_folders.count; i++) {
        if (bp_starts_with(loader->default_folders.items[i], "/usr/lib")) {
            return bp_strdup(loader->default_folders.items[i] + strlen("/usr/"));
        }
    }
    return bp_strdup("lib");
}

void bp_system_loader_find(struct bp_system_loader *loader, const struct bp_root *root,
                           const char *program) {
    *loader = (struct bp_system_loader){0};
    if (program) {
        read_program(loader, root, program);
    }
    if (!loader->path) {
        use_usual_loader(loader, root);
    }
    loader->musl = loader->path && bp_starts_with(bp_base_name(loader->path), "ld-musl");
    if (loader->musl) {
        read_musl_folders(loader, root);
    } else {
        read_glibc_folders(loader, root);
    }
    loader->library = library_token(loader);
    loader->platform = bp_strdup(loader->machine ? loader->machine : "");
}

void bp_system_loader_free(struct bp_system_loader *loader) {
    free(loader->path);
    free(loader->machine);
    free(loader->library);
    free(loader->platform);
    bp_strs_free(&loader->default_folders);
    *loader = (struct bp_system_loader){0};
}

char *bp_system_loader_expand(const struct bp_system_loader *loader, const char *folder,
                              const char *origin) {
    const struct bp_loader_tokens tokens = {
        .origin = origin, .lib = loader->library, .platform = loader->platform};
    return bp_loader_tokens_expand(&tokens, folder);
}
