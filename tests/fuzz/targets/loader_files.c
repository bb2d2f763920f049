/* Reads what the files of C libraries and loaders say in their bytes, and apk's database. */
#include <stdlib.h>

#include "base/loader_tokens.h"
#include "probe/libc.h"
#include "probe/system_loader.h"
#include "tests/fuzz/fuzz.h"

#define LIBC "/lib/libc.so.6"
#define PROGRAM "/usr/bin/python3"

static void read_libc(void) {
    static const char *const paths[] = {LIBC, PROGRAM, "/lib64/ld-linux-x86-64.so.2"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        free(bp_glibc_banner_version(fuzz_root(), paths[i]));
        free(bp_musl_file_version(fuzz_root(), paths[i]));
        free(bp_program_loader(fuzz_root(), paths[i]));
    }
    const char *database;
    free(bp_apk_package_version(fuzz_root(), "musl", &database));
}

static void find_loader(const char *program, const char *folder) {
    struct bp_system_loader loader;
    struct bp_strs usual = {0};
    bp_system_loader_find(&loader, fuzz_root(), program);
    free(bp_system_loader_expand(&loader, folder, "/opt/app/lib"));
    if (loader.machine) {
        bp_libc_usual_folders(loader.machine, &usual);
    }
    bp_strs_free(&usual);
    bp_system_loader_free(&loader);
}

void fuzz_one(const uint8_t *data, size_t size) {
    static const char *const paths[] = {LIBC,
                                        PROGRAM,
                                        "/lib64/ld-linux-x86-64.so.2",
                                        "/lib/ld-musl-x86_64.so.1",
                                        "/etc/ld-musl-x86_64.path",
                                        "/lib/apk/db/installed",
                                        NULL};
    fuzz_write_tree(paths, data, size);
    read_libc();
    struct fuzz_piece folder = fuzz_piece("folder", data, size);
    char *text = fuzz_text(folder.size ? folder.data : data, folder.size ? folder.size : size);
    find_loader(PROGRAM, text);
    find_loader(NULL, text);

    const struct bp_loader_tokens tokens = {"/opt/app/lib", "lib64", NULL};
    free(bp_loader_tokens_expand(&tokens, text));
    free(text);
}
