#include "checks/signature.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/loader/loader.h"

static const char *text_fact(const struct bp_view *view, const char *pointer) {
    return cJSON_GetStringValue(bp_view_fact(view, pointer));
}

static const char *file_name(const char *path) {
    const char *slash = path ? strrchr(path, '/') : NULL;
    return slash ? slash + 1 : path;
}

/* The name that comes first where a sentence follows it. The caller frees it. */
static char *missing_library(const struct bp_view *view) {
    const char *missing = text_fact(view, "/loader/missing/0");
    missing = file_name(missing ? missing : text_fact(view, "/text/missing_library"));
    if (!missing || bp_starts_with(missing, "libbitsandbytes")) {
        return NULL;
    }
    return bp_strndup(missing, strcspn(missing, " ,:("));
}

/* Of which kind a library of bitsandbytes is; its CUDA version differs between like machines. */
static const char *kind_of(const char *name) {
    static const char *const kinds[] = {"cuda", "rocm", "hip", "xpu", "cpu", "mps", "npu"};
    static const char start[] = "libbitsandbytes_";
    for (size_t i = 0; bp_starts_with(name, start) && i < sizeof kinds / sizeof *kinds; i++) {
        if (bp_starts_with(name + strlen(start), kinds[i])) {
            return kinds[i];
        }
    }
    return NULL;
}

/* Who asks for the missing library follows from its name; else it is the one that is loaded. */
static const char *needed_by(const struct bp_view *view, const char *library) {
    if (library) {
        return bp_starts_with(library, "libcu") || bp_starts_with(library, "libnv")     ? "cuda"
               : bp_starts_with(library, "libhip") || bp_starts_with(library, "libamd") ? "rocm"
                                                                                        : NULL;
    }
    const char *asked = text_fact(view, "/loader/asks_for");
    const char *kind = kind_of(file_name(asked));
    return kind ? kind : kind_of(file_name(text_fact(view, "/text/missing_library")));
}

static const char *era_of(const struct bp_view *view) {
    const char *era = text_fact(view, "/loader/era");
    const char *version = text_fact(view, "/bitsandbytes/version");
    version = version ? version : text_fact(view, "/text/bitsandbytes_line/at_most");
    return era ? era : bp_era_of_version(version);
}

/* FNV-1a; a zero byte between the parts, so that they cannot run into one another. */
static uint32_t add_hash(uint32_t hash, const char *part) {
    const char *text = part ? part : "-";
    for (size_t i = 0; i <= strlen(text); i++) {
        hash = (hash ^ (uint8_t)text[i]) * 16777619U;
    }
    return hash;
}

/* Whether a condition asks what the loader would do. */
static bool asks_loader(const cJSON *condition) {
    const char *pointer = bp_json_text(condition, "fact");
    if (pointer) {
        return bp_pointer_in_loader(pointer);
    }
    for (const cJSON *child = condition->child; child; child = child->next) {
        if (asks_loader(child)) {
            return true;
        }
    }
    return false;
}

cJSON *bp_signature_make(const cJSON *pattern, const struct bp_view *view) {
    const cJSON *shows = bp_json_get(pattern, "shows");
    const char *cause = bp_json_text(pattern, "id");
    bool loading = shows && asks_loader(shows);
    char *library = loading ? missing_library(view) : NULL;
    const char *needs = loading ? needed_by(view, library) : NULL;
    const char *era = loading ? era_of(view) : NULL;
    uint32_t hash = add_hash(2166136261U, cause);
    hash = add_hash(add_hash(add_hash(hash, library), needs), era);
    char *code = bp_format("bnbsig-%08x", (unsigned)hash);
    cJSON *signature = cJSON_CreateObject();
    bp_json_set_text(signature, "code", code);
    bp_json_set_text(signature, "cause", cause);
    bp_json_set_text(signature, "library", library);
    bp_json_set_text(signature, "needed_by", needs);
    bp_json_set_text(signature, "era", era);
    free(code);
    free(library);
    return signature;
}
