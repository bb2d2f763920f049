/* Reads what the files of C libraries and loaders say in their bytes, and apk's database. */
#include <stdlib.h>

#include "base/loader_tokens.h"
#include "probe/libc.h"
#include "probe/system_loader.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const uint8_t *data, size_t size) {
    static const char file[] = "/lib/libc.so.6";
    static const char apk[] = "/lib/apk/db/installed";
    fuzz_write(file, data, size);
    fuzz_write(apk, data, size);
    free(bp_glibc_banner_version(fuzz_root(), file));
    free(bp_musl_file_version(fuzz_root(), file));
    free(bp_program_loader(fuzz_root(), file));
    const char *database;
    free(bp_apk_package_version(fuzz_root(), "musl", &database));

    struct bp_strs folders = {0};
    bp_system_loader_folders_in(data, size, &folders);
    bp_strs_free(&folders);

    const struct bp_loader_tokens tokens = {"/opt/app/lib", "lib64", NULL};
    char *text = fuzz_text(data, size);
    free(bp_loader_tokens_expand(&tokens, text));
    free(text);
}
