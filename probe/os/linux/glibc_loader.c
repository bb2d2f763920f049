#include "probe/glibc_loader.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

/* What the search knows so far. */
struct search {
    const struct bp_root *root;
    const struct bp_elf *like; /* of this architecture */
    bool named;                /* some program named a loader, whatever its kind */
    char *found;
};

static bool is_glibc(const char *loader) {
    const char *name = bp_base_name(loader);
    return bp_starts_with(name, "ld-linux") || bp_starts_with(name, "ld64.so") ||
           bp_starts_with(name, "ld.so");
}

/* The loader that the program at `path` names; NULL where it is for another architecture. */
static char *loader_of(const struct search *search, const char *path) {
    struct bp_map map = {0};
    if (bp_root_map(search->root, path, &map, NULL) != 0) {
        return NULL;
    }
    char *loader = NULL;
    struct bp_elf elf = {0};
    if (map.size && bp_elf_open(&elf, bp_cursor_of(map.data, map.size), NULL) == 0 &&
        elf.machine == search->like->machine && elf.bits == search->like->bits) {
        loader = bp_elf_interpreter(&elf);
    }
    bp_elf_close(&elf);
    bp_map_close(&map);
    return loader;
}

/* A loader somewhere else than usual is executed only if no stranger can have put it there. */
static bool is_trusted(const struct bp_root *root, const char *loader) {
    struct bp_file_status status;
    return bp_root_status(root, loader, &status, NULL) == 0 &&
           !(status.mode & (S_IWGRP | S_IWOTH)) && (status.owner == 0 || status.owner == geteuid());
}

static void look_at(struct search *search, const char *program, bool of_system) {
    char *loader = program && !search->found ? loader_of(search, program) : NULL;
    if (!loader) {
        return;
    }
    search->named = true;
    if (is_glibc(loader) && bp_root_is_file(search->root, loader) &&
        (of_system || is_trusted(search->root, loader))) {
        search->found = bp_strdup(loader);
    }
    free(loader);
}

/* Where a program is a name, PATH has the word. */
static void look_at_python(struct search *search, const struct bp_probe *probe, const char *name) {
    char *path = strchr(name, '/') ? bp_strdup(name) : bp_probe_find_program(probe, name);
    look_at(search, path, false);
    free(path);
}

char *bp_glibc_loader_for(const struct bp_elf *program, const struct bp_probe *probe) {
    struct search search = {.root = probe->root, .like = program};
    for (size_t i = 0; probe->pythons && i < probe->pythons->count; i++) {
        look_at_python(&search, probe, probe->pythons->items[i]);
    }
    look_at_python(&search, probe, "python3");
    look_at_python(&search, probe, "python");
    look_at(&search, "/bin/sh", true);
    look_at(&search, "/usr/bin/env", true);
    char *own = search.named ? NULL : bp_elf_interpreter(program);
    if (own && bp_root_is_file(probe->root, own)) {
        search.found = bp_strdup(own);
    }
    free(own);
    return search.found;
}
