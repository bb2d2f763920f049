#include "probe/tool_records.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "probe/dpkg.h"

/*
 * Debian's compilers are files like x86_64-linux-gnu-gcc-12 of the package gcc-12, or, since
 * gcc-14, of gcc-14-x86-64-linux-gnu.
 */
static void add_compiler_packages(struct bp_strs *packages, const char *compiler,
                                  const char *real) {
    const char *file = bp_base_name(real);
    char *middle = bp_format("-%s-", compiler);
    const char *at = strstr(file, middle);
    if (at) {
        char *triplet = bp_format("%.*s", (int)(at - file), file);
        for (char *letter = triplet; *letter; letter++) {
            *letter = *letter == '_' ? '-' : *letter; /* package names have no underscore */
        }
        bp_strs_add(packages, at + 1);
        bp_strs_add_owned(packages, bp_format("%s-%s", at + 1, triplet));
        free(triplet);
    }
    free(middle);
}

static struct bp_strs packages_of(const char *name, const char *real) {
    struct bp_strs packages = {0};
    if (bp_equal(name, "gcc") || bp_equal(name, "g++")) {
        add_compiler_packages(&packages, name, real);
    } else if (bp_equal(name, "ninja")) {
        bp_strs_add(&packages, "ninja-build");
    } else if (bp_equal(name, "cmake")) {
        bp_strs_add(&packages, "cmake");
    }
    return packages;
}

/* TOOLKIT/version.json beside TOOLKIT/bin/nvcc, since CUDA 11.1. */
static char *nvcc_version(const struct bp_root *root, const char *real, char **from) {
    char *folder = bp_dir_name(real);
    char *toolkit = bp_dir_name(folder);
    char *path = bp_join(toolkit, "version.json");
    struct bp_str text = BP_STR_EMPTY;
    char *version = NULL;
    if (bp_root_read(root, path, 0, &text, NULL) == 0) {
        cJSON *document = bp_json_parse(text.data, text.length, NULL);
        const char *said = bp_json_text_at(document, "/cuda_nvcc/version");
        version = said ? bp_format("%s", said) : NULL;
        cJSON_Delete(document);
    }
    if (version) {
        *from = path;
    } else {
        free(path);
    }
    bp_str_free(&text);
    free(toolkit);
    free(folder);
    return version;
}

char *bp_tool_recorded_version(const struct bp_root *root, const char *name, const char *path,
                               char **from) {
    char *real = bp_root_resolve(root, path, NULL);
    char *version = NULL;
    if (real && bp_equal(name, "nvcc")) {
        version = nvcc_version(root, real, from);
    } else if (real) {
        struct bp_strs packages = packages_of(name, real);
        const char *package = NULL;
        version = bp_dpkg_version(root, &packages, real, &package);
        *from = version ? bp_format("package %s", package) : NULL;
        bp_strs_free(&packages);
    }
    free(real);
    return version;
}
