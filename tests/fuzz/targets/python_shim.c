/*
 * Works out what a shim of pyenv, asdf or mise would start, from version files, variables and the
 * versions that are there. The current folder is /src/project; "@" in a variable stands for the
 * folder that all this is in.
 */
#include <stdlib.h>

#include "base/error.h"
#include "probe/python.h"
#include "tests/fuzz/fuzz_facts.h"
#include "tests/fuzz/fuzz_variables.h"

static void resolve(const struct bp_probe *probe, const char *shim) {
    char *path = fuzz_path(shim);
    struct bp_err err = {0};
    if (bp_python_is_shim(probe, path)) {
        free(bp_python_resolve_shim(probe, path, &err));
    }
    bp_err_clear(&err);
    free(path);
}

void fuzz_one(const uint8_t *data, size_t size) {
    static const char *const paths[] = {"/pyenv/shims/python",
                                        "/asdf/shims/python3",
                                        "/mise/shims/python3",
                                        "/usr/bin/python",
                                        "/usr/bin/python3",
                                        "/src/project/.python-version",
                                        "/src/project/.tool-versions",
                                        "/src/project/mise.toml",
                                        "/src/.python-version",
                                        "/src/.tool-versions",
                                        "/src/.mise.toml",
                                        "/pyenv/version",
                                        "/home/.tool-versions",
                                        "/home/.config/mise/config.toml",
                                        "/pyenv/versions/3.11.7/bin/python",
                                        "/pyenv/versions/3.11.10/bin/python",
                                        "/pyenv/versions/env/bin/python",
                                        "/asdf/installs/python/3.12.1/bin/python3",
                                        "/mise/installs/python/3.12.1/bin/python3",
                                        NULL};
    static const struct bp_strs no_pythons = {0};
    fuzz_folder("/src/project");
    fuzz_write_tree(paths, data, size);
    struct fuzz_piece variables = fuzz_piece("variables", data, size);
    fuzz_variables(&variables, "@");
    const struct bp_probe probe = {.root = fuzz_live_root("/src/project"), .pythons = &no_pythons};
    for (size_t i = 0; i < 4; i++) {
        resolve(&probe, paths[i]);
    }
}
