/* Lines about the bitsandbytes in use. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "report/facts_view.h"

static void add_library(struct bp_facts_view *view, const char *label, const cJSON *library) {
    const char *name = bp_json_text(library, "name");
    const char *machine = bp_json_text(library, "machine");
    const char *error = bp_json_text(library, "error");
    const char *glibc = bp_json_text_at(library, "/requires/GLIBC");
    char *needed = bp_facts_view_join(bp_json_get(library, "needed"), " ");
    struct bp_str line = BP_STR_EMPTY;
    bp_str_addf(&line, "%s: %s", name ? name : "unnamed", machine ? machine : "unknown machine");
    if (glibc) {
        bp_str_addf(&line, ", glibc %s", glibc);
    }
    if (*needed) {
        bp_str_addf(&line, ", needs %s", needed);
    }
    if (error) {
        bp_str_addf(&line, ", damaged: %s", error);
    }
    bp_facts_view_add(view, BP_TOPIC_BITSANDBYTES, label, "%s", line.data);
    bp_str_free(&line);
    free(needed);
}

/* "libbitsandbytes_cuda124.so" is shown as "cuda124" in the short form. */
static char *short_name(const char *name) {
    const char *start = bp_starts_with(name, "libbitsandbytes_") ? name + 16 : name;
    return bp_strndup(start, strcspn(start, "."));
}

static void add_libraries(struct bp_facts_view *view, const cJSON *libraries) {
    const char *label = "Native libraries";
    struct bp_str line = BP_STR_EMPTY;
    const cJSON *library;
    if (!cJSON_IsArray(libraries)) {
        bp_facts_view_add_unknown(view, BP_TOPIC_BITSANDBYTES, label,
                                  "/bitsandbytes/native_libraries", true);
        return;
    }
    cJSON_ArrayForEach(library, libraries) {
        const char *name = bp_json_text(library, "name");
        if (view->verbose) {
            add_library(view, label, library);
            label = "";
            continue;
        }
        char *shown = short_name(name ? name : "unnamed");
        bp_str_addf(&line, "%s%s%s", line.length ? ", " : "", shown,
                    bp_json_text(library, "error") ? " (damaged)" : "");
        free(shown);
    }
    if (!libraries->child) {
        bp_facts_view_add(view, BP_TOPIC_BITSANDBYTES, label, "none in the package");
    } else if (!view->verbose) {
        bp_facts_view_add(view, BP_TOPIC_BITSANDBYTES, label, "%s", line.data);
    }
    bp_str_free(&line);
}

static void add_copies(struct bp_facts_view *view, const cJSON *copies) {
    const cJSON *copy;
    if (cJSON_GetArraySize(copies) < 2) {
        return;
    }
    cJSON_ArrayForEach(copy, copies) {
        const char *version = bp_json_text(copy, "version");
        const char *place = bp_json_text(copy, "place");
        bp_facts_view_add(view, BP_TOPIC_BITSANDBYTES, copy == copies->child ? "Copies" : "",
                          "%s in %s", version ? version : "unknown version",
                          place ? place : "unknown place");
    }
}

static void add_installed(struct bp_facts_view *view, const cJSON *bnb) {
    const char *version = bp_json_text(bnb, "version");
    const char *installer = bp_json_text(bnb, "installer");
    const char *path = bp_json_text(bnb, "path");
    const char *checkout = bp_json_text(bnb, "source_checkout");
    char *tags = bp_facts_view_join(bp_json_get(bnb, "wheel_tags"), ", ");
    bp_facts_view_add(view, BP_TOPIC_BITSANDBYTES, "Version", "%s%s%s%s",
                      version ? version : "unknown", installer ? ", installed by " : "",
                      installer ? installer : "",
                      bp_json_is_true(bnb, "editable") ? ", editable" : "");
    bp_facts_view_add(view, BP_TOPIC_BITSANDBYTES, "Place", "%s", path ? path : "unknown");
    if (*tags) {
        bp_facts_view_add(view, BP_TOPIC_BITSANDBYTES, "Wheel", "%s", tags);
    }
    if (checkout) {
        bp_facts_view_add(view, BP_TOPIC_BITSANDBYTES, "Source tree", "%s", checkout);
    }
    add_copies(view, bp_json_get(bnb, "copies"));
    add_libraries(view, bp_json_get(bnb, "native_libraries"));
    free(tags);
}

void bp_facts_view_bitsandbytes(struct bp_facts_view *view) {
    const cJSON *bnb = bp_json_get(view->snapshot, "bitsandbytes");
    const cJSON *installed = bp_json_get(bnb, "installed");
    if (cJSON_IsFalse(installed)) {
        bp_facts_view_add(view, BP_TOPIC_BITSANDBYTES, "Version", "not installed");
    } else if (cJSON_IsTrue(installed)) {
        add_installed(view, bnb);
    } else {
        bp_facts_view_add_unknown(view, BP_TOPIC_BITSANDBYTES, "Version", "/bitsandbytes/installed",
                                  true);
    }
}
