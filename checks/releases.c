#include "checks/releases.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/embedded.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "base/version.h"
#include "checks/release_tables.h"

#define SCHEMA "bnb-probe-releases/1"

static void add_row(struct bp_table *table, struct bp_row row) {
    if (table->count % 64 == 0) {
        table->rows = bp_realloc_array(table->rows, table->count + 64, sizeof *table->rows);
    }
    table->rows[table->count++] = row;
}

/* The row of that number, which there is. */
static const cJSON *row_of(const struct bp_table *table, size_t index) {
    struct bp_row *row = &table->rows[index];
    if (!row->value && row->text) {
        row->value = bp_json_parse(row->text, row->length, NULL);
    }
    return row->value;
}

const cJSON *bp_table_at(const struct bp_table *table, const cJSON *place) {
    if (!cJSON_IsNumber(place) || place->valuedouble < 0 ||
        place->valuedouble >= (double)table->count) {
        return NULL;
    }
    return row_of(table, (size_t)place->valuedouble);
}

static struct bp_table *table_named(struct bp_releases *releases, const char *name, size_t length) {
    const struct {
        const char *name;
        struct bp_table *table;
    } tables[] = {
        {"kinds", &releases->kinds},       {"lists", &releases->lists},
        {"folders", &releases->folders},   {"versions", &releases->versions},
        {"gpu_code", &releases->gpu_code}, {"exports", &releases->exports},
        {"markers", &releases->markers},   {"libraries", &releases->libraries},
        {"releases", &releases->releases},
    };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        if (strlen(tables[i].name) == length && strncmp(tables[i].name, name, length) == 0) {
            return tables[i].table;
        }
    }
    return NULL;
}

/* The table whose array starts on this line, `"NAME":[` and nothing else, or NULL. */
static struct bp_table *table_starting(struct bp_releases *releases, const char *line,
                                       size_t length) {
    static const char end[] = "\":[";
    size_t end_length = sizeof end - 1;
    if (length <= 1 + end_length || line[0] != '"' ||
        strncmp(line + length - end_length, end, end_length) != 0) {
        return NULL;
    }
    return table_named(releases, line + 1, length - 1 - end_length);
}

/* Gives the rows of tables their lines, and returns the document without those lines. */
static char *take_rows(struct bp_releases *releases) {
    struct bp_str rest = BP_STR_EMPTY;
    struct bp_table *table = NULL;
    for (const char *line = releases->text; *line;) {
        size_t length = strcspn(line, "\n");
        if (table && line[0] != ']') {
            bool more = length && line[length - 1] == ',';
            add_row(table, (struct bp_row){.text = line, .length = length - more});
        } else {
            table = table ? NULL : table_starting(releases, line, length);
            bp_str_add_bytes(&rest, line, length);
        }
        line += length + (line[length] == '\n');
    }
    return bp_str_detach(&rest);
}

/* The rows of an array that is not written one a line. */
static void take_array(struct bp_table *table, const cJSON *array) {
    const cJSON *row;
    if (cJSON_IsArray(array)) {
        cJSON_ArrayForEach(row, array) {
            add_row(table, (struct bp_row){.value = (cJSON *)(uintptr_t)row});
        }
    }
}

static void take_arrays(struct bp_releases *releases, const cJSON *object) {
    const cJSON *array;
    cJSON_ArrayForEach(array, object) {
        struct bp_table *table = table_named(releases, array->string, strlen(array->string));
        if (table && !table->count) {
            take_array(table, array);
        }
    }
}

struct bp_releases *bp_releases_parse(const char *text, size_t length, struct bp_err *err) {
    struct bp_releases *releases = bp_alloc(sizeof *releases);
    releases->made = bp_alloc(sizeof *releases->made);
    releases->text = bp_strndup(text, length);
    char *rest = take_rows(releases);
    releases->document = bp_json_parse(rest, strlen(rest), err);
    free(rest);
    if (releases->document && !bp_equal(bp_json_text(releases->document, "schema"), SCHEMA)) {
        bp_fail(err, BP_E_FORMAT, "it is not a document of " SCHEMA);
        cJSON_Delete(releases->document);
        releases->document = NULL;
    }
    if (!releases->document) {
        bp_releases_free(releases);
        return NULL;
    }
    take_arrays(releases, releases->document);
    take_arrays(releases, bp_json_get(releases->document, "tables"));
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
        for (size_t j = 0; j < tables[i]->count; j++) {
            if (tables[i]->rows[j].text) {
                cJSON_Delete(tables[i]->rows[j].value);
            }
        }
        free(tables[i]->rows);
    }
    for (size_t i = 0; i < releases->made->count; i++) {
        free(releases->made->items[i].folder);
        cJSON_Delete(releases->made->items[i].library);
    }
    free(releases->made->items);
    free(releases->made);
    cJSON_Delete(releases->document);
    free(releases->text);
    free(releases);
}

size_t bp_releases_count(const struct bp_releases *releases) {
    return releases->releases.count;
}

struct bp_release bp_release_at(const struct bp_releases *releases, size_t index) {
    const cJSON *row = row_of(&releases->releases, index);
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
    if (!version) {
        return false;
    }
    /* Mostly it is written as it stands here, and to compare versions takes longer. */
    for (size_t i = 0; i < releases->releases.count; i++) {
        if (bp_equal(bp_json_text(row_of(&releases->releases, i), "version"), version)) {
            *release = bp_release_at(releases, i);
            return true;
        }
    }
    for (size_t i = 0; i < releases->releases.count; i++) {
        struct bp_release one = bp_release_at(releases, i);
        int order;
        if (one.version && bp_version_compare(one.version, version, &order) && order == 0) {
            *release = one;
            return true;
        }
    }
    return false;
}
