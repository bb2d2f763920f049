/*
 * torch's build, from torch/version.py, which its build writes as plain assignments
 * (newer ones annotated: "cuda: Optional[str] = '12.4'").
 */
#include <stdlib.h>

#include "base/json.h"
#include "probe/import_rules.h"
#include "probe/python.h"
#include "probe/python_source.h"

/* The file has a dozen lines. */
static const size_t version_file_limit = 65536;

static void set_text(cJSON *torch, const char *key, const char *source, const char *name) {
    struct bp_literal literal = bp_python_assignment(source, name);
    bp_json_set_text(torch, key, literal.kind == BP_LITERAL_TEXT ? literal.text : NULL);
    free(literal.text);
}

/* Whether each of the three builds is a string, None, or (before torch had it) not there. */
static bool builds_known(const char *source) {
    static const char *const names[] = {"cuda", "hip", "xpu"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct bp_literal literal = bp_python_assignment(source, names[i]);
        free(literal.text);
        if (literal.kind == BP_LITERAL_OTHER || literal.kind == BP_LITERAL_BOOL) {
            return false;
        }
    }
    struct bp_literal version = bp_python_assignment(source, "__version__");
    free(version.text);
    return version.kind == BP_LITERAL_TEXT;
}

static void read_version_file(cJSON *torch, const char *source) {
    set_text(torch, "version", source, "__version__");
    set_text(torch, "cuda", source, "cuda");
    set_text(torch, "hip", source, "hip");
    set_text(torch, "xpu", source, "xpu");
    struct bp_literal debug = bp_python_assignment(source, "debug");
    free(debug.text);
    if (debug.kind == BP_LITERAL_BOOL) {
        bp_json_set_bool(torch, "debug", debug.truth);
    }
    bp_json_set_bool(torch, "build_known", builds_known(source));
}

cJSON *bp_torch_version(const struct bp_root *root, const struct bp_strs *search_path) {
    struct bp_import found = bp_import_find(root, search_path, "torch");
    if (found.kind != BP_IMPORT_PACKAGE) {
        bp_import_free(&found);
        return NULL;
    }
    cJSON *torch = cJSON_CreateObject();
    struct bp_str source = BP_STR_EMPTY;
    char *path = bp_join(found.path, "version.py");
    bp_json_set_text(torch, "path", path);
    if (bp_root_read(root, path, version_file_limit, &source, NULL) == 0) {
        read_version_file(torch, source.data);
    } else {
        bp_json_set_bool(torch, "build_known", false);
    }
    free(path);
    bp_str_free(&source);
    bp_import_free(&found);
    return torch;
}
