#include "checks/releases.h"

#include <stdlib.h>

#include "base/embedded.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "base/version.h"
#include "checks/release_tables.h"

#define SCHEMA "bnb-probe-releases/1"

static struct bp_table table_of(const cJSON *array) {
    size_t count = cJSON_IsArray(array) ? (size_t)cJSON_GetArraySize(array) : 0;
    struct bp_table table = {.rows = bp_alloc_array(count, sizeof(const cJSON *)), .count = 0};
    const cJSON *row;
    if (cJSON_IsArray(array)) {
        cJSON_ArrayForEach(row, array) {
            table.rows[table.count++] = row;
        }
    }
    return table;
}

const cJSON *bp_table_at(const struct bp_table *table, const cJSON *place) {
    if (!cJSON_IsNumber(place) || place->valuedouble < 0 ||
        place->valuedouble >= (double)table->count) {
        return NULL;
    }
    return table->rows[(size_t)place->valuedouble];
}

struct bp_releases *bp_releases_parse(const char *text, size_t length, struct bp_err *err) {
    cJSON *document = bp_json_parse(text, length, err);
    if (!document) {
        return NULL;
    }
    if (!bp_equal(bp_json_text(document, "schema"), SCHEMA)) {
        bp_fail(err, BP_E_FORMAT, "it is not a document of " SCHEMA);
        cJSON_Delete(document);
        return NULL;
    }
    struct bp_releases *releases = bp_alloc(sizeof *releases);
    const cJSON *tables = bp_json_get(document, "tables");
    *releases = (struct bp_releases){
        .document = document,
        .kinds = table_of(bp_json_get(tables, "kinds")),
        .lists = table_of(bp_json_get(tables, "lists")),
        .folders = table_of(bp_json_get(tables, "folders")),
        .versions = table_of(bp_json_get(tables, "versions")),
        .gpu_code = table_of(bp_json_get(tables, "gpu_code")),
        .exports = table_of(bp_json_get(tables, "exports")),
        .markers = table_of(bp_json_get(tables, "markers")),
        .libraries = table_of(bp_json_get(document, "libraries")),
        .releases = table_of(bp_json_get(document, "releases")),
    };
    return releases;
}

struct bp_releases *bp_releases_builtin(void) {
    const struct bp_embedded_file *file = bp_embedded_releases;
    /* What the build put in is held to the format by the tests. */
    return bp_releases_parse(file->data, file->size, NULL);
}

void bp_releases_free(struct bp_releases *releases) {
    if (!releases) {
        return;
    }
    struct bp_table *tables[] = {&releases->kinds,    &releases->lists,     &releases->folders,
                                 &releases->versions, &releases->gpu_code,  &releases->exports,
                                 &releases->markers,  &releases->libraries, &releases->releases};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        free(tables[i]->rows);
    }
    cJSON_Delete(releases->document);
    free(releases);
}

size_t bp_releases_count(const struct bp_releases *releases) {
    return releases->releases.count;
}

struct bp_release bp_release_at(const struct bp_releases *releases, size_t index) {
    const cJSON *row = releases->releases.rows[index];
    const cJSON *yanked = bp_json_get(row, "yanked");
    return (struct bp_release){
        .version = bp_json_text(row, "version"),
        .date = bp_json_text(row, "date"),
        .era = bp_json_text(row, "era"),
        .python = bp_json_text(row, "python"),
        .torch = bp_json_text(row, "torch"),
        .yanked = cJSON_IsTrue(yanked) || cJSON_IsString(yanked),
        .wheels = bp_json_get(row, "wheels"),
        .markers = bp_table_at(&releases->markers, bp_json_get(row, "markers")),
    };
}

bool bp_release_find(const struct bp_releases *releases, const char *version,
                     struct bp_release *release) {
    for (size_t i = 0; i < releases->releases.count; i++) {
        struct bp_release one = bp_release_at(releases, i);
        int order;
        if (one.version && version && bp_version_compare(one.version, version, &order) &&
            order == 0) {
            *release = one;
            return true;
        }
    }
    return false;
}
