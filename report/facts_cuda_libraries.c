/* Lines about CUDA toolkits and libraries. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "report/facts_view.h"

static void add_toolkits(struct bp_facts_view *view) {
    const cJSON *toolkits = bp_json_at(view->snapshot, "/cuda/toolkits");
    const char *label = "Toolkits";
    const cJSON *toolkit;
    if (!cJSON_IsArray(toolkits)) {
        bp_facts_view_add_unknown(view, BP_TOPIC_CUDA, label, "/cuda/toolkits", false);
    } else if (!toolkits->child) {
        bp_facts_view_add(view, BP_TOPIC_CUDA, label, "none found");
    }
    cJSON_ArrayForEach(toolkit, toolkits) {
        const char *version = bp_json_text(toolkit, "version");
        const char *path = bp_json_text(toolkit, "path");
        const char *from = bp_json_text(toolkit, "found_from");
        bp_facts_view_add(view, BP_TOPIC_CUDA, label, "%s, %s%s%s%s",
                          version ? version : "of unknown version", path ? path : "unknown place",
                          from ? " (found by " : "", from ? from : "", from ? ")" : "");
        label = "";
    }
}

static const char *family_of(const cJSON *library) {
    const char *family = bp_json_text(library, "family");
    return family ? family : bp_json_text(library, "soname");
}

/* "loader_cache" as words. The caller frees it. */
static char *way_of(const cJSON *library) {
    const char *from = bp_json_text(library, "found_from");
    char *way = bp_strdup(from ? from : "unknown way");
    for (char *at = strchr(way, '_'); at; at = strchr(at, '_')) {
        *at = ' ';
    }
    return way;
}

static const char *version_of(const cJSON *library) {
    const char *version = bp_json_text(library, "version");
    const char *soname = bp_json_text(library, "soname");
    return version ? version : soname ? soname : "of unknown version";
}

/* In the long form one line a file. */
static void add_files(struct bp_facts_view *view, const cJSON *libraries, const char *family) {
    const char *label = family;
    const cJSON *library;
    cJSON_ArrayForEach(library, libraries) {
        if (bp_equal(family_of(library), family)) {
            const char *path = bp_json_text(library, "path");
            char *way = way_of(library);
            bp_facts_view_add(view, BP_TOPIC_CUDA, label, "%s, %s (%s)", version_of(library),
                              path ? path : "unknown place", way);
            free(way);
            label = "";
        }
    }
}

/* In the short form one line a family: "12.4.127 (wheel, toolkit), 11.8.89 (conda)". */
static void add_family(struct bp_facts_view *view, const cJSON *libraries, const char *family) {
    struct bp_strs versions = {0};
    struct bp_str line = BP_STR_EMPTY;
    const cJSON *library;
    cJSON_ArrayForEach(library, libraries) {
        if (bp_equal(family_of(library), family)) {
            bp_strs_add_once(&versions, version_of(library));
        }
    }
    for (size_t i = 0; i < versions.count; i++) {
        struct bp_strs ways = {0};
        cJSON_ArrayForEach(library, libraries) {
            if (bp_equal(family_of(library), family) &&
                bp_equal(version_of(library), versions.items[i])) {
                char *way = way_of(library);
                bp_strs_add_once(&ways, way);
                free(way);
            }
        }
        bp_str_addf(&line, "%s%s (", i == 0 ? "" : ", ", versions.items[i]);
        for (size_t j = 0; j < ways.count; j++) {
            bp_str_addf(&line, "%s%s", j == 0 ? "" : ", ", ways.items[j]);
        }
        bp_str_add_char(&line, ')');
        bp_strs_free(&ways);
    }
    bp_facts_view_add(view, BP_TOPIC_CUDA, family, "%s", line.data);
    bp_str_free(&line);
    bp_strs_free(&versions);
}

/* The families that bitsandbytes needs first, then the others as they come. */
static void list_families(const cJSON *libraries, struct bp_strs *families) {
    static const char *const first[] = {"cudart", "cublas", "cublasLt", "cusparse", "nvJitLink"};
    const cJSON *library;
    for (size_t i = 0; i < sizeof first / sizeof *first; i++) {
        cJSON_ArrayForEach(library, libraries) {
            if (bp_equal(family_of(library), first[i])) {
                bp_strs_add_once(families, first[i]);
            }
        }
    }
    cJSON_ArrayForEach(library, libraries) {
        if (family_of(library)) {
            bp_strs_add_once(families, family_of(library));
        }
    }
}

static void add_cuda_libraries(struct bp_facts_view *view) {
    const cJSON *libraries = bp_json_at(view->snapshot, "/cuda/libraries");
    struct bp_strs families = {0};
    if (!cJSON_IsArray(libraries)) {
        bp_facts_view_add_unknown(view, BP_TOPIC_CUDA, "Libraries", "/cuda/libraries", true);
    } else if (!libraries->child) {
        bp_facts_view_add(view, BP_TOPIC_CUDA, "Libraries", "none that a loader could find");
    }
    list_families(libraries, &families);
    for (size_t i = 0; i < families.count; i++) {
        if (view->verbose) {
            add_files(view, libraries, families.items[i]);
        } else {
            add_family(view, libraries, families.items[i]);
        }
    }
    bp_strs_free(&families);
}

void bp_facts_view_cuda_libraries(struct bp_facts_view *view) {
    add_toolkits(view);
    add_cuda_libraries(view);
}
